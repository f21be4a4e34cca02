import type { Json } from "../../domain/json.ts";
import type { Message, ToolCall } from "../../domain/message.ts";
import type { ErrorKind } from "../../domain/outcome.ts";
import type { RunRetries } from "../../domain/report.ts";
import type { StoredAnswer, StoredTrial } from "../../domain/run.ts";
import type { Trajectory } from "../../domain/trajectory.ts";
import { UNREPORTED } from "../../domain/transcript.ts";
import type { FailedTrial } from "../reads.ts";
import type { CachedAnswer, Store } from "../store.ts";
import type { Database, Statement } from "./database.ts";
import type { judgementTable } from "./judgements.ts";
import type { ScoreColumn } from "./rows.ts";
import { listRuns, runsByPrefix } from "./run-rows.ts";
import { listCases, scan } from "./scan.ts";
import { lostSpending, unscoredSpending } from "./spending.ts";
import { readUsage, type UsageColumns, usageColumns } from "./usage-columns.ts";

interface TranscriptRow extends UsageColumns {
  readonly answer_id: number;
  readonly output: string;
  readonly messages: string | null;
  readonly tool_calls: string | null;
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly model: string | null;
  readonly finish_reason: string | null;
  readonly refusal: string | null;
  readonly fallback: string | null;
  readonly untold: string | null;
  readonly trajectory: string | null;
}

interface AnswerRow extends TranscriptRow {
  readonly raw: string | null;
  readonly at: number;
}

const TRANSCRIPT_COLUMNS = `a.id AS answer_id, a.output, a.messages, a.tool_calls, a.latency_ms, a.cost_usd, a.model, a.finish_reason, a.refusal, a.fallback, a.untold, (SELECT body FROM trajectories WHERE answer_id = a.id) AS trajectory, ${usageColumns("a")}`;
const ANSWER_COLUMNS = `${TRANSCRIPT_COLUMNS}, a.raw, a.at`;

const parsed = (text: string | null): Json => (text === null ? null : (JSON.parse(text) as Json));

function toCached(row: TranscriptRow): CachedAnswer {
  return {
    answer_id: row.answer_id,
    transcript: {
      output: row.output,
      messages: (parsed(row.messages) ?? []) as unknown as readonly Message[],
      tool_calls: (parsed(row.tool_calls) ?? []) as unknown as readonly ToolCall[],
      usage: readUsage(row),
      latency_ms: row.latency_ms,
      cost_usd: row.cost_usd,
      model: row.model,
      finish_reason: row.finish_reason,
      refusal: row.refusal,
      ...(row.fallback === null ? {} : { fallback: row.fallback }),
      ...reported(row),
    },
  };
}

function reported({ untold, trajectory }: Pick<TranscriptRow, "untold" | "trajectory">) {
  return {
    ...(untold === null ? {} : { untold: UNREPORTED.filter((one) => untold.includes(one)) }),
    ...(trajectory === null ? {} : { trajectory: JSON.parse(trajectory) as Trajectory }),
  };
}

export type Readers = Omit<
  Store,
  | "read"
  | "care"
  | "traffic"
  | "batches"
  | "departures"
  | "create"
  | "claim"
  | "resume"
  | "close"
  | keyof ReturnType<typeof judgementTable>
>;

