import { exitCodeFor } from "../domain/exit-code.ts";
import type { OpenedRun, ReportedRun, RunReport } from "../domain/report.ts";
import { readRunJson } from "../reports/json/read-run-json.ts";
import { withGoOn } from "../reports/unfinished.ts";
import { measuredReport } from "../run/measured-report.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { findRun } from "./project/find-run.ts";
import { locate } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { reportedRun } from "./reported-run.ts";
import { storedSide } from "./sides/stored-side.ts";

/** A past run with its report. */
export interface RunOfThePast {
  readonly run: ReportedRun;
  /** The exit code for the outcome of its gate. */
  readonly exit: number;
  /** Absolute path of the project root. */
  readonly root: string;
}

export interface PastRunInput {
  readonly directory: string | undefined;
  /** A word that means a run: `latest`, or an id or the beginning of one. */
  readonly run: string;
  /** A word that means another run, which is compared with the first; absent to report only the first. */
  readonly candidate?: string | undefined;
}

/**
 * Reads a past run; nothing is run or judged again.
 *
 * @param read called with the run while the store is open; its value is returned
 * @throws {EvalsError} for a word that identifies no run, or several
 */
export async function reportOf<T>(
  environment: Environment,
  { directory, run: word, candidate }: PastRunInput,
  read: (past: RunOfThePast) => T | Promise<T>,
): Promise<T> {
  const { root } = locate(environment, directory);
  const store = await openStoredHistory(root, environment);
  try {
    const run =
      candidate === undefined
        ? await pastRun(store, root, await findRun(store, word))
        : await comparedRun({ store, root, environment, directory }, word, candidate);
    return await read({ run, exit: exitCodeFor([run.report.gate.outcome]), root });
  } finally {
    store.close();
  }
}

/** The stored report, with the cases of the run and of the run that it was compared with. */
export async function pastRun(store: Store, root: string, run: StoredRun): Promise<ReportedRun> {
  return runWith(store, root, run, await storedOrMeasured(store, run));
}

/** The stored report of a run. The report of an unfinished run is computed from its trials. */
export async function storedOrMeasured(store: Store, run: StoredRun): Promise<RunReport> {
  return withGoOn(readRunJson(run.header, run.status, run.report) ?? (await measuredReport(run, store)));
}

/** A run with its cases. @param report its own report, or one that compares it with another run */
export async function runWith(
  store: Store,
  root: string,
  run: StoredRun,
  report: RunReport,
): Promise<ReportedRun> {
  const base = await baselineRun(store, report);
  const side = base === null ? null : await storedSide(store, base);
  return reportedRun(report, {
    store,
    root,
    no: run.no,
    baseline: { side, run: base },
    lineOf: lineOf(report),
  });
}

/** Like `runWith`, but without the baseline's counts: a page reads the trials of the baseline's run instead. */
export async function openedRun(
  store: Store,
  root: string,
  run: StoredRun,
  report: RunReport,
): Promise<OpenedRun> {
  const baseline = { side: null, run: await baselineRun(store, report) };
  return reportedRun(report, { store, root, no: run.no, baseline, lineOf: lineOf(report) });
}

async function baselineRun(store: Store, { comparison }: RunReport): Promise<StoredRun | null> {
  const id = comparison?.baseline.run ?? null;
  const found = id === null ? [] : await store.read.runsByPrefix(id);
  return found.find((one) => one.header.id === id) ?? null;
}

/** The line of a case in the dataset's file, from 1. Null for a case whose line is not in the report. */
function lineOf({ worst }: RunReport): (one: { readonly id: string }) => number | null {
  const lines = new Map(worst.map((one) => [one.id, one.line]));
  return ({ id }) => lines.get(id) ?? null;
}

interface Comparing {
  readonly store: Store;
  readonly root: string;
  readonly environment: Environment;
  readonly directory: string | undefined;
}

/** The run that `candidate` names, with a report that compares it with the run that `baseline` names. */
async function comparedRun(
  { store, root, environment, directory }: Comparing,
  baseline: string,
  candidate: string,
): Promise<ReportedRun> {
  // This code is loaded only when two runs are compared, because a plain report does not need it.
  const { heldAgainst } = await import("./held-against.ts");
  const run = await findRun(store, candidate);
  const against = (await findRun(store, baseline)).header.id;
  const report = await heldAgainst(await storedOrMeasured(store, run), against, environment, directory);
  return { ...(await runWith(store, root, run, report)), against };
}
