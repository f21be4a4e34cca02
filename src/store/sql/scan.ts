import { answerEnd } from "../../domain/finish-reason.ts";
import type { ErrorKind } from "../../domain/outcome.ts";
import type { StoredCase } from "../../domain/run.ts";
import { UNKNOWN_USAGE } from "../../domain/transcript.ts";
import { plainWay, type WayCounts } from "../../domain/way-counts.ts";
import type { TrialOutcome, TrialRow } from "../store.ts";
import type { Database } from "./database.ts";
import type { ScoreColumn } from "./rows.ts";
import { readUsageAt, usageColumns } from "./usage-columns.ts";

const NO_TAGS: readonly string[] = [];

type CaseColumns = [
  case_no: number,
  id: string,
  content: string,
  key: string,
  tags: string,
  planned: number,
  request: string,
];

/** SQLite converts the hashes to text: one buffer per hash would take three times as long and ten times the memory. */
const CASES =
  "SELECT case_no, case_id, lower(hex(contents.hash)), lower(hex(key)), tags, planned, lower(hex(request_hash)) FROM run_cases JOIN contents ON contents.id = content_id WHERE run_no = ? AND case_no > ? ORDER BY case_no LIMIT ?";

/** A run's cases in plan order: at most `limit` cases with numbers above `behind`. */
export function listCases(
  db: Database,
  runNo: number,
  behind = -1,
  limit = Number.MAX_SAFE_INTEGER,
): StoredCase[] {
  const rows = db.prepare<[number, number, number], CaseColumns>(CASES).raw().iterate(runNo, behind, limit);
  const cases: StoredCase[] = [];
  for (const [case_no, id, content_hash, key, tags, planned, request_hash] of rows) {
    cases.push({
      case_no,
      id,
      content_hash,
      request_hash,
      key,
      tags: tags === "[]" ? NO_TAGS : (JSON.parse(tags) as string[]),
      planned,
    });
  }
  return cases;
}

type ScanColumns = [
  case_no: number,
  trial: number,
  error: ErrorKind | null,
  cached: number,
  pass: number | null,
  scores: string | null,
  latency: number | null,
  cost: number | null,
  refused: number | null,
  calls: number | null,
  finish: string | null,
  untold: string | null,
  counted: number,
  steps: number | null,
  turns: number | null,
  failed: number | null,
  stopped: number | null,
  conversation: number,
  ...usage: (number | null)[],
];

/** Index of the first usage column in a scanned row. */
const USAGE_FROM = 18;

const NUMBERS = `t.case_no, t.trial, t.error, t.cached, t.pass, t.scores, a.latency_ms, a.cost_usd, a.refusal IS NOT NULL, a.tool_call_count, a.finish_reason, a.untold, w.answer_id IS NOT NULL, w.steps, w.turns, w.failed_calls, w.stopped, a.messages IS NOT NULL, ${usageColumns("a")} FROM trials t LEFT JOIN answers a ON a.id = t.answer_id LEFT JOIN answer_counts w ON w.answer_id = t.answer_id WHERE t.run_no = ?`;

const SCORES =
  "case_no, trial, error, cached, pass, scores, NULL, NULL, 0, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, 1 FROM trials WHERE run_no = ?";

const SCANS = {
  answers: `SELECT ${NUMBERS} ORDER BY t.case_no, t.trial`,
  scores: `SELECT ${SCORES} ORDER BY case_no, trial`,
};

/**
 * The trials of a run, by case and number.
 *
 * @param reading `answers` includes usage and cost of the answers, `scores` does not
 */
export function* scan(db: Database, runNo: number, reading: keyof typeof SCANS): IterableIterator<TrialRow> {
  const toRow = rowReader(reading);
  for (const row of db.prepare<[number], ScanColumns>(SCANS[reading]).raw().iterate(runNo)) yield toRow(row);
}

const OUTCOMES =
  "SELECT case_no, trial, error IS NOT NULL, pass FROM trials WHERE run_no = ? AND (case_no, trial) > (?, ?) ORDER BY case_no, trial LIMIT ?";

type OutcomeColumns = [case_no: number, trial: number, errored: number, pass: number | null];

const outcomeOf = ([case_no, trial, errored, pass]: OutcomeColumns): TrialOutcome => ({
  case_no,
  trial,
  kind: errored === 0 ? "answered" : "errored",
  pass: pass === null ? null : pass === 1,
});

