import type { Json } from "../../domain/json.ts";
import type { Pruned, Pruning } from "../care.ts";
import type { Database } from "./database.ts";
import type { ScoreColumn } from "./rows.ts";

/** Deletes the rows of a pruning. Must run inside a transaction. */
export function pruneRows(db: Database, what: Pruning): Omit<Pruned, "erased"> {
  const { runs, answers: emptied, loose_before: before } = what;
  const touched = JSON.stringify([...runs, ...emptied]);
  const released = db
    .prepare<[string], number>(
      `SELECT DISTINCT answer_id FROM trials WHERE answer_id IS NOT NULL AND run_no IN (${LIST})`,
    )
    .pluck()
    .all(touched);
  for (const no of emptied) emptyRun(db, no, what.withoutTexts);
  const removed = JSON.stringify(runs);
  for (const { table, column } of db.childrenOf("runs"))
    if (table !== "judgements") db.prepare(`DELETE FROM ${table} WHERE ${column} IN (${LIST})`).run(removed);
  const judgements = pruneJudgements(db, { touched, removed, before });
  db.prepare(`DELETE FROM runs WHERE no IN (${LIST})`).run(removed);
  const answers = pruneAnswers(db, released, before);
  const traces = pruneTraffic(db, before);
  db.exec(UNUSED_TEXTS);
  return { answers, judgements, traces };
}

/** A trace is as old as its own time says, or as its import when the trace has no time. */
const OLD_TRACES = "FROM traffic WHERE CASE WHEN at = 0 THEN kept_at ELSE at END < ?";

export function countOldTraces(db: Database, before: number): number {
  return db.prepare<[number], number>(`SELECT count(*) ${OLD_TRACES}`).pluck().get(before) ?? 0;
}

/** Deletes old traces with their scores. @returns the number of deleted traces */
function pruneTraffic(db: Database, before: number): number {
  db.prepare(`DELETE FROM traffic_scores WHERE traffic_no IN (SELECT no ${OLD_TRACES})`).run(before);
  return Number(db.prepare(`DELETE ${OLD_TRACES}`).run(before).changes);
}

/** A subquery with one parameter, a JSON list of numbers. Its rows are these numbers. */
const LIST = "SELECT CAST(value AS BIGINT) FROM json_each(?)";

const UNUSED_TEXTS = `
DELETE FROM contents WHERE id NOT IN (SELECT content_id FROM run_cases);
DELETE FROM requests WHERE id NOT IN (
  SELECT request_id FROM run_cases WHERE request_id IS NOT NULL
  UNION SELECT request_id FROM answers WHERE request_id IS NOT NULL
  UNION SELECT request_id FROM judgements
);`;

interface TrialTexts {
  readonly case_no: number;
  readonly trial: number;
  readonly scores: string | null;
  readonly message: string | null;
}

/** Removes a run's texts but keeps its numbers: which trials passed, with which scores. */
function emptyRun(db: Database, no: number, withoutTexts: (report: Json) => Json): void {
  const update = db.prepare(
    "UPDATE trials SET answer_id = NULL, scores = ?, message = ? WHERE run_no = ? AND case_no = ? AND trial = ?",
  );
  const rows = db
    .prepare<[number], TrialTexts>("SELECT case_no, trial, scores, message FROM trials WHERE run_no = ?")
    .all(no);
  for (const { case_no, trial, scores, message } of rows)
    update.run(scores && withoutReasons(scores), message === null ? null : "", no, case_no, trial);
  const report = db.prepare<[number], string | null>("SELECT report FROM runs WHERE no = ?").pluck().get(no);
  if (report) {
    const numbers = JSON.stringify(withoutTexts(JSON.parse(report) as Json));
    db.prepare("UPDATE runs SET report = ? WHERE no = ?").run(numbers, no);
  }
}

/**
 * Removes reasons and references to judges' replies from a `scores` column, because both may quote the answer.
 */
function withoutReasons(scores: string): string {
  const columns = JSON.parse(scores) as ScoreColumn[];
  return JSON.stringify(
    columns.map((one): ScoreColumn => {
      if (one === null || one === 0) return one;
      if (typeof one === "string") return "";
      const [score, pass, , judged] = one;
      if (judged === undefined) return [score, pass, ""];
      const { replies: _, ...kept } = judged;
      return [score, pass, "", kept];
    }),
  );
}

interface JudgementLimits {
  /** JSON list of the numbers of all runs that are deleted or that lose their answers. */
  readonly touched: string;
  /** JSON list of the numbers of the deleted runs. */
  readonly removed: string;
  /** See `loose_before` of `Pruning`. */
  readonly before: number;
}

const REPLIES_IN_USE = `SELECT DISTINCT CAST(reply.value AS BIGINT) FROM trials, json_each(trials.scores) AS score,
  json_each(json_extract(score.value, '$[3].replies')) AS reply WHERE score.type = 'array'`;

/**
 * Deletes judges' replies, except those from which a remaining score was made.
 *
 * @returns the number of deleted replies
 */
function pruneJudgements(db: Database, { touched, removed, before }: JudgementLimits): number {
  if (db.prepare("SELECT 1 FROM judgements LIMIT 1").get() === undefined) return 0;
  const used = JSON.stringify(db.prepare<[], number>(REPLIES_IN_USE).pluck().all());
  const { changes } = db
    .prepare<[string, number, string]>(
      `DELETE FROM judgements WHERE (run_no IN (${LIST}) OR (run_no IS NULL AND at < ?)) AND id NOT IN (${LIST})`,
    )
    .run(touched, before, used);
  db.prepare(`UPDATE judgements SET run_no = NULL WHERE run_no IN (${LIST})`).run(removed);
  return Number(changes);
}

/**
 * Deletes answers to which no trial refers any more: those of the pruned runs, and those from before `before`.
 *
 * @param released ids of the answers to which trials of the pruned runs referred
 * @returns the number of deleted answers
 */
function pruneAnswers(db: Database, released: readonly number[], before: number): number {
  const unused = "id NOT IN (SELECT answer_id FROM trials WHERE answer_id IS NOT NULL)";
  const gone = db
    .prepare<[string, number], number>(
      `SELECT id FROM answers WHERE (id IN (${LIST}) OR at < ?) AND ${unused}`,
    )
    .pluck()
    .all(JSON.stringify(released), before);
  const ids = JSON.stringify(gone);
  for (const { table, column } of db.childrenOf("answers"))
    db.prepare(`DELETE FROM ${table} WHERE ${column} IN (${LIST})`).run(ids);
  db.prepare(`DELETE FROM answers WHERE id IN (${LIST})`).run(ids);
  return gone.length;
}
