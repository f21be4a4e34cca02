import * as z from "zod";
import type { Json } from "../../domain/json.ts";
import type { Score } from "../../domain/score.ts";
import type { ScoreInput } from "../../domain/scorer.ts";
import { ScorerEntry } from "../../domain/suite.ts";
import { defineScorer, type FramedScorer, type Judgement } from "../define-scorer.ts";
import { rounded } from "../frame/brief.ts";
import { badWeights } from "../frame/scorer-mistakes.ts";
import { openNested, toolsWithin } from "./open-nested.ts";

/** Averages the scores of nested scorers. All of them must run. */
export const mean = defineScorer({
  type: "mean",
  about:
    "The weighted mean of the scores of other scorers reaches a threshold; which of these scorers pass does not matter. All of them are asked. When one cannot score, there is no mean.",
  options: {
    of: z
      .array(ScorerEntry)
      .min(1)
      .describe(
        "Scorers, each with its own `select` and value to compare with; only their scores count, not whether they pass",
      ),
    weights: z
      .array(z.number().min(0))
      .optional()
      .describe("The weight of each scorer, in the order of `of`; default 1"),
  },
  pace: "own",
  reads: "whole",
  operand: "none",
  grades: "graded",
  async compile({ of, weights }, host) {
    const counts = weights ?? of.map(() => 1);
    if (counts.length !== of.length || counts.every((one) => one === 0)) throw badWeights(of.length);
    const nested = await openNested(of, host);
    return {
      score: (_: Json, __: undefined, input: ScoreInput) => ask(nested, counts, input),
      identity: { of: nested.map((scorer) => scorer.identity), weights: counts },
      reads: [...new Set(nested.flatMap((scorer) => scorer.reads))],
      tools: (golden) => toolsWithin(nested, golden),
      files: [...new Set(nested.flatMap((scorer) => scorer.files))],
      standing: nested.some((scorer) => scorer.opinion === true) ? { opinion: true } : {},
      refuses: (golden) =>
        nested.map((scorer) => scorer.refuses(golden)).find((words) => words !== undefined),
      async close() {
        await Promise.all(nested.map((scorer) => scorer.close?.()));
      },
    };
  },
  examples: [
    {
      title: "passes when the mean reaches the threshold, although one scorer misses",
      settings: {
        of: [
          { type: "contains", value: "red" },
          { type: "contains", value: "green" },
        ],
        threshold: 0.5,
      },
      output: "red",
      expected: { pass: true, score: 0.5, reason: "contains 1, contains 0" },
    },
    {
      title: "lets one scorer count more than another",
      settings: {
        of: [
          { type: "contains", name: "answer", value: "yes" },
          { type: "regex", name: "digit", value: "\\d" },
        ],
        weights: [3, 1],
        threshold: 0.6,
      },
      output: "7",
      expected: { pass: false, score: 0.25, reason: "answer 0 × 3, digit 1 × 1, needs 0.6" },
    },
    {
      title: "uses scores between 0 and 1 unchanged",
      settings: {
        of: [
          { type: "levenshtein", value: "abcd", threshold: 1 },
          { type: "length", max: 9 },
        ],
        threshold: 0.7,
      },
      output: "abxy",
      expected: { pass: true, score: 0.75 },
    },
    {
      title: "cannot score when one of the scorers cannot",
      settings: {
        of: [
          { type: "cost", max: 1 },
          { type: "contains", value: "a" },
        ],
        threshold: 0.1,
      },
      output: "a",
      expected: { failure: "is unknown" },
    },
  ],
});

function ask(
  nested: readonly FramedScorer[],
  weights: readonly number[],
  input: ScoreInput,
): Judgement | Promise<Judgement> {
  const scores = nested.map((scorer) => scorer.score(input));
  return scores.some((one) => one instanceof Promise)
    ? Promise.all(scores).then((all) => meanOf(nested, weights, all))
    : meanOf(nested, weights, scores as Score[]);
}

function meanOf(
  nested: readonly FramedScorer[],
  weights: readonly number[],
  scores: readonly Score[],
): Judgement {
  let sum = 0;
  let total = 0;
  const isPlain = weights.every((one) => one === weights[0]);
  const words = scores.map(({ score }, index) => {
    const weight = weights[index] ?? 0;
    sum += score * weight;
    total += weight;
    return `${nested[index]?.name} ${rounded(score)}${isPlain ? "" : ` × ${weight}`}`;
  });
  return { score: sum / total, reason: words.join(", ") };
}
