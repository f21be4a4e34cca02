import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { calibrate } from "./calibrate.ts";
import { label, verdict } from "./testing/labels.ts";

interface Slice {
  readonly name: string;
  /** "1" or "2" for each pair of answers: which one follows the instruction. */
  readonly people: string;
  readonly claude_haiku: string;
  readonly gpt_4: string;
  /** The same judge, shown the second answer first. */
  readonly gpt_4_swapped: string;
  readonly published: {
    readonly correct: number;
    readonly correct_swapped: number;
    readonly kappa_of_both_orders: number;
  };
}

const llmbar = JSON.parse(readFileSync(new URL("testing/llmbar.json", import.meta.url), "utf8")) as {
  readonly slices: readonly Slice[];
  readonly claude_haiku: Record<
    "tp" | "fn" | "fp" | "tn" | "kappa" | "sensitivity" | "specificity" | "agreement",
    number
  >;
};

/** A judge's measures. Both texts have one character per pair: "1", the first answer is better, counts as pass. */
function figures(truth: string, judged: string) {
  const pairs = [...truth].map((one, i) => ({ id: `pair-${i}`, truth: one, judged: judged[i] }));
  return calibrate(
    pairs.map((one) => label(one.id, one.truth === "1" ? "pass" : "fail")),
    pairs.map((one) => verdict(one.id, one.judged === "1" ? "pass" : "fail")),
    null,
  ).plain;
}

describe("LLMBar, 419 pairs of answers labelled by people", () => {
  test("a judge's table, kappa, sensitivity and specificity are those that were published", () => {
    const whole = (who: "people" | "claude_haiku") => llmbar.slices.map((slice) => slice[who]).join("");
    const found = figures(whole("people"), whole("claude_haiku"));
    const { tp, fn, fp, tn, kappa, sensitivity, specificity, agreement } = llmbar.claude_haiku;
    expect(found.confusion).toEqual({ tp, fn, fp, tn });
    expect(found.kappa.value).toBeCloseTo(kappa, 14);
    expect(found.sensitivity.value).toBeCloseTo(sensitivity, 14);
    expect(found.specificity.value).toBeCloseTo(specificity, 14);
    expect(found.agreement.value).toBeCloseTo(agreement, 14);
  });

  test.each(llmbar.slices)("$name: GPT-4 is right as often as published, in both orders", (slice) => {
    const right = (judged: string) => {
      const { tp, tn } = figures(slice.people, judged).confusion;
      return tp + tn;
    };
    expect(right(slice.gpt_4)).toBe(slice.published.correct);
    expect(right(slice.gpt_4_swapped)).toBe(slice.published.correct_swapped);
  });

  test.each(llmbar.slices)(
    "$name: the kappa of GPT-4's verdicts in the two orders is the published one",
    (slice) => {
      const { kappa } = figures(slice.gpt_4, slice.gpt_4_swapped);
      expect(kappa.value).toBeCloseTo(slice.published.kappa_of_both_orders, 6);
    },
  );
});