export function readers(db: Database): Readers {
  const statement = statementsOf(db);
  return {
    runs: (filter) => listRuns(db, filter),
    runsByPrefix: (prefix) => runsByPrefix(db, prefix),
    cases: (runNo) => listCases(db, runNo),
    scan: (runNo) => scan(db, runNo, "answers"),
    scanScores: (runNo) => scan(db, runNo, "scores"),
    cached: (askedHash, trial) => {
      const row = statement(CACHED).get(Buffer.from(askedHash, "hex"), trial) as TranscriptRow | undefined;
      return row && toCached(row);
    },
    trials: (runNo, caseNo) => (statement(TRIALS).all(runNo, caseNo) as TrialOfCase[]).map(toTrial),
    content: (runNo, caseNo) => {
      const body = statement(CONTENT).pluck().get(runNo, caseNo) as string | undefined;
      return body === undefined ? null : (JSON.parse(body) as { input: Json; expected?: Json });
    },
    request: (runNo, caseNo) =>
      parsed(
        db
          .prepare<[number, number], string>(
            "SELECT body FROM run_cases JOIN requests ON requests.id = request_id WHERE run_no = ? AND case_no = ?",
          )
          .pluck()
          .get(runNo, caseNo) ?? null,
      ),
    retries: (runNo) => {
      const { waited_ms, ...tried } = statement(RETRIES).get(runNo) as Retried;
      return waited_ms === null ? null : { ...tried, waited_ms };
    },
    fallbackAnswers: (runNo) => statement(FALLBACK_ANSWERS).pluck().get(runNo) as number,
    lostSpending: (runNo, of) => lostSpending(db, runNo, of),
    unscoredSpending: (runNo) => unscoredSpending(db, runNo),
    transcript: (runNo, caseNo, trial) => {
      const row = statement(TRANSCRIPT).get(runNo, caseNo, trial) as TranscriptRow | undefined;
      return row && toCached(row);
    },
  };
}

const CONTENT =
  "SELECT body FROM run_cases JOIN contents ON contents.id = content_id WHERE run_no = ? AND case_no = ?";
const CACHED = `SELECT ${TRANSCRIPT_COLUMNS} FROM answers a WHERE request_id = (SELECT id FROM requests WHERE hash = ?) AND trial = ? ORDER BY a.id DESC LIMIT 1`;
const TRANSCRIPT = `SELECT ${TRANSCRIPT_COLUMNS} FROM trials t JOIN answers a ON a.id = t.answer_id WHERE t.run_no = ? AND t.case_no = ? AND t.trial = ?`;
const FALLBACK_ANSWERS =
  "SELECT count(*) FROM trials t JOIN answers a ON a.id = t.answer_id WHERE t.run_no = ? AND t.error IS NULL AND a.fallback IS NOT NULL";
const RETRIES =
  "SELECT COUNT(*) FILTER (WHERE attempts > 1) AS trials, COALESCE(SUM(attempts - 1), 0) AS attempts, SUM(waited_ms) AS waited_ms FROM trial_tries WHERE run_no = ?";
const WHOLE_TRIALS = `SELECT t.case_no, c.case_id, t.trial, t.error, t.message, t.cached, t.pass, t.scores, y.attempts, y.waited_ms, ${ANSWER_COLUMNS} FROM trials t JOIN run_cases c ON c.run_no = t.run_no AND c.case_no = t.case_no LEFT JOIN trial_tries y ON y.run_no = t.run_no AND y.case_no = t.case_no AND y.trial = t.trial LEFT JOIN answers a ON a.id = t.answer_id WHERE t.run_no = ?`;
const TRIALS_OF_CASE = `${WHOLE_TRIALS} AND t.case_no = ?`;
const FAILED_TRIALS = `SELECT t.case_no, c.case_id, t.trial, t.cached, t.error, t.message, t.pass, t.scores, a.id AS answer_id, a.output, a.messages, a.tool_calls, a.finish_reason, a.refusal, a.untold, (SELECT body FROM trajectories WHERE answer_id = a.id) AS trajectory FROM trials t JOIN run_cases c ON c.run_no = t.run_no AND c.case_no = t.case_no LEFT JOIN answers a ON a.id = t.answer_id WHERE t.run_no = ? AND (t.case_no, t.trial) > (?, ?) AND (t.pass = 0 OR t.error = 'simulator') ORDER BY t.case_no, t.trial LIMIT ?`;
const TRIALS = `${TRIALS_OF_CASE} ORDER BY t.trial`;
const TRIAL = `${TRIALS_OF_CASE} AND t.trial = ?`;

