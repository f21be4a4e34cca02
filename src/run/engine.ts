import { askTrials } from "./ask-trials.ts";
import { type EngineEnd, type Job, openEnding, type TrialToRun } from "./engine-job.ts";
import { openAnswerScoring } from "./score-answers.ts";
import { openTrialQueue } from "./trial-queue.ts";

/** Number of trials that are processed synchronously before the event loop can handle signals and progress. */
const SYNC_SLICE = 500;

/** Number of answers that may wait for their scores, for each call that `concurrency` allows in flight. */
const SCORING_PER_CALL = 4;

/**
 * Runs every trial of the order that has no result yet, at most `concurrency` at once, and scores the answers: a
 * trial comes from the queue (`trial-queue.ts`), its target is asked (`ask-trials.ts`), its answer is scored and
 * stored (`score-answers.ts`). There is one queue for all trials: no case waits for another, and slow scoring (a
 * judge) does not occupy a slot of the target.
 */
export async function runTrials(job: Job): Promise<EngineEnd> {
  const { writer, concurrency, control } = job;
  const ending = openEnding();
  const queue = openTrialQueue(job, ending);
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const done = new Promise<void>((ok, no) => {
    resolve = ok;
    reject = no;
  });
  /** Ends the run with an error. No further trial is started, because nobody would read its answer. */
  const fail = (error: unknown): void => {
    ending.because({ kind: "skipped", because: "cancelled" });
    reject(error);
  };
  const scoring = openAnswerScoring(job, ending, { ended: queue.ended, free: start, failed: fail });
  const ask = askTrials(job, ending, scoring);
  let inFlight = 0;

  const run = (trial: TrialToRun): ReturnType<typeof ask> => {
    if (trial.atHand === null) return ask(trial);
    scoring.score(trial, trial.atHand);
    return undefined;
  };

  /**
   * Starts trials until every slot is taken or no trial may start. Returns "later" when signals, progress and replies
   * must be handled before further trials are started.
   */
  const startSlice = (): "later" | undefined => {
    for (let slice = 0; slice < SYNC_SLICE; ) {
      if (inFlight >= concurrency || scoring.waiting >= concurrency * SCORING_PER_CALL) return undefined;
      const trial = queue.take();
      if (trial === undefined || trial === "later") return trial;
      const reply = run(trial);
      if (reply === "held") {
        queue.putBack(trial);
        return undefined;
      }
      if (reply === undefined) {
        slice++;
        continue;
      }
      inFlight++;
      reply.then(() => {
        inFlight--;
        start();
      }, fail);
    }
    return "later";
  };

  /** Called at the beginning, and whenever a slot has become free. */
  function start(): void {
    try {
      if (startSlice() === "later") {
        writer.flush();
        setImmediate(start);
      } else if (inFlight === 0 && scoring.waiting === 0) {
        writer.flush();
        resolve();
      }
    } catch (error) {
      fail(error);
    }
  }

  control.signal.addEventListener("abort", scoring.giveUp, { once: true });
  start();
  await done.finally(() => control.signal.removeEventListener("abort", scoring.giveUp));
  return ending.reason ?? { kind: "all-asked" };
}
