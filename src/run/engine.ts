import type { Case } from "../domain/case.ts";
import type { Price } from "../domain/config.ts";
import { answerEnd } from "../domain/finish-reason.ts";
import { NotJudged } from "../domain/judge.ts";
import type { LostBecause, SkipReason, Tries } from "../domain/outcome.ts";
import type { AnsweredReply, Client, Question, Reply } from "../domain/provider.ts";
import type { ScoreInput } from "../domain/score-input.ts";
import type { Transcript } from "../domain/transcript.ts";
import type { Tally } from "../metrics/tally.ts";
import type { CachedAnswer, RunWriter } from "../store/store.ts";
import type { BudgetGuard } from "./budget-guard.ts";
import { modelPresence } from "./model-presence.ts";
import type { Plan } from "./plan.ts";
import { redactedReply } from "./redacted-reply.ts";
import { type Scoring, scoreTrial } from "./score-trial.ts";
import { answeredRow, erroredRow } from "./tally-rows.ts";
import { toTranscript } from "./to-transcript.ts";
import type { WorkOrder } from "./work-order.ts";

/** The rule by which a run may end early; the gate decides. */
export interface StopRule {
  /**
   * Positions in the work order, ascending. When every trial before such a position has ended, the run takes a
   * look: it asks whether its verdict is settled already.
   */
  readonly looks: readonly number[];
  /**
   * How many trials beyond the current look may be started already, so that the target is never idle before a look.
   */
  readonly ahead: number;
  /** Returns true when the run may stop. Called once per look, in order. */
  decide(look: number): boolean;
}

/** The signals by which the user can stop a run. */
export interface RunControl {
  /** Whether to start no new trials; those in flight finish. */
  readonly stopping: () => boolean;
  /** Aborts when `stopping` becomes true: calls waiting in a queue are cancelled. */
  readonly stopped?: AbortSignal | undefined;
  /** Aborts the calls in flight. */
  readonly signal: AbortSignal;
}

/** Reported after each trial, for progress. */
export type TrialEvent = { readonly case_no: number; readonly trial: number } & (
  | {
      readonly kind: "answered";
      readonly cached: boolean;
      readonly pass: boolean;
      /** The score by each scorer, in the suite's order; null for a missing score. */
      readonly scores: readonly (number | null)[];
      readonly cost_usd: number | null;
    }
  | { readonly kind: "errored"; readonly error: string; readonly message: string }
);