/** Reads of a run's trials from any position. */
export interface TrialPages {
  /** At most `limit` trials that come after the given trial, by case and number. */
  behind(runNo: number, caseNo: number, trial: number, limit: number): TrialRow[];
  /** Like `behind`, without usage and cost. */
  scoresBehind(runNo: number, caseNo: number, trial: number, limit: number): TrialRow[];
  /** Like `behind`, but only with the outcomes. */
  outcomesBehind(runNo: number, caseNo: number, trial: number, limit: number): TrialOutcome[];
  /** The current state of the given trials; trials that are not stored are left out. */
  these(runNo: number, trials: Iterable<readonly [caseNo: number, trial: number]>): TrialRow[];
}

export function trialPages(db: Database): TrialPages {
  const behind = db
    .prepare<[number, number, number, number], ScanColumns>(
      `SELECT ${NUMBERS} AND (t.case_no, t.trial) > (?, ?) ORDER BY t.case_no, t.trial LIMIT ?`,
    )
    .raw();
  const scoresBehind = db
    .prepare<[number, number, number, number], ScanColumns>(
      `SELECT ${SCORES} AND (case_no, trial) > (?, ?) ORDER BY case_no, trial LIMIT ?`,
    )
    .raw();
  const outcomesBehind = db.prepare<[number, number, number, number], OutcomeColumns>(OUTCOMES).raw();
  const one = db
    .prepare<[number, number, number], ScanColumns>(`SELECT ${NUMBERS} AND t.case_no = ? AND t.trial = ?`)
    .raw();
  return {
    behind: (...from) => behind.all(...from).map(rowReader("answers")),
    outcomesBehind: (...from) => outcomesBehind.all(...from).map(outcomeOf),
    scoresBehind: (...from) => scoresBehind.all(...from).map(rowReader("scores")),
    these: (runNo, trials) => {
      const toRow = rowReader("answers");
      const rows: TrialRow[] = [];
      for (const [caseNo, trial] of trials) {
        const row = one.get(runNo, caseNo, trial);
        if (row !== undefined) rows.push(toRow(row));
      }
      return rows;
    },
  };
}

function rowReader(reading: keyof typeof SCANS): (row: ScanColumns) => TrialRow {
  const pairsOf = scorePairs();
  return (row) => ({
    case_no: row[0],
    trial: row[1],
    kind: row[2] === null ? "answered" : "errored",
    error: row[2],
    cached: row[3] === 1,
    pass: row[4] === null ? null : row[4] === 1,
    scores: pairsOf(row[5]),
    latency_ms: row[6],
    cost_usd: row[7],
    usage: reading === "answers" ? readUsageAt(row, USAGE_FROM) : UNKNOWN_USAGE,
    refused: isRefused(row[8] === 1, row[10], row[11]),
    tool_calls: row[11]?.includes("tool_calls") ? null : (row[9] ?? 0),
    cut: answerEnd(row[10]) === "cut",
    way: wayOf(row),
  });
}

const UNKNOWN_WAY: WayCounts = { steps: null, turns: null, failed_calls: null, stopped: null };

/**
 * The counts of an answer's trajectory. They are unknown for a conversation that an earlier version of the program
 * stored without counts.
 */
function wayOf(row: ScanColumns): WayCounts {
  if (row[12] === 1) return { steps: row[13], turns: row[14], failed_calls: row[15], stopped: row[16] === 1 };
  if (row[17] === 1) return UNKNOWN_WAY;
  return plainWay(row[10], row[11]?.includes("tool_calls") ? null : (row[9] ?? 0));
}

function isRefused(hasRefusal: boolean, finish: string | null, untold: string | null): boolean | null {
  if (hasRefusal || answerEnd(finish) === "refused") return true;
  return untold?.includes("refusal") ? null : false;
}

/**
 * Parses the column `scores` of trials, without the reasons. The last result is kept, because most trials have the same
 * text as the trial before.
 */
function scorePairs(): (text: string | null) => TrialRow["scores"] {
  let last: { readonly text: string; readonly pairs: TrialRow["scores"] } | undefined;
  return (text) => {
    if (text === null) return [];
    if (last?.text !== text) {
      const stored = JSON.parse(text) as ScoreColumn[];
      last = { text, pairs: stored.map(pairOf) };
    }
    return last.pairs;
  };
}

function pairOf(one: ScoreColumn): TrialRow["scores"][number] {
  if (one === 0) return undefined;
  if (one === null || typeof one === "string") return null;
  const agreement = one[3]?.agreement;
  return agreement === undefined ? [one[0], one[1] === 1] : [one[0], one[1] === 1, agreement];
}
