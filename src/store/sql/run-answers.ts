import type { Database } from "./database.ts";

/** The answer of a trial. */
interface TrialAnswer {
  readonly case_no: number;
  readonly trial: number;
  readonly answer_id: number;
}

/** The answers of a run's trials that come after the given trial, by case and trial. */
export function answersBehind(
  db: Database,
  runNo: number,
  caseNo: number,
  trial: number,
  limit: number,
): TrialAnswer[] {
  return db
    .prepare<[number, number, number, number], TrialAnswer>(
      "SELECT case_no, trial, answer_id FROM trials WHERE run_no = ? AND (case_no, trial) > (?, ?) AND answer_id IS NOT NULL ORDER BY case_no, trial LIMIT ?",
    )
    .all(runNo, caseNo, trial, limit);
}

/** An earlier run with an answer that a case of a later run reuses from the cache. */
interface CachedFrom {
  readonly case_no: number;
  readonly no: number;
  readonly run: string;
}

/**
 * The earlier runs whose answers a run took from the cache, by case and run, starting after the given case and run.
 */
export function originsBehind(
  db: Database,
  runNo: number,
  caseNo: number,
  no: number,
  limit: number,
): CachedFrom[] {
  return db
    .prepare<[number, number, number, number], CachedFrom>(
      `SELECT DISTINCT t.case_no, runs.no, runs.id AS run FROM trials t
       JOIN trials asked ON asked.answer_id = t.answer_id AND asked.cached = 0
       JOIN runs ON runs.no = asked.run_no
       WHERE t.run_no = ? AND t.cached = 1 AND (t.case_no, runs.no) > (?, ?)
       ORDER BY t.case_no, runs.no LIMIT ?`,
    )
    .all(runNo, caseNo, no, limit);
}
