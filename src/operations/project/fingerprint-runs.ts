import { isAside } from "../../domain/aside-run.ts";
import { allItems, everyItem, everyPage } from "../../domain/pages.ts";
import { isRecording } from "../../domain/recorded-provider.ts";
import { type OutcomePool, outcomePool, type PooledOutcomes } from "../../metrics/stability.ts";
import type { ListedRun, StoreReads } from "../../store/reads.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** Maximum number of pooled runs. Older runs say less about the suite today, and each costs a scan of its trials. */
const MAX_RUNS = 20;

/** The complete runs of a suite's newest fingerprint, and their pooled results. */
export interface FingerprintRuns {
  /** Oldest first. */
  readonly runs: readonly ListedRun[];
  readonly newest: StoredRun;
  readonly pooled: PooledOutcomes;
}

/**
 * Pools the trials of the newest complete run of a whole suite and of all complete runs with the same fingerprint.
 * Null when there is no complete run. Runs that stopped early are left out, because their pass rates are biased.
 *
 * @param alias alias of the model whose runs are used; default all
 */
export async function fingerprintRuns(
  { read }: Pick<Store, "read">,
  suite: string,
  alias?: string,
): Promise<FingerprintRuns | null> {
  let newest: StoredRun | undefined;
  const runs: ListedRun[] = [];
  for await (const run of everyItem((page) => read.runs({ suite, status: ["complete"] }, page))) {
    const { no, header } = run;
    if (isAside(run) || header.narrowing !== null) continue;
    if (alias !== undefined && header.alias !== alias) continue;
    newest ??= await read.run(no);
    if (header.fingerprint === newest?.header.fingerprint) runs.unshift(run);
    if (runs.length === MAX_RUNS) break;
  }
  if (newest === undefined) return null;
  const pool = outcomePool();
  for (const run of runs) await addOutcomes(pool, read, run);
  return { runs, newest, pooled: pool.pooled() };
}

async function addOutcomes(pool: OutcomePool, read: StoreReads, { no, header }: ListedRun): Promise<void> {
  const cases = await allItems((page) => read.cases(no, page));
  const add = pool.run({
    id: header.id,
    recorded: isRecording(header.provider) || header.rescored_from !== null,
    ids: cases.map((one) => one.id),
  });
  for await (const rows of everyPage((page) => read.trials(no, page))) for (const row of rows) add(row);
}
