import type { Tries } from "../../domain/outcome.ts";
import type { Trajectory } from "../../domain/trajectory.ts";
import type { Transcript } from "../../domain/transcript.ts";
import { hasWay, wayCounts } from "../../domain/way-counts.ts";
import type { LostReply, RunWriter, TrialRecord, TrialScoring } from "../store.ts";
import type { Database, Statement } from "./database.ts";
import { scoringColumns } from "./rows.ts";
import { USAGE_PLACES, usageColumns, usageValues } from "./usage-columns.ts";

type Queued =
  | { readonly kind: "record"; readonly record: TrialRecord }
  | { readonly kind: "lost"; readonly reply: LostReply }
  | {
      readonly kind: "scoring";
      readonly scoring: { case_no: number; trial: number; scoring: TrialScoring };
    };

/** The records that one transaction writes. */
interface Batch {
  readonly queued: readonly Queued[];
  /** Number of calls to the target. */
  readonly sent: number;
  /** Number of calls to judges. */
  readonly toJudges: number;
  /** See `unfinished` of `RunWriter`. */
  readonly unfinished: LostReply | null;
}

/** Milliseconds after which counted calls are committed, when no record causes a commit before. */
const SOON = 100;

/** A run writer with the methods that only the store uses. */
export interface OpenRunWriter extends RunWriter {
  /** Commits the queue, and an answer whose scores never arrived. */
  keep(): void;
}

/**
 * As soon as this many records and messages are queued, they are committed, before the end of the event-loop turn.
 * Otherwise the garbage collector would copy the waiting conversations, which takes longer than committing them.
 */
const GROUP = 1000;

/**
 * Writes a run. The answers that arrive in one turn of the event loop are grouped into one transaction, because a
 * commit costs more than an insert. Only the death of the process could lose answers before the commit; they then
 * count as not received.
 */
export function openRunWriter(db: Database, no: number, now: () => number): OpenRunWriter {
  const write = trialStatements(db, no, now);
  let queue: Queued[] = [];
  let weight = 0;
  let scheduled = false;
  let sent = 0;
  let toJudges = 0;
  let failure: unknown;
  /**
   * The batch of a failed commit. The next attempt must pass this same object: by it the database recognizes a batch
   * that was committed after all (see `transaction` in `database.ts`).
   */
  let unwritten: Batch | undefined;
  let unscored: TrialRecord | undefined;
  let unfinished: () => LostReply | null = () => null;
  /** Id of the row in which the unfinished replies were stored last; undefined when there is none. */
  let unfinishedRow: number | undefined;
  let soon: ReturnType<typeof setTimeout> | undefined;
  const commit = db.transaction(({ queued, sent, toJudges, unfinished }: Batch) => {
    if (unfinishedRow !== undefined) write.takeLost(unfinishedRow);
    const row = unfinished === null ? undefined : write.lost(unfinished);
    for (const one of queued) {
      if (one.kind === "record") write.record(one.record);
      else if (one.kind === "lost") write.lost(one.reply);
      else write.scoring(one.scoring.case_no, one.scoring.trial, one.scoring.scoring);
    }
    write.changed(changedTrials(queued));
    if (sent > 0 || toJudges > 0) write.calls(sent, toJudges);
    return row;
  });
  const writeBatch = (batch: Batch): void => {
    unwritten = batch;
    try {
      unfinishedRow = commit.immediate(batch);
      unwritten = undefined;
    } catch (error) {
      failure = db.mistake(error);
      throw failure;
    }
  };
  const writeQueue = (): void => {
    clearTimeout(soon);
    soon = undefined;
    const open = unfinished();
    const isIdle = queue.length === 0 && sent === 0 && toJudges === 0;
    if (isIdle && (open !== null || unfinishedRow === undefined)) return;
    const batch = { queued: queue, sent, toJudges, unfinished: open };
    queue = [];
    weight = 0;
    sent = 0;
    toJudges = 0;
    writeBatch(batch);
  };
  const flush = (): void => {
    scheduled = false;
    if (failure !== undefined) throw failure;
    writeQueue();
  };
  const push = (one: Queued): void => {
    queue.push(one);
    weight += weightOf(one);
    // After a failed write the run must not pay for more answers, so every call throws. The record is queued
    // nevertheless, and written when the store closes.
    if (failure !== undefined) throw failure;
    if (weight >= GROUP) flush();
    else if (!scheduled) {
      scheduled = true;
      setImmediate(() => {
        if (scheduled) flushQuietly();
      });
    }
  };
  /** Nothing awaits this write: if it fails, the next call reports it. */
  const flushQuietly = (): void => {
    try {
      flush();
    } catch {}
  };
  return {
    no,
    arrived: (record) => {
      unscored = record;
    },
    record: (record) => {
      unscored = undefined;
      push({ kind: "record", record });
    },
    recordLost: (reply) => push({ kind: "lost", reply }),
    recordScores: (case_no, trial, scoring) =>
      push({ kind: "scoring", scoring: { case_no, trial, scoring } }),
    unfinished: (replies) => {
      unfinished = replies;
    },
    flush,
    calls: (more) => {
      sent += more;
      // The calls of a long conversation come before any record. If the process is killed, they must be counted.
      soon ??= setTimeout(flushQuietly, SOON).unref();
    },
    judgeCalls: (more) => {
      toJudges += more;
    },
    end: (status, report, at) => {
      flush();
      try {
        write.end(status, JSON.stringify(report), at);
      } catch (error) {
        throw db.mistake(error);
      }
    },
    keep: () => {
      if (unscored !== undefined) queue.push({ kind: "record", record: unscored });
      unscored = undefined;
      scheduled = false;
      if (unwritten !== undefined) writeBatch(unwritten);
      writeQueue();
    },
  };
}

