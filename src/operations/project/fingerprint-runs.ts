import { isRecording } from "../../domain/recorded-provider.ts";
import { isScoredFile } from "../../domain/scored-file.ts";
import { type PooledOutcomes, poolOutcomes, type RunOutcomes } from "../../metrics/stability.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** Older runs say less of today, and every one is a scan of its trials. */
const MAX_RUNS = 20;

/** Complete runs of a suite's newest fingerprint and what they amount to together. */
export interface FingerprintRuns {
  /** Oldest first. */
  readonly runs: readonly StoredRun[];
  readonly newest: StoredRun;
  readonly pooled: PooledOutcomes;
}

/**
 * The newest complete run of the whole suite and all like it. A run that stopped early ended where its luck ran high or
 * low, so it says nothing unbiased of a pass rate.
 *
 * @param alias only runs of this model
 */
export function fingerprintRuns(store: Store, suite: string, alias?: string): FingerprintRuns | null {
  const whole = store
    .runs({ suite, status: ["complete"] })
    .filter((run) => !isScoredFile(run))
    .filter(({ header }) => header.narrowing === null && (alias === undefined || header.alias === alias));
  const newest = whole[0];
  if (newest === undefined) return null;
  const runs = whole
    .filter(({ header }) => header.fingerprint === newest.header.fingerprint)
    .slice(0, MAX_RUNS)
    .reverse();
  return { runs, newest, pooled: poolOutcomes(runs.map((run) => outcomesOf(store, run))) };
}

function outcomesOf(store: Store, { no, header }: StoredRun): RunOutcomes {
  return {
    id: header.id,
    recorded: isRecording(header.provider) || header.rescored_from !== null,
    ids: store.cases(no).map((one) => one.id),
    rows: store.scan(no),
  };
}
