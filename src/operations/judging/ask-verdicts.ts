import type { Case } from "../../domain/case.ts";
import { type Judged, NotJudged, type OpenJudge } from "../../domain/judge.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import type { LabelledAnswer } from "../../labels/truth.ts";
import { answerOfText } from "../../run/text-alone.ts";

/** One question to the judge: an answer, and the number of the verdict on it when the judge gives several. */
export interface JudgedAnswer {
  readonly labelled: Pick<LabelledAnswer, "answer">;
  readonly golden: Case;
  /** Number of the verdict on this answer, from 1. The judge is asked independently for each number. */
  readonly repeat: number;
}

/** A question about a labelled answer. */
export interface VerdictQuestion extends JudgedAnswer {
  readonly labelled: LabelledAnswer;
}

export interface AskingOptions<Question extends JudgedAnswer> {
  /** Maximum concurrent questions. */
  readonly concurrency: number;
  readonly stopping: () => boolean;
  /** Called with each verdict as it arrives, before the next question is asked. */
  readonly onVerdict: (question: Question, judged: Judged) => void;
}

/** The result of asking a judge about several answers. */
export interface Asked {
  /** Number of answers with a verdict. */
  readonly judged: number;
  /** Number of answers without a usable verdict. */
  readonly failed: number;
  /** Why the first of the answers without a verdict has none; null when every answer has a verdict. */
  readonly failure: string | null;
  /** Whether questions were left out, because of the budget, a cancellation, or an unavailable model. */
  readonly stopped: boolean;
}

/**
 * Asks a judge about answers. If the judge gives no verdict on an answer, this failure is counted, and the judge is
 * asked about the other answers.
 */
export async function askVerdicts<Question extends JudgedAnswer>(
  judge: OpenJudge,
  questions: readonly Question[],
  { concurrency, stopping, onVerdict }: AskingOptions<Question>,
): Promise<Asked> {
  const state = { judged: 0, failed: 0, failure: null as string | null, stopped: false };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < questions.length && !state.stopped) {
      if (stopping()) {
        state.stopped = true;
        return;
      }
      const question = questions[next++];
      if (question === undefined) return;
      try {
        onVerdict(question, await judge.judge(scoreInput(question), question.repeat));
        state.judged++;
      } catch (error) {
        if (error instanceof NotJudged) {
          state.stopped = true;
          if (error.because !== "unreachable") continue;
          state.failed++;
          state.failure ??= error.message;
        } else if (error instanceof ScorerFailure) {
          state.failed++;
          state.failure ??= error.message;
        } else throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, questions.length) }, work));
  return state;
}

/**
 * Gives all questions to the judge's pool, so that it can compute the price of the missing verdicts. No call is made.
 */
export async function priceVerdicts(judge: OpenJudge, questions: readonly JudgedAnswer[]): Promise<void> {
  for (const question of questions)
    await judge.judge(scoreInput(question), question.repeat).catch((error: unknown) => {
      if (!(error instanceof NotJudged || error instanceof ScorerFailure)) throw error;
    });
}

function scoreInput({ labelled, golden, repeat }: JudgedAnswer) {
  return { golden, trial: repeat, transcript: answerOfText(labelled.answer) };
}
