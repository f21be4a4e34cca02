import { describe, expect, test } from "vitest";
import { type JudgedLabel, measure } from "./measures.ts";

type Cell = readonly [truth: "pass" | "fail", verdict: "pass" | "fail", count: number];

function pairs(cells: readonly Cell[], weightOf = (_at: number): number => 1): JudgedLabel[] {
  const all = cells.flatMap(([truth, verdict, count]) => Array(count).fill({ truth, verdict }));
  return all.map((one, at) => ({ ...one, weight: weightOf(at) }));
}

const MIXED: readonly Cell[] = [
  ["pass", "pass", 30],
  ["pass", "fail", 4],
  ["fail", "pass", 3],
  ["fail", "fail", 13],
];

describe("intervals", () => {
  test("do not jump when weights begin to differ", () => {
    const equal = measure(pairs(MIXED), true);
    const nearly = measure(
      pairs(MIXED, (at) => (at === 0 ? 1.000001 : 1)),
      true,
    );
    expect([equal.weighted, nearly.weighted]).toEqual([false, true]);
    for (const name of ["agreement", "kappa", "ac1", "sensitivity", "specificity"] as const)
      for (const bound of ["value", "low", "high"] as const)
        expect(nearly[name][bound]).toBeCloseTo(equal[name][bound] as number, 5);
  });

  test("of a judge that always gives the same verdict follow from its agreement, not from rounding errors", () => {
    for (let count = 20; count < 120; count++) {
      const { kappa, agreement } = measure(
        pairs([
          ["pass", "pass", count],
          ["fail", "pass", 15],
        ]),
        false,
      );
      expect(kappa.value).toBeCloseTo(0, 12);
      expect(kappa.high).toBeCloseTo(Math.max(0, 2 * (agreement.high as number) - 1), 9);
      expect(kappa.low).toBeCloseTo(Math.min(0, 2 * (agreement.low as number) - 1), 9);
    }
  });

  test("of a judge that is always right are as wide as those of its agreement", () => {
    for (let count = 1; count < 100; count++) {
      const { ac1, kappa, agreement } = measure(
        pairs([
          ["pass", "pass", count],
          ["fail", "fail", 30],
        ]),
        false,
      );
      for (const { low } of [ac1, kappa]) expect(low).toBeCloseTo(2 * (agreement.low as number) - 1, 9);
    }
  });
});