function weightOf(one: Queued): number {
  if (one.kind !== "record" || one.record.kind !== "answered") return 1;
  return 1 + one.record.transcript.messages.length;
}

/** The trials of a transaction in the format of the change log; empty when it writes none. */
function changedTrials(batch: readonly Queued[]): string {
  let changed = "";
  for (const one of batch) {
    if (one.kind === "lost") continue;
    const { case_no, trial } = one.kind === "record" ? one.record : one.scoring;
    changed += changed === "" ? `${case_no}.${trial}` : ` ${case_no}.${trial}`;
  }
  return changed;
}

function trialStatements(db: Database, no: number, now: () => number) {
  const requestOf = db
    .prepare<[number, number], number | null>(
      "SELECT request_id FROM run_cases WHERE run_no = ? AND case_no = ?",
    )
    .pluck();
  const answer = db.insertion(
    `INSERT INTO answers (request_id, trial, output, messages, tool_calls, tool_call_count, latency_ms, cost_usd, model, finish_reason, refusal, raw, at, fallback, untold, ${usageColumns()}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${USAGE_PLACES})`,
    "id",
  );
  const trial = db.prepare(
    `INSERT INTO trials (run_no, case_no, trial, answer_id, cached, pass, scores, error, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_no, case_no, trial) DO UPDATE SET answer_id = excluded.answer_id, cached = excluded.cached, pass = excluded.pass,
       scores = excluded.scores, error = excluded.error, message = excluded.message`,
  );
  const scores = db.prepare(
    "UPDATE trials SET pass = ?, scores = ?, error = ?, message = ? WHERE run_no = ? AND case_no = ? AND trial = ?",
  );
  const calls = db.prepare("UPDATE runs SET calls = calls + ?, judge_calls = judge_calls + ? WHERE no = ?");
  const end = db.prepare("UPDATE runs SET status = ?, report = ?, ended_at = ?, owner = NULL WHERE no = ?");
  const changed = db.prepare("INSERT INTO trial_changes (run_no, trials) VALUES (?, ?)");
  let lost: ((...values: unknown[]) => number) | undefined;
  let takeLost: Statement | undefined;
  let trajectory: Statement | undefined;
  let counts: Statement | undefined;
  let tries: Statement | undefined;
  const lastRequest = { case_no: -1, id: null as number | null };
  const requestId = (caseNo: number): number | null => {
    if (lastRequest.case_no !== caseNo) {
      lastRequest.id = requestOf.get(no, caseNo) ?? null;
      lastRequest.case_no = caseNo;
    }
    return lastRequest.id;
  };
  const insertTrajectory = (answerId: number, reported: Trajectory): void => {
    trajectory ??= db.prepare("INSERT INTO trajectories (answer_id, body) VALUES (?, ?)");
    trajectory.run(answerId, JSON.stringify(reported));
  };
  const insertCounts = (answerId: number, transcript: Transcript): void => {
    counts ??= db.prepare(
      "INSERT INTO answer_counts (answer_id, steps, turns, failed_calls, stopped) VALUES (?, ?, ?, ?, ?)",
    );
    const { steps, turns, failed_calls, stopped } = wayCounts(transcript);
    counts.run(answerId, steps, turns, failed_calls, stopped === true ? 1 : 0);
  };
  const addTries = (caseNo: number, trialNo: number, { attempts, waited_ms }: Tries): void => {
    tries ??= db.prepare(
      "INSERT INTO trial_tries (run_no, case_no, trial, attempts, waited_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run_no, case_no, trial) DO UPDATE SET attempts = trial_tries.attempts + excluded.attempts, waited_ms = trial_tries.waited_ms + excluded.waited_ms",
    );
    tries.run(no, caseNo, trialNo, attempts, Math.round(waited_ms));
  };
  const insertAnswer = (record: TrialRecord & { kind: "answered" }): number => {
    const t = record.transcript;
    const id = answer(
      record.uncached === true ? null : requestId(record.case_no),
      record.trial,
      t.output,
      t.messages.length === 0 ? null : JSON.stringify(t.messages),
      t.tool_calls.length === 0 ? null : JSON.stringify(t.tool_calls),
      t.tool_calls.length,
      t.latency_ms,
      t.cost_usd,
      t.model,
      t.finish_reason,
      t.refusal,
      record.raw,
      now(),
      t.fallback ?? null,
      t.untold?.join(",") ?? null,
      ...usageValues(t.usage),
    );
    if (t.trajectory !== undefined) insertTrajectory(id, t.trajectory);
    if (hasWay(t)) insertCounts(id, t);
    return id;
  };
  const insertLost = ({ judge, case_id, usage, cost_usd, most_usd, most_tokens }: LostReply): number => {
    lost ??= db.insertion(
      `INSERT INTO lost_replies (run_no, judge, case_id, cost_usd, most_usd, most_tokens, at, ${usageColumns()}) VALUES (?, ?, ?, ?, ?, ?, ?, ${USAGE_PLACES})`,
      "id",
    );
    const hash = judge === null ? null : Buffer.from(judge, "hex");
    return lost(no, hash, case_id, cost_usd, most_usd, most_tokens, now(), ...usageValues(usage));
  };
  return {
    record: (record: TrialRecord): void => {
      if (record.tries !== undefined) addTries(record.case_no, record.trial, record.tries);
      if (record.kind === "errored") {
        trial.run(no, record.case_no, record.trial, null, 0, null, null, record.error, record.message);
        return;
      }
      const id = record.kind === "cached" ? record.answer_id : insertAnswer(record);
      const cached = record.kind === "cached" || record.cached === true ? 1 : 0;
      trial.run(no, record.case_no, record.trial, id, cached, ...scoringColumns(record.scores));
    },
    lost: insertLost,
    takeLost: (id: number): void => {
      takeLost ??= db.prepare("DELETE FROM lost_replies WHERE id = ?");
      takeLost.run(id);
    },
    scoring: (caseNo: number, trialNo: number, scoring: TrialScoring): void => {
      scores.run(...scoringColumns(scoring), no, caseNo, trialNo);
    },
    changed: (trials: string): void => {
      if (trials !== "") changed.run(no, trials);
    },
    calls: (sent: number, toJudges: number): void => {
      calls.run(sent, toJudges, no);
    },
    end: (status: string, report: string, at: string): void => {
      end.run(status, report, at, no);
    },
  };
}
