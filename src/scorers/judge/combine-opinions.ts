import type { Judged } from "../../domain/judge.ts";
import type { JudgeSettings } from "../../domain/judge-settings.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { rounded } from "../frame/brief.ts";
import type { Answer } from "./ask-question.ts";
import { reaches } from "./reply-form.ts";

/** One member's opinion of an answer, or the reason why it has none. */
export type Opinion = Answer | ScorerFailure;

/**
 * Combines several opinions. A member without an opinion counts neither as a pass nor as a fail: if its opinion
 * could have changed the verdict, there is no verdict.
 *
 * @throws {ScorerFailure} of kind "judge"
 */
export function combineOpinions(
  opinions: readonly Opinion[],
  combine: JudgeSettings["combine"],
  threshold: number,
): Judged {
  const given = opinions.filter((one): one is Answer => !(one instanceof ScorerFailure));
  const failure = opinions.find((one) => one instanceof ScorerFailure);
  const scores = given.map(({ reading }) => reading.score).sort((a, b) => a - b);
  const passes = scores.filter((score) => reaches(score, threshold)).length;
  const counts = { passes, fails: scores.length - passes, members: opinions.length };
  const score = together(scores, counts, combine);
  if (score === undefined) throw failure ?? new Error("opinions without a failure always make a verdict");
  const verdict = reaches(score, threshold) ? "pass" : "fail";
  const replies = given.flatMap((one) => one.replies);
  const [first] = given;
  if (opinions.length === 1 && first !== undefined) {
    const { reason, orders } = first.reading;
    return { verdict, score, reason, replies, ...(orders === undefined ? {} : { orders }) };
  }
  const agreeing = verdict === "pass" ? counts.passes : counts.fails;
  return {
    verdict,
    score,
    reason: words(given, { ...counts, agreeing }, { verdict, threshold }),
    agreement: agreeing / opinions.length,
    replies,
  };
}

interface Counts {
  readonly passes: number;
  readonly fails: number;
  readonly members: number;
}

/** The combined score of the opinions; undefined when the missing opinions could change the verdict. */
function together(
  scores: readonly number[],
  { passes, fails, members }: Counts,
  combine: JudgeSettings["combine"],
): number | undefined {
  const all = scores.length === members;
  switch (combine) {
    case "majority": {
      const need = Math.floor(members / 2) + 1;
      // `scores` are sorted. For a pass this is the highest score that a majority reaches, for a fail the lowest that
      // a majority does not exceed. With all opinions present, both are the median.
      if (passes >= need) return scores.at(-need);
      return fails >= need ? scores[need - 1] : undefined;
    }
    case "unanimous":
      return all || fails > 0 ? scores[0] : undefined;
    case "mean":
      return all ? scores.reduce((sum, one) => sum + one, 0) / members : undefined;
    default:
      return combine satisfies never;
  }
}

function words(
  given: readonly Answer[],
  { agreeing, members }: Counts & { readonly agreeing: number },
  { verdict, threshold }: { readonly verdict: string; readonly threshold: number },
): string {
  const readings = given.map(({ reading }) => reading);
  const isPass = (score: number): boolean => reaches(score, threshold);
  const deciding = readings.find(({ score }) => isPass(score) === (verdict === "pass")) ?? readings[0];
  const other = readings.find(({ score }) => isPass(score) !== (verdict === "pass"));
  const against = other === undefined ? "" : `; against it, ${rounded(other.score)}: ${other.reason}`;
  return `${agreeing} of ${members} opinions say ${verdict}: ${deciding?.reason ?? ""}${against}`;
}
