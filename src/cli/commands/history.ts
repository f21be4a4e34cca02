import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { MetricValue } from "../../domain/run.ts";
import { flakyCases, stabilitySentence, suiteStability, twiceAnswered } from "../../metrics/stability.ts";
import { fingerprintRuns } from "../../operations/project/fingerprint-runs.ts";
import { locate } from "../../operations/project/open-project.ts";
import { runName } from "../../reports/headline.ts";
import { documentText } from "../../reports/json/documents.ts";
import {
  flakyListing,
  historyCsv,
  historyListing,
  type PastRun,
  suiteHistory,
} from "../../reports/terminal/history.ts";
import { goOnCommand } from "../../reports/unfinished.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";

/** The stored report of a run, as `runJson` wrote it. */
interface StoredReport {
  readonly metrics?: { readonly [name: string]: MetricValue };
  readonly counts?: object;
  readonly gate?: { readonly outcome: string; readonly verdict: string };
}

/** `evals history`: past runs, newest first; with a suite its trend and whether it is stable. */
export async function historyCommand(
  options: Record<string, unknown>,
  suite: string | undefined,
  io: Io,
): Promise<number> {
  const limit = readOptions(options, suite);
  const { root } = locate(io, options.directory as string | undefined);
  const store = await openStore(root);
  try {
    const runs = store.runs({ suite, limit });
    if (runs.length === 0 && suite !== undefined) refuseUnknown(suite, store.runs({}));
    io.stdout(textOf(options, suite, runs, store, io.width));
    return EXIT.ok;
  } finally {
    store.close();
  }
}

/** @throws {EvalsError} for options that cannot be read, or not together */
function readOptions(options: Record<string, unknown>, suite: string | undefined): number {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new EvalsError({
      code: "EVALS_OPTION_INVALID",
      what: "--limit is not a whole number from 1.",
      why: "It says how many runs are listed.",
      fix: "--limit 20",
    });
  }
  if (options.csv === true && (options.json === true || options.flaky === true)) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: `--csv and ${options.json === true ? "--json" : "--flaky"} exclude each other.`,
      why: "Only one of them can be printed; the table of runs has no column for cases.",
      fix: options.json === true ? "Leave one of them out." : "--flaky --json lists the cases for a program.",
    });
  }
  if (options.flaky === true && suite === undefined) {
    throw new EvalsError({
      code: "EVALS_OPTION_INVALID",
      what: "--flaky needs a suite.",
      why: "Flaky cases are those of one suite's newest fingerprint.",
      fix: "evals history <suite> --flaky",
    });
  }
  return limit;
}

function textOf(
  options: Record<string, unknown>,
  suite: string | undefined,
  runs: readonly StoredRun[],
  store: Store,
  width: number,
): string {
  const past = runs.map(pastRun);
  if (options.csv === true) return historyCsv(past);
  const stability = suite === undefined ? null : stabilityOf(store, suite);
  if (options.json === true) {
    const body = { schema: "evals.history/1", exit: 0, runs: runs.map(runDocument) };
    return documentText(stability === null ? body : { ...body, stability: stability.document });
  }
  if (suite === undefined || stability === null) return historyListing(past, width);
  return options.flaky === true
    ? flakyListing(suite, stability.view, stability.runs, width)
    : suiteHistory(suite, past, stability.view, width);
}

function stabilityOf(store: Store, suite: string) {
  const history = fingerprintRuns(store, suite);
  if (history === null) {
    const said = "stability unknown: no complete run yet";
    return { document: null, view: { said, flaky: [], measured: 0, cases: null }, runs: 0 };
  }
  const stable = suiteStability(history.pooled);
  const said = stabilitySentence(stable);
  const flaky = flakyCases(history.pooled);
  const measured = twiceAnswered(history.pooled);
  const { fingerprint } = history.newest.header;
  const ids = history.runs.map((run) => run.header.id);
  return {
    document: {
      fingerprint,
      ...stable,
      runs: ids,
      compared: stable.runs,
      said,
      flaky: measured === 0 ? null : flaky,
      measured,
    },
    view: { said, flaky, measured, cases: history.pooled.ids.length },
    runs: history.runs.length,
  };
}

function refuseUnknown(suite: string, all: readonly StoredRun[]): void {
  const known = new Set(all.map((run) => run.header.suite));
  if (known.size === 0) return;
  throw new EvalsError({
    code: "EVALS_SUITE_UNKNOWN",
    what: `No run of a suite "${suite}" is in the history.${didYouMean(suite, known)}`,
    why: "Runs are listed by the suite they were made of.",
    fix: `One of: ${[...known].join(", ")}`,
  });
}

function runDocument({ header, status, ended_at, report, calls }: StoredRun): object {
  const { metrics = {}, counts = null, gate = null } = (report ?? {}) as StoredReport;
  return { ...header, status, ended_at, calls, counts, metrics, gate };
}

function pastRun({ header, status, report }: StoredRun): PastRun {
  const { metrics, gate } = (report ?? {}) as StoredReport;
  const rate = metrics?.pass_rate;
  return {
    id: header.id,
    started_at: header.started_at,
    suite: header.suite,
    name: runName(header),
    target: header.target,
    fingerprint: header.fingerprint,
    trials: header.trials,
    cases: header.cases,
    pass_rate: rate?.value ?? null,
    low: rate?.low ?? null,
    high: rate?.high ?? null,
    cost_usd: metrics?.cost_usd?.value ?? null,
    outcome: report === null ? status : (gate?.outcome ?? status),
    go_on: status === "interrupted" ? goOnCommand(header) : null,
    verdict: gate?.verdict ?? "none",
  };
}
