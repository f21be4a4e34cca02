import type { DriftCheck } from "../domain/calibration.ts";
import { fisherGreater } from "../statistics/fisher-exact-test.ts";
import { holm } from "../statistics/multiple-comparisons.ts";
import { mcnemarTwoSided } from "../statistics/paired-tests.ts";
import { type JudgedLabel, measure } from "./measures.ts";

/**
 * One answer with three verdicts: the verdict of people, the earlier verdict of the judge, and the new verdict of
 * the judge.
 */
export interface Rejudged {
  readonly truth: "pass" | "fail";
  readonly before: "pass" | "fail";
  readonly now: "pass" | "fail";
  readonly weight: number;
  /** Whether the judge's first two verdicts of one session differ; null when it gave only one. */
  readonly repeatDiffers: boolean | null;
}

const ALPHA = 0.05;

/**
 * Tests whether the judge itself has changed. The judge is asked again about the same answers, so the target has no
 * influence. There are three tests, with Holm's correction. The first two: has the judge become milder or stricter
 * on answers that people pass, and on answers that people fail? The third: does the judge change its verdict more
 * often than within one session?
 */
export function driftCheck(answers: readonly Rejudged[]): DriftCheck {
  const turned = answers.filter((one) => one.before !== one.now);
  const toPass = (some: readonly Rejudged[]): number => some.filter((one) => one.now === "pass").length;
  const test = (truth: "pass" | "fail"): number => {
    const own = turned.filter((one) => one.truth === truth);
    return mcnemarTwoSided(toPass(own), own.length - toPass(own));
  };
  const repeated = answers.filter((one) => one.repeatDiffers !== null);
  const wavering = repeated.filter((one) => one.repeatDiffers === true).length;
  const restless =
    repeated.length === 0
      ? []
      : [fisherGreater({ m: repeated.length, b: wavering, k: answers.length, x: turned.length })];
  const drifted = answers.length > 0 && Math.min(...holm([test("pass"), test("fail"), ...restless])) <= ALPHA;
  const to_pass = toPass(turned);
  const changed = answers.length === 0 ? 0 : turned.length / answers.length;
  const usual = repeated.length === 0 ? null : wavering / repeated.length;
  return {
    answers: answers.length,
    to_pass,
    to_fail: turned.length - to_pass,
    p: mcnemarTwoSided(to_pass, turned.length - to_pass),
    changed,
    usual,
    drifted,
    before: errorRates(answers, "before"),
    now: errorRates(answers, "now"),
    said: sentenceOf(drifted, answers.length, to_pass, turned.length - to_pass),
  };
}

function errorRates(answers: readonly Rejudged[], when: "before" | "now") {
  const pairs: JudgedLabel[] = answers.map((one) => ({
    truth: one.truth,
    verdict: one[when],
    weight: one.weight,
  }));
  const { sensitivity, specificity } = measure(pairs, true);
  return { sensitivity, specificity };
}

function sentenceOf(drifted: boolean, answers: number, toPass: number, toFail: number): string {
  const turned = `${toPass + toFail} of ${answers} verdicts changed: ${toPass} to pass, ${toFail} to fail.`;
  if (!drifted) return `${turned} That is no evidence of drift: judges also change some verdicts by chance.`;
  const way =
    toPass > toFail
      ? "it has become milder"
      : toPass < toFail
        ? "it has become stricter"
        : "it changes its mind";
  return `${turned} The judge has drifted: ${way}. Scores from before and after the drift cannot be compared: they can differ although the target has not changed.`;
}
