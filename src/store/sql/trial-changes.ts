import type { Database } from "./database.ts";

/** The log of all runs' trials: one entry per transaction, which lists the trials that the transaction wrote. */
export interface TrialChanges {
  /** Number of the newest entry; 0 when the log is empty. */
  newest(): number;
  /**
   * The trials in a run's entries from entry number `from` + 1 to entry number `to`, without duplicates, in the order of
   * their first change. Reads whole entries until there are `limit` trials, so slightly more may be returned.
   *
   * @returns the trials and the number of the last entry read; `to` when no entry is left
   */
  between(runNo: number, from: number, to: number, limit: number): ChangedTrials;
}

export interface ChangedTrials {
  readonly trials: readonly (readonly [caseNo: number, trial: number])[];
  readonly last: number;
}

export function trialChanges(db: Database): TrialChanges {
  const newest = db.prepare<[], number | null>("SELECT MAX(no) FROM trial_changes").pluck();
  const entries = db
    .prepare<[number, number, number], [no: number, trials: string]>(
      "SELECT no, trials FROM trial_changes WHERE no > ? AND no <= ? AND run_no = ? ORDER BY no",
    )
    .raw();
  return {
    newest: () => newest.get() ?? 0,
    between: (runNo, from, to, limit) => {
      const trials = new Map<string, readonly [number, number]>();
      for (const [no, text] of entries.iterate(from, to, runNo)) {
        for (const one of text.split(" ")) {
          const [caseNo = 0, trial = 0] = one.split(".").map(Number);
          trials.set(one, [caseNo, trial]);
        }
        if (trials.size >= limit) return { trials: [...trials.values()], last: no };
      }
      return { trials: [...trials.values()], last: to };
    },
  };
}
