import { isReusable } from "./answers-at-hand.ts";
import type { AnswerAtHand, Ending, Job, StopRule, TrialToRun } from "./engine-job.ts";

/** Number of positions that are searched for answers at hand before other work may run. */
const SEARCHED_AT_ONCE = 500;

/** The trials of a run, each handed out once, and the looks between them. */
export interface TrialQueue {
  /**
   * The next trial to run; "later" when other work must run first; undefined when no trial may start now, or ever.
   * When the user has stopped the run, or a look settles the verdict, this call also records why the run ends.
   */
  take(): TrialToRun | "later" | undefined;
  /** Hands out this trial once more, before all others. */
  putBack(trial: TrialToRun): void;
  /** Records that the trial at this position has its result. */
  ended(position: number): void;
}

export function openTrialQueue(job: Job, ending: Ending): TrialQueue {
  const { order, control } = job;
  const line = waitingLine(order.length, job.stop);
  const atHand = job.stop === null ? null : answersFirst(job, line);
  let back: TrialToRun | undefined;

  const decided = (): void => ending.because({ kind: "decided", look: line.look() });
  const ended = (position: number): void => {
    if (line.ended(position)) decided();
  };
  const mayStart = (): boolean => {
    if (control.stopping()) ending.because({ kind: "skipped", because: "cancelled" });
    return ending.reason === undefined;
  };

  return {
    take: () => {
      while (mayStart()) {
        if (back !== undefined) {
          const again = back;
          back = undefined;
          return again;
        }
        const found = atHand?.next();
        if (found === "decided") {
          decided();
          return undefined;
        }
        if (found !== undefined) return found;
        const position = line.take();
        if (position === undefined) return undefined;
        if (atHand?.hasTaken(position)) continue;
        const { case_no, trial } = order.at(position);
        if (lacksResult(job, case_no, trial))
          return {
            ...{ case_no, trial, position },
            atHand: atHand === null ? answerAtHand(job, case_no, trial) : null,
          };
        ended(position);
      }
      return undefined;
    },
    putBack: (trial) => {
      back = trial;
    },
    ended,
  };
}

function lacksResult({ plan, isDone }: Job, caseNo: number, trial: number): boolean {
  return trial <= plan.planned(caseNo) && !isDone(caseNo, trial);
}

/**
 * The trial's answer that an earlier session stored but did not score, or else its answer in the cache. Null when the
 * target must be asked.
 */
function answerAtHand(job: Job, caseNo: number, trial: number): AnswerAtHand | null {
  const { plan } = job;
  const left = job.unscored(caseNo, trial);
  if (left !== undefined) return { kind: "unscored", transcript: left.transcript, cached: left.cached };
  if (job.cached === null || job.isPaidFor?.(caseNo, trial)) return null;
  const hit = job.cached(plan.askedHash(caseNo), trial);
  if (hit === undefined || !isReusable(plan, caseNo, hit.transcript)) return null;
  return { kind: "cached", transcript: hit.transcript, answer_id: hit.answer_id };
}

/**
 * Finds all answers at hand before the first look, so that a run that may stop early includes all of them. When all
 * answers come from the cache, no look is taken: stopping early would save no call.
 */
function answersFirst(job: Job, line: WaitingLine) {
  const { order, tally } = job;
  const taken = new Uint8Array(order.length);
  let next = 0;
  let asked = tally.totalAnswered - tally.totalCached;
  let isOver = false;
  return {
    hasTaken: (position: number): boolean => taken[position] === 1,
    /**
     * The next trial with an answer at hand; "later" to let other work run; "decided" when the run may stop;
     * undefined when there is none.
     */
    next: (): TrialToRun | "later" | "decided" | undefined => {
      for (let seen = 0; next < order.length; ) {
        if (seen++ === SEARCHED_AT_ONCE) return "later";
        const position = next++;
        const { case_no, trial } = order.at(position);
        if (!lacksResult(job, case_no, trial)) {
          taken[position] = 1;
          line.ended(position);
          continue;
        }
        const atHand = answerAtHand(job, case_no, trial);
        if (atHand === null || (atHand.kind === "unscored" && !atHand.cached)) asked++;
        if (atHand === null) continue;
        taken[position] = 1;
        return { case_no, trial, position, atHand };
      }
      if (isOver) return undefined;
      isOver = true;
      return asked > 0 && line.open() ? "decided" : undefined;
    },
  };
}

type WaitingLine = ReturnType<typeof waitingLine>;

/**
 * Hands out positions in order. Once `open` was called, it takes each look as soon as all trials before the look's
 * position have ended.
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