/** Caches prepared statements, because a report queries tens of thousands of cases one by one. */
function statementsOf(db: Database): (sql: string) => Statement {
  const prepared = new Map<string, Statement>();
  return (sql) => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = db.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement;
  };
}

type Retried = Omit<RunRetries, "waited_ms"> & { readonly waited_ms: number | null };

/** One trial of a case. */
export function trialOf(
  db: Database,
  ...[runNo, caseNo, trial]: readonly [runNo: number, caseNo: number, trial: number]
): StoredTrial | undefined {
  const row = db.prepare<number[], TrialOfCase>(TRIAL).get(runNo, caseNo, trial);
  return row && toTrial(row);
}

/** Reads failed trials after a given one, by case and trial. Its statement is prepared at the first call. */
export function failedTrials(
  db: Database,
): (runNo: number, caseNo: number, trial: number, limit: number) => FailedTrial[] {
  let statement: Statement<number[], FailedRow> | undefined;
  return (...at) => {
    statement ??= db.prepare(FAILED_TRIALS);
    return statement.all(...at).map(toFailed);
  };
}

type FailedRow = Pick<
  TrialOfCase,
  "case_no" | "case_id" | "trial" | "cached" | "error" | "message" | "pass" | "scores"
> &
  Pick<
    TranscriptRow,
    "output" | "messages" | "tool_calls" | "finish_reason" | "refusal" | "untold" | "trajectory"
  > & { readonly answer_id: number | null };

function toFailed(row: FailedRow): FailedTrial {
  return {
    case_no: row.case_no,
    case_id: row.case_id,
    trial: row.trial,
    cached: row.cached === 1,
    error: row.error,
    message: row.message,
    pass: row.pass === null ? null : row.pass === 1,
    scores: storedScores(row.scores).scores,
    answer:
      row.answer_id === null
        ? null
        : {
            output: row.output,
            messages: parsed(row.messages),
            tool_calls: parsed(row.tool_calls),
            finish_reason: row.finish_reason,
            refusal: row.refusal,
            ...reported(row),
          },
  };
}

type TrialOfCase = AnswerRow & {
  readonly case_no: number;
  readonly case_id: string;
  readonly trial: number;
  readonly error: ErrorKind | null;
  readonly message: string | null;
  readonly cached: number;
  readonly pass: number | null;
  readonly scores: string | null;
  readonly attempts: number | null;
  readonly waited_ms: number | null;
};

function toTrial(row: TrialOfCase): StoredTrial {
  return {
    case_id: row.case_id,
    trial: row.trial,
    kind: row.error === null ? "answered" : "errored",
    error: row.error,
    message: row.message,
    cached: row.cached === 1,
    pass: row.pass === null ? null : row.pass === 1,
    ...storedScores(row.scores),
    ...(row.attempts === null ? {} : { tries: { attempts: row.attempts, waited_ms: row.waited_ms ?? 0 } }),
    answer: row.answer_id === null ? null : toAnswer(row),
  };
}

function toAnswer(row: AnswerRow): StoredAnswer {
  const { transcript } = toCached(row);
  const { input_tokens, output_tokens } = transcript.usage;
  return {
    ...transcript,
    input_tokens,
    output_tokens,
    messages: row.messages === null ? null : (transcript.messages as unknown as Json),
    tool_calls: row.tool_calls === null ? null : (transcript.tool_calls as unknown as Json),
    raw: row.raw,
    at: new Date(row.at).toISOString(),
  };
}

function storedScores(text: string | null): Pick<StoredTrial, "scores" | "void_reasons"> {
  if (text === null) return { scores: [] };
  const stored = JSON.parse(text) as ScoreColumn[];
  const reasons = stored.map((one) => (typeof one === "string" ? one : null));
  const scores = stored.map((one) => {
    if (one === 0) return undefined;
    if (one === null || typeof one === "string") return null;
    return { score: one[0], pass: one[1] === 1, reason: one[2], ...one[3] };
  });
  return reasons.some((one) => one !== null) ? { scores, void_reasons: reasons } : { scores };
}
