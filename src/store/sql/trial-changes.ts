import type { Database } from "./database.ts";

/** The log of written trials, over all runs. */
export interface TrialChanges {
  /** Number of the newest entry; 0 for none. */
  newest(): number;
  /**
   * The trials that a run's entries after one and up to another name, each once, in the order of their first change. Entries are read
   * until they name `limit` trials, so a few more may come.
   * @returns them and the last entry that was read, `to` when no more are left
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
