import type { Case } from "../domain/case.ts";
import type { JudgedAgain } from "../domain/drift.ts";
import { NotJudged } from "../domain/judge.ts";
import type { Transcript } from "../domain/transcript.ts";
import { mean, sampleVariance } from "../statistics/sample-moments.ts";
import type { Spending } from "./budget-guard.ts";
import { judgeOutsideRun, type OutsideRun } from "./judge-outside-run.ts";
import type { Plan } from "./plan.ts";
import { scoreTrial } from "./score-trial.ts";
import { NotKept } from "./text-alone.ts";

/** An answer of the baseline, and whether it passed when the baseline was made. */
export interface AnswerThen {
  readonly case_no: number;
  readonly golden: Case;
  readonly transcript: Transcript;
  readonly pass: boolean;
}

export interface JudgingAgain extends Omit<OutsideRun, "onCall" | "mayAsk"> {
  readonly stopping: () => boolean;
  /**
   * Number of the judge's opinion. A number that was never used has no stored replies, so every reply is asked
   * for.
   */
  readonly opinion: number;
  readonly concurrency: number;
}

/**
 * Scores stored answers again by the required scorers, with new calls to their judges. Differences between the old and the new verdicts are
 * caused by the judge.
 *
 * @returns `judged` is null when no answer was judged; `spent` is what the judges' calls count in the budget
 */
export async function judgeAgain(
  plan: Plan,
  answers: readonly AnswerThen[],
  session: JudgingAgain,
): Promise<{ readonly judged: JudgedAgain | null; readonly spent: Spending }> {
  const costSoFar = judgeOutsideRun(plan.judges, session);
  // Optional scorers do not decide what passes, so their judges need not be paid.
  const scorers = plan.scorers.filter((one) => one.required);
  const differences = new Map<number, number[]>();
  let [next, unjudged] = [0, 0];
  const work = async (): Promise<void> => {
    while (next < answers.length && !session.stopping()) {
      const answer = answers[next++];
      if (answer === undefined) return;
      const pass = await passNow(scorers, answer, session.opinion);
      if (pass === null) unjudged++;
      else
        differences.set(answer.case_no, [
          ...(differences.get(answer.case_no) ?? []),
          Number(pass) - Number(answer.pass),
        ]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(session.concurrency, answers.length) }, work));
  return {
    judged: summed([...differences.values()], unjudged + answers.length - next),
    spent: costSoFar().counted,
  };
}

/**
 * Whether an answer passes now. Null when the judge gave no usable verdict or could not be asked, or when a
 * scorer needs more than the stored answer.
 */
async function passNow(
  scorers: Plan["scorers"],
  { golden, transcript }: AnswerThen,
  opinion: number,
): Promise<boolean | null> {
  try {
    const scoring = await scoreTrial(scorers, { golden, trial: 1, transcript, opinion });
    return scoring.kind === "scored" ? scoring.pass : null;
  } catch (error) {
    if (error instanceof NotJudged || error instanceof NotKept) return null;
    throw error;
  }
}

/**
 * Sums up the changes of verdicts. An unchanged judge changes verdicts equally often in both directions, so each
 * case's sum of changes is symmetric around 0. `z` is the total of these sums, divided by the root of the sum of
 * their squares. Null without any case.
 */
function summed(cases: readonly (readonly number[])[], unjudged: number): JudgedAgain | null {
  if (cases.length === 0) return null;
  const means = cases.map(mean);
  const sums = cases.map((one) => one.reduce((sum, difference) => sum + difference, 0));
  const squares = sums.reduce((total, sum) => total + sum * sum, 0);
  return {
    answers: cases.reduce((count, one) => count + one.length, 0),
    unjudged,
    delta: mean(means),
    error: means.length < 2 ? 0 : Math.sqrt(sampleVariance(means) / means.length),
    z: squares === 0 ? 0 : sums.reduce((total, sum) => total + sum, 0) / Math.sqrt(squares),
  };
}
