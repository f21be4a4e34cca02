import { NotJudged } from "../domain/judge.ts";
import type { Tries } from "../domain/outcome.ts";
import type { ScoreInput } from "../domain/score-input.ts";
import type { Transcript } from "../domain/transcript.ts";
import type { AnswerAtHand, Ending, EngineEnd, Job, TrialToRun } from "./engine-job.ts";
import { type Scoring, scoreTrial } from "./score-trial.ts";
import { answeredRow, erroredRow } from "./tally-rows.ts";

/** An answer that this session has asked for. */
export interface NewAnswer {
  readonly kind: "new";
  readonly transcript: Transcript;
  readonly tries?: Tries | undefined;
  readonly raw: string | null;
  readonly unredacted?: ScoreInput["unredacted"];
}

type Answer = NewAnswer | AnswerAtHand;

/** What the scoring of answers tells the engine. */
interface Listener {
  /** The trial at this position has its result. */
  ended(position: number): void;
  /** An answer no longer waits for its scores, so that further trials may be started. */
  free(): void;
  /** The run cannot go on. */
  failed(error: unknown): void;
}

/** Scores the answers of a run and stores them. */
export interface AnswerScoring {
  /** Number of stored answers that wait for their scores, for instance from a judge. */
  readonly waiting: number;
  /** Scores an answer and stores both; the answer is stored immediately, however long scoring takes. */
  score(trial: TrialToRun, answer: Answer): void;
  /** Counts and reports a trial that ended without scores. The caller stores the error. */
  errored(trial: TrialToRun, error: Parameters<typeof erroredRow>[1], message: string): void;
  /** Stops waiting for scores. The answers stay stored, and are scored when the run is resumed. */
  giveUp(): void;
}

export function openAnswerScoring(job: Job, ending: Ending, listener: Listener): AnswerScoring {
  const { plan, writer, tally } = job;
  const waiting = new Set<TrialToRun>();

  const store = ({ case_no, trial }: TrialToRun, answer: Answer, scores: Scoring | null): void => {
    const { transcript } = answer;
    switch (answer.kind) {
      case "new":
        writer.record({
          ...{ kind: "answered", case_no, trial, transcript, raw: answer.raw, scores },
          tries: answer.tries,
        });
        return;
      case "unscored":
        if (scores !== null) writer.recordScores(case_no, trial, scores);
        return;
      case "cached":
        writer.record({ kind: "cached", case_no, trial, answer_id: answer.answer_id, scores });
        return;
      default:
        answer satisfies never;
    }
  };

  const errored: AnswerScoring["errored"] = ({ case_no, trial, position }, error, message) => {
    tally.add(erroredRow(case_no, error));
    job.onTrial({ kind: "errored", case_no, trial, error, message });
    listener.ended(position);
  };

  const count = (work: TrialToRun, answer: Answer, result: Scoring): void => {
    if (result.kind === "failed") {
      errored(work, result.error, result.message);
      return;
    }
    const { case_no, trial, position } = work;
    const { transcript } = answer;
    const cached = answer.kind === "cached" || (answer.kind === "unscored" && answer.cached);
    tally.add(answeredRow(case_no, transcript, cached, result));
    job.onTrial({
      kind: "answered",
      case_no,
      trial,
      cached,
      pass: result.pass,
      scores: result.scores.map((one) => one?.score ?? null),
      cost_usd: transcript.cost_usd,
    });
    listener.ended(position);
  };

  const resultOf = ({ case_no, trial }: TrialToRun, answer: Answer): Scoring | Promise<Scoring> => {
    const isNew = answer.kind === "new";
    const scored = isNew ? job.scored?.(case_no, trial) : undefined;
    if (scored !== undefined) return scored;
    const golden = plan.kept(case_no);
    const input = { golden, trial, transcript: answer.transcript };
    const whole =
      isNew && answer.unredacted !== undefined ? { ...input, unredacted: answer.unredacted } : input;
    return scoreTrial(plan.scorers, whole, plan.speaker(golden));
  };

  const countLater = (work: TrialToRun, answer: Answer, result: Promise<Scoring>): void => {
    waiting.add(work);
    result
      .then(
        (late) => {
          if (!waiting.delete(work)) return;
          writer.recordScores(work.case_no, work.trial, late);
          count(work, answer, late);
          listener.free();
        },
        (error: unknown) => {
          if (!waiting.delete(work)) return;
          if (!(error instanceof NotJudged) || error.because === "unasked") throw error;
          // The answer is stored without scores and judged when the run is resumed.
          if (error.because !== "batch") ending.because(endOf(error, error.because));
          listener.free();
        },
      )
      .catch((error: unknown) => listener.failed(error));
  };

  return {
    get waiting() {
      return waiting.size;
    },
    score: (work, answer) => {
      const { case_no, trial } = work;
      // The answer is handed to the store before it is scored, because a user's scorer may kill the process.
      if (answer.kind === "new") {
        const { transcript, raw } = answer;
        writer.arrived({ kind: "answered", case_no, trial, transcript, raw, scores: null });
      }
      const result = resultOf(work, answer);
      if (result instanceof Promise) {
        store(work, answer, null);
        countLater(work, answer, result);
      } else {
        store(work, answer, result);
        count(work, answer, result);
      }
    },
    errored,
    giveUp: () => {
      if (waiting.size === 0) return;
      waiting.clear();
      ending.because({ kind: "skipped", because: "cancelled" });
      listener.free();
    },
  };
}

function endOf(error: NotJudged, because: "budget" | "cancelled" | "unreachable"): EngineEnd {
  return because === "unreachable"
    ? { kind: "judge-unreachable", message: error.message, because: error.lost }
    : { kind: "skipped", because };
}