export interface Job {
  readonly plan: Plan;
  readonly order: WorkOrder;
  /** The target's client with its wrappers. */
  readonly client: Client;
  readonly price: Price | null;
  readonly writer: RunWriter;
  readonly tally: Tally;
  readonly concurrency: number;
  /** Whether an earlier session has answered the trial. */
  readonly isDone: (caseNo: number, trial: number) => boolean;
  /** An answer that an earlier session stored but did not score. */
  readonly unscored: (caseNo: number, trial: number) => UnscoredAnswer | undefined;
  /** The scores that a worker has made of an answer; absent when answers are scored in this process. */
  readonly scored?: ((caseNo: number, trial: number) => Scoring | undefined) | undefined;
  /** Why the workers' plan was halted, if that cancelled trials; undefined when the plan was not halted. */
  readonly halted?: (() => EngineEnd | undefined) | undefined;
  /** Finds an answer in the cache; null when the cache must not or cannot be used. */
  readonly cached: ((askedHash: string, trial: number) => CachedAnswer | undefined) | null;
  /** Whether a batch has answered the trial, or will answer it, so the cache is not used. */
  readonly isPaidFor?: ((caseNo: number, trial: number) => boolean) | undefined;
  readonly budget: BudgetGuard;
  /** Estimated input tokens of a case's request; only needed for a budget. */
  readonly inputTokens: (caseNo: number) => number;
  /** The error when a budget in dollars cannot be enforced, because replies do not report their cost. */
  readonly unpriced: () => Error;
  readonly stop: StopRule | null;
  readonly control: RunControl;
  readonly onTrial: (event: TrialEvent) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** A stored answer without scores. */
export interface UnscoredAnswer extends CachedAnswer {
  /** Whether the answer came from the cache. */
  readonly cached: boolean;
}

/** Why a run started no more trials; `all-asked` when none was left to start. */
export type EngineEnd =
  | { readonly kind: "all-asked" }
  | { readonly kind: "decided"; readonly look: number }
  | { readonly kind: "skipped"; readonly because: SkipReason }
  | {
      readonly kind: "unreachable" | "judge-unreachable";
      readonly message: string;
      readonly because?: LostBecause | undefined;
    };

/** Number of trials that are processed synchronously before the event loop can handle signals and progress. */
const SYNC_SLICE = 500;

interface Work {
  readonly case_no: number;
  readonly trial: number;
  readonly position: number;
  /** An answer that needs no call; null when there is none, undefined when it was not looked up yet. */
  readonly atHand: AnswerAtHand | null | undefined;
}

/** A new answer. */
interface NewAnswer {
  readonly transcript: Transcript;
  readonly tries?: Tries | undefined;
  readonly raw: string | null;
  readonly unredacted?: ScoreInput["unredacted"];
}

/** An answer that costs nothing, because an earlier session or run has asked for it. */
type AnswerAtHand = CachedAnswer | UnscoredAnswer;

/**
 * Runs every trial of the order that has no result yet, at most `concurrency` at once, and scores the answers. There
 * is one queue for all trials: no case waits for another, and slow scoring (a judge) does not occupy a slot of the
 * target.
 */
export async function runTrials(job: Job): Promise<EngineEnd> {
  const { plan, order, writer, tally } = job;
  const line = waitingLine(order.length, job.stop);
  let end: EngineEnd | undefined;
  let inFlight = 0;
  let scoring = 0;
  const presence = modelPresence(order.length);
  let held: Work | undefined;
  /** Whether calls are paid for one by one: a conversation reserves budget for each of its calls. */
  const paysByCall = plan.target.conversing !== undefined;
  /**
   * Functions that give up waiting for the scores of an answer. The answer is then stored without scores, and
   * scored when the run is resumed.
   */
  const givingUp = new Set<() => void>();

  const answerAtHand = (caseNo: number, trial: number): AnswerAtHand | undefined => {
    const left = job.unscored(caseNo, trial);
    if (left !== undefined) return left;
    if (job.isPaidFor?.(caseNo, trial)) return undefined;
    const hit = job.cached?.(plan.askedHash(caseNo), trial);
    if (hit === undefined || plan.isSpoiled(caseNo, hit.transcript)) return undefined;
    // Earlier versions of evals stored some failed replies as answers.
    return answerEnd(hit.transcript.finish_reason) !== "failed" ? hit : undefined;
  };
  const sweep = job.stop === null ? null : sweepOf(job, line, answerAtHand);

  const finish = (work: Work): void => {
    if (line.ended(work.position) && end === undefined) end = { kind: "decided", look: line.look() };
  };

  const settleScores = (work: Work, transcript: Transcript, cached: boolean, result: Scoring): void => {
    if (result.kind === "failed") {
      errored(work, result.error, result.message);
      return;
    }
    tally.add(answeredRow(work.case_no, transcript, cached, result));
    job.onTrial({
      kind: "answered",
      case_no: work.case_no,
      trial: work.trial,
      cached,
      pass: result.pass,
      scores: result.scores.map((one) => one?.score ?? null),
      cost_usd: transcript.cost_usd,
    });
    finish(work);
  };

  const errored = (work: Work, error: Parameters<typeof erroredRow>[1], message: string): void => {
    tally.add(erroredRow(work.case_no, error));
    job.onTrial({ kind: "errored", case_no: work.case_no, trial: work.trial, error, message });
    finish(work);
  };

  /** Scores an answer and stores both; the answer is stored immediately, however long scoring takes. */
  const score = (work: Work, answer: NewAnswer | AnswerAtHand): void => {
    const { transcript } = answer;
    const stored = "cached" in answer;
    const cached = stored ? answer.cached : "answer_id" in answer;
    const { case_no, trial } = work;
    // The answer is stored before it is scored, because a user's scorer may kill the process.
    if ("raw" in answer)
      writer.arrived({ kind: "answered", case_no, trial, transcript, raw: answer.raw, scores: null });
    const golden = plan.kept(work.case_no);
    const unredacted = "unredacted" in answer ? { unredacted: answer.unredacted } : {};
    const input = { golden, trial: work.trial, transcript, ...unredacted };
    const result =
      ("raw" in answer ? job.scored?.(case_no, trial) : undefined) ??
      scoreTrial(plan.scorers, input, plan.speaker(golden));
    const now = result instanceof Promise ? null : result;
    if ("raw" in answer)
      writer.record({
        ...{ kind: "answered", case_no, trial, transcript, raw: answer.raw, scores: now },
        tries: answer.tries,
      });
    else if (stored) {
      if (now !== null) writer.recordScores(case_no, trial, now);
    } else if ("answer_id" in answer)
      writer.record({ kind: "cached", case_no, trial, answer_id: answer.answer_id, scores: now });
    if (!(result instanceof Promise)) {
      settleScores(work, transcript, cached, result);
      return;
    }
    scoring++;
    let given = false;
    const giveUp = (): void => {
      given = true;
      scoring--;
      end ??= { kind: "skipped", because: "cancelled" };
      pump();
    };
    givingUp.add(giveUp);
    result
      .finally(() => givingUp.delete(giveUp))
      .then((late) => {
        if (given) return;
        writer.recordScores(work.case_no, work.trial, late);
        settleScores(work, transcript, cached, late);
        scoring--;
        pump();
      })
      .catch((error: unknown) => {
        if (given) return;
        if (!(error instanceof NotJudged) || error.because === "unasked") {
          fail(error);
          return;
        }
        if (error.because === "batch") {
          scoring--;
          pump();
          return;
        }
        // The answer is stored without scores and judged when the run is resumed.
        end ??=
          error.because === "unreachable"
            ? { kind: "judge-unreachable", message: error.message, because: error.lost }
            : { kind: "skipped", because: error.because };
        scoring--;
        pump();
      });
  };

  const settle = (work: Work, question: Question, given: Reply): void => {
    const reply = plan.redaction === null ? given : redactedReply(given, plan.redaction);
    if (reply.kind === "failed") {
      if (reply.waiting === true) {
        job.budget.park(question);
        return;
      }
      job.budget.release(question);
      if (job.control.signal.aborted || reply.withdrawn === true) {
        if (reply.withdrawn === true) end ??= job.halted?.();
        return;
      }
      if (reply.unaffordable === true) {
        end ??= { kind: "skipped", because: "budget" };
        return;
      }
      writer.record({
        kind: "errored",
        case_no: work.case_no,
        trial: work.trial,
        error: reply.error,
        message: reply.message,
        tries: reply.tries,
      });
      presence.missed(reply);
      if (presence.lost !== null) end ??= { kind: "unreachable", ...presence.lost };
      errored(work, reply.error, reply.message);
      return;
    }
    presence.answered();
    const transcript = toTranscript(reply, job.price);
    const { cost_usd: usd, usage } = transcript;
    const asked = reply.recorded !== true && job.client.immediate !== true && !paysByCall;
    const kept = !asked || job.budget.settle(question, { usd, usage });
    if (!asked) job.budget.release(question);
    const answer = { transcript, raw: reply.raw ?? null, tries: reply.tries };
    if (reply.unredacted === undefined) score(work, answer);
    else score(work, { ...answer, unredacted: unredactedOf(plan.golden(work.case_no), reply, transcript) });
    if (!kept) throw job.unpriced();
  };

  /**
   * Starts a trial. Returns a promise when the trial must be awaited, undefined when it has ended, and "held"
   * when it must wait until the cost of calls in flight is known.
   */
  const process = (work: Work): Promise<void> | "held" | undefined => {
    const { case_no, trial } = work;
    const answer = work.atHand === undefined ? answerAtHand(case_no, trial) : work.atHand;
    if (answer !== undefined && answer !== null) {
      score(work, answer);
      return undefined;
    }
    const question = plan.question(case_no);
    if (job.client.immediate !== true && !paysByCall) {
      const permission = job.budget.reserve(question, job.inputTokens(case_no));
      if (permission === "wait") return "held";
      if (permission === "stop") {
        end ??= { kind: "skipped", because: "budget" };
        return undefined;
      }
    }
    const reply = job.client.send(plan.request(case_no), question, trial, job.control.signal);
    if (!(reply instanceof Promise)) {
      settle(work, question, reply);
      return undefined;
    }
    return reply.then((one) => settle(work, question, one));
  };

  const take = (): Work | "later" | undefined => {
    if (held !== undefined) {
      if (job.control.stopping()) end ??= { kind: "skipped", because: "cancelled" };
      const work = end === undefined ? held : undefined;
      held = undefined;
      return work;
    }
    while (end === undefined) {
      if (job.control.stopping()) {
        end = { kind: "skipped", because: "cancelled" };
        return undefined;
      }
      const found = sweep?.next();
      if (found !== undefined && found !== "decided") return found;
      if (found === "decided") {
        end = { kind: "decided", look: line.look() };
        return undefined;
      }
      const position = line.take();
      if (position === undefined) return undefined;
      if (sweep?.hasTaken(position)) continue;
      const { case_no, trial } = order.at(position);
      if (trial <= plan.planned(case_no) && !job.isDone(case_no, trial))
        return { case_no, trial, position, atHand: sweep === null ? undefined : null };
      if (line.ended(position)) end = { kind: "decided", look: line.look() };
    }
    return undefined;
  };

  let resolve: () => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const ended = new Promise<void>((ok, no) => {
    resolve = ok;
    fail = no;
  });

  function pump(): void {
    try {
      for (let slice = 0; inFlight < job.concurrency && scoring < job.concurrency * 4; ) {
        const work = take();
        if (work === undefined) break;
        if (work === "later") {
          setImmediate(pump);
          return;
        }
        const waiting = process(work);
        if (waiting === "held") {
          held = work;
          break;
        }
        if (waiting === undefined) {
          if (++slice < SYNC_SLICE) continue;
          writer.flush();
          setImmediate(pump);
          return;
        }
        inFlight++;
        waiting.then(() => {
          inFlight--;
          pump();
        }, fail);
      }
      if (inFlight === 0 && scoring === 0) {
        writer.flush();
        resolve();
      }
    } catch (error) {
      fail(error);
    }
  }

  const giveUpAll = (): void => {
    for (const giveUp of givingUp) giveUp();
  };
  job.control.signal.addEventListener("abort", giveUpAll, { once: true });
  pump();
  await ended.finally(() => job.control.signal.removeEventListener("abort", giveUpAll));
  return end ?? { kind: "all-asked" };
}

/**
 * Finds all available answers before the first look, so that a run that may stop early includes all of them. When
 * nothing was asked or will be asked, no look is taken: stopping would save nothing, and so the gate gets all
 * answers.
 */
function sweepOf(
  { plan, order, tally, isDone }: Job,
  line: ReturnType<typeof waitingLine>,
  answerAtHand: (caseNo: number, trial: number) => AnswerAtHand | undefined,
) {
  const taken = new Uint8Array(order.length);
  let next = 0;
  let asked = tally.totalAnswered - tally.totalCached;
  let isOver = false;
  return {
    hasTaken: (position: number): boolean => taken[position] === 1,
    /**
     * The next available answer; "later" to let other work run; "decided" when the run may stop; undefined when
     * there is none.
     */
    next: (): Work | "later" | "decided" | undefined => {
      for (let seen = 0; next < order.length; ) {
        if (seen++ === SYNC_SLICE) return "later";
        const position = next++;
        const { case_no, trial } = order.at(position);
        if (trial > plan.planned(case_no) || isDone(case_no, trial)) {
          taken[position] = 1;
          line.ended(position);
          continue;
        }
        const atHand = answerAtHand(case_no, trial);
        if (atHand === undefined || ("cached" in atHand && !atHand.cached)) asked++;
        if (atHand === undefined) continue;
        taken[position] = 1;
        return { case_no, trial, position, atHand };
      }
      if (isOver) return undefined;
      isOver = true;
      return asked > 0 && line.open() ? "decided" : undefined;
    },
  };
}

/** The case and answer as they were before redaction, for scorers that need them. They are never stored. */
function unredactedOf(golden: Case, reply: AnsweredReply, kept: Transcript): ScoreInput["unredacted"] {
  const { output, messages, tool_calls, refusal, trajectory } = toTranscript(
    { ...reply, ...reply.unredacted },
    null,
  );
  return { golden, transcript: { ...kept, output, messages, tool_calls, refusal, trajectory } };
}

/**
 * Hands out positions in order, takes looks once these are enabled, and knows when all trials before a look have
 * ended.
 */
function waitingLine(length: number, stop: StopRule | null) {
  const hasEnded = stop === null ? null : new Uint8Array(length);
  let next = 0;
  let prefix = 0;
  let look = 0;
  let decided = false;
  let isOpen = false;
  const lookOn = (): boolean => {
    if (stop === null || hasEnded === null || !isOpen || decided) return false;
    while (hasEnded[prefix] === 1) prefix++;
    while (prefix >= (stop.looks[look] ?? Number.POSITIVE_INFINITY)) {
      decided = stop.decide(look);
      if (decided) return true;
      look++;
    }
    return false;
  };
  const limit = (): number => {
    if (stop === null) return length;
    return Math.min(length, (stop.looks[look] ?? length) + stop.ahead);
  };
  return {
    take: (): number | undefined => (next < limit() ? next++ : undefined),
    look: (): number => look,
    /** Enables looks. Returns true when a look already allows the run to stop. */
    open: (): boolean => {
      isOpen = true;
      return lookOn();
    },
    /** Records an ended trial; returns true when a look allows the run to stop. */
    ended: (position: number): boolean => {
      if (hasEnded !== null) hasEnded[position] = 1;
      return lookOn();
    },
  };
}
