import { didYouMean } from "../domain/did-you-mean.ts";
import { everyItem } from "../domain/pages.ts";
import { EvalsError } from "../domain/problem.ts";
import { storedSummary } from "../domain/stored-summary.ts";
import type { FingerprintStability, HistoryRun, RunHistory } from "../metrics/run-history.ts";
import { flakyCases, suiteStability, twiceAnswered } from "../metrics/stability.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { fingerprintRuns } from "./project/fingerprint-runs.ts";
import { locate } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";

export interface HistoryInput {
  readonly directory?: string | undefined;
  /** Name of one suite; default all suites. */
  readonly suite?: string | undefined;
  /** Maximum number of runs, at least 1. */
  readonly limit: number;
}

/**
 * Past runs, newest first. For a single suite also the stability: how much the runs with its newest fingerprint vary.
 *
 * @throws {EvalsError} EVALS_SUITE_UNKNOWN for a suite that never ran, if other suites did
 */
export async function history(
  io: Environment,
  { directory, suite, limit }: HistoryInput,
): Promise<RunHistory> {
  const { root } = locate(io, directory);
  const store = await openStoredHistory(root, io);
  try {
    const { items } = await store.read.runs({ suite }, { limit });
    if (items.length === 0 && suite !== undefined) refuseUnknown(suite, await suitesThatRan(store));
    const runs: HistoryRun[] = [];
    for (const { no } of items) {
      const run = await store.read.run(no);
      if (run !== undefined) runs.push(historyRun(run));
    }
    return {
      suite: suite ?? null,
      runs,
      stability: suite === undefined ? null : await stabilityOf(store, suite),
    };
  } finally {
    store.close();
  }
}

function historyRun(run: StoredRun): HistoryRun {
  const { header, status, ended_at, calls } = run;
  const { counts = null, metrics = {}, gate = null } = storedSummary(run);
  return { header, status, ended_at, calls, counts, metrics, gate };
}

async function stabilityOf(store: Store, suite: string): Promise<FingerprintStability | null> {
  const found = await fingerprintRuns(store, suite);
  if (found === null) return null;
  const { newest, runs, pooled } = found;
  return {
    fingerprint: newest.header.fingerprint,
    runs: runs.map(({ header }) => header.id),
    stability: suiteStability(pooled),
    flaky: flakyCases(pooled),
    measured: twiceAnswered(pooled),
    cases: pooled.ids.length,
  };
}

async function suitesThatRan(store: Store): Promise<ReadonlySet<string>> {
  const suites = new Set<string>();
  for await (const { header } of everyItem((page) => store.read.runs({}, page))) suites.add(header.suite);
  return suites;
}

function refuseUnknown(suite: string, known: ReadonlySet<string>): void {
  if (known.size === 0) return;
  throw new EvalsError({
    code: "EVALS_SUITE_UNKNOWN",
    what: `The history has no run of suite "${suite}".${didYouMean(suite, known)}`,
    why: "`evals history` finds runs by the name of their suite.",
    fix: `One of: ${[...known].join(", ")}`,
  });
}
