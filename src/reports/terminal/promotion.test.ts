import { expect, it } from "vitest";
import type { Promotion } from "../../domain/promotion.ts";
import { header } from "../testing/reported-run.ts";
import { promotionText } from "./promotion.ts";

const promoted = {
  ...{ header, path: "evals/baselines/triage.jsonl", cases: 60, better: 9, worse: 21 },
  ...{ was: "prompt 1.0.0 · m", accepted: null, grown: null, answers: null },
};
const text = (rates: { readonly pass_rate: number | null; readonly was_rate: number | null }): string => {
  const promotion: Promotion = { promoted: [{ ...promoted, ...rates }], commit: null, tag: null, dry: true };
  return promotionText(promotion);
};

it("a promotion shows the pass rates of the previous and the new baseline", () => {
  expect(text({ pass_rate: 0.8833, was_rate: 0.9367 })).toContain(
    "pass rate 93.7 → 88.3 %   9 cases better, 21 worse",
  );
  expect(text({ pass_rate: null, was_rate: 0.9367 })).toContain("pass rate 93.7 % → unknown");
  expect(text({ pass_rate: 0.8833, was_rate: null })).toContain("pass rate 88.3 %");
});
