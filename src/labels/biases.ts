import { LEAST_FOR_LENGTH, type Tendency } from "../domain/calibration.ts";
import { normalQuantile } from "../statistics/normal-distribution.ts";
import { positionBias } from "../statistics/position-bias.ts";
import { rankTrend } from "../statistics/rank-trend.ts";
import { wilsonInterval } from "../statistics/wilson-interval.ts";
import type { JudgedLabel } from "./measures.ts";
import type { JudgeVerdict } from "./verdict-file.ts";

const ALPHA = 0.05;
/**
 * A pairwise judge is unusable if its verdict depends on the order of the answers in more than this share of the
 * pairs.
 */
export const MAX_INCONSISTENT = 0.2;

/**
 * Tests whether the judge passes longer answers more often (or less often) than shorter ones. Only answers with the
 * same verdict of people are compared, because people may have good reasons to prefer longer answers.
 */
export function lengthBias(pairs: readonly (JudgedLabel & { readonly answer: string })[]): Tendency {
  const trend =
    pairs.length < LEAST_FOR_LENGTH
      ? null
      : rankTrend(
          pairs.map((one) => (one.verdict === "pass" ? 1 : 0)),
          pairs.map((one) => one.answer.length),
          pairs.map((one) => one.truth),
        );
  return {
    n: pairs.length,
    value: trend?.correlation ?? null,
    p: trend?.p ?? null,
    found: trend !== null && trend.p <= ALPHA,
  };
}

/** How a pairwise judge reacts when the two answers are swapped. */
export interface PositionBias extends Tendency {
  /** Pairs whose verdict changes when the answers are swapped: their number, and their share of all pairs. */
  readonly inconsistent: {
    readonly n: number;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  };
}

/**
 * Tests whether a pairwise judge prefers the answer that it is shown first, or the answer that it is shown second.
 * Null when no verdict contains the results of both orders. In the result, `value` is the share of inconsistent
 * pairs that the first position won.
 */
export function positionBiasOf(verdicts: readonly JudgeVerdict[]): PositionBias | null {
  const orders = verdicts.flatMap((one) => (one.orders === undefined ? [] : [one.orders]));
  if (orders.length === 0) return null;
  const turning = orders.filter(([first, second]) => first !== second);
  const firstWins = turning.filter(([first, second]) => first !== "other" && second !== "answer").length;
  const secondWins = turning.length - firstWins;
  const share = turning.length / orders.length;
  const p = positionBias(firstWins, secondWins);
  return {
    n: orders.length,
    value: turning.length === 0 ? null : firstWins / turning.length,
    p: turning.length === 0 ? null : p,
    found: turning.length > 0 && p <= ALPHA,
    inconsistent: {
      n: turning.length,
      value: share,
      ...wilsonInterval(share, orders.length, normalQuantile(0.975)),
    },
  };
}

/** How often the judge agrees with itself about the same answer. */
export interface Consistency {
  /** Number of answers that the judge judged at least twice. */
  readonly answers: number;
  /** Probability that two of the judge's verdicts on one answer agree; null when no answer was judged twice. */
  readonly value: number | null;
  /** Number of answers, among `answers`, on which all verdicts of the judge agree. */
  readonly always: number;
}

/** How often the judge agrees with itself. @param groups for each answer, all of the judge's verdicts on it */
export function consistencyOf(groups: Iterable<readonly JudgeVerdict[]>): Consistency {
  let answers = 0;
  let always = 0;
  let sum = 0;
  for (const group of groups) {
    const n = group.length;
    if (n < 2) continue;
    const passes = group.filter((one) => one.verdict === "pass").length;
    answers++;
    if (passes === 0 || passes === n) always++;
    sum += 1 - (2 * passes * (n - passes)) / (n * (n - 1));
  }
  return { answers, value: answers === 0 ? null : sum / answers, always };
}

/** Patterns for the beginnings of model names, each with the vendor of the models. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(gpt|chatgpt|o\d|text-davinci|codex)/, "openai"],
  [/^claude/, "anthropic"],
  [/^(gemini|gemma|palm)/, "google"],
  [/^(meta-)?(code)?llama/, "llama"],
  [/^(mistral|mixtral|codestral|ministral|magistral|pixtral)/, "mistral"],
  [/^(qwen|qwq)/, "qwen"],
  [/^deepseek/, "deepseek"],
  [/^(phi|wizardlm)/, "microsoft"],
  [/^(command|aya|c4ai)/, "cohere"],
  [/^grok/, "xai"],
  [/^(smollm|zephyr)/, "huggingface"],
];

/** A model's vendor by its name; null when unknown. For `vendor/name` the last part is used. */
export function modelFamily(model: string): string | null {
  const name = (model.split("/").at(-1) ?? model).toLowerCase();
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** The vendors that made both a judge's model and a target's model. A judge may favour models of its own vendor. */
export function sharedFamilies(judges: readonly string[], targets: readonly string[]): string[] {
  const judging = new Set(judges.map(modelFamily));
  const shared = targets.map(modelFamily).filter((family) => family !== null && judging.has(family));
  return [...new Set(shared as string[])].sort();
}
