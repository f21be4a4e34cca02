import { describe, expect, it } from "vitest";
import type { PowerAssumptions } from "../domain/size-plan.ts";
import { expectedCalls, planPower } from "./power-plan.ts";

const assumptions: PowerAssumptions = {
  pass_rate: 0.8,
  correlation: 0.5,
  drop: 0.03,
  power: 0.8,
  confidence: 0.95,
  cases: 100,
  trials: 5,
  baseline_trials: null,
};

describe("planPower", () => {
  // docs/statistics.md, Power: a pass rate of 0.8 and a correlation of 0.5.
  it.each([
    [20, 1, null, 22.2],
    [50, 3, null, 8.1],
    [100, 5, null, 4.4],
    [500, 10, null, 1.4],
    [100, 1, 20, 7.2],
    [200, 5, 20, 2.5],
  ])(
    "gives the published drop for %d cases × %d against %s baseline trials",
    (cases, trials, baseline_trials, points) => {
      const { detectable_drop } = planPower({ ...assumptions, cases, trials, baseline_trials });
      expect((detectable_drop ?? 0) * 100).toBeCloseTo(points, 1);
    },
  );

  it("needs just as many cases as bring the detectable drop down to the wanted one", () => {
    for (const { cases, trials } of planPower(assumptions).needed) {
      const at = (n: number) => planPower({ ...assumptions, cases: n, trials }).detectable_drop ?? 1;
      expect(at(cases)).toBeLessThanOrEqual(0.03);
      expect(at(cases - 1)).toBeGreaterThan(0.03);
    }
  });

  it("has the suite's own size in the table, and sees more with more cases or trials", () => {
    const { table } = planPower({ ...assumptions, cases: 87, trials: 4 });
    expect(table).toContainEqual(expect.objectContaining({ cases: 87, trials: 4, calls: 348 }));
    const column = table.filter((one) => one.trials === 4).map((one) => one.detectable_drop ?? 1);
    expect(column).toEqual([...column].sort((a, b) => b - a));
  });

  it("does not claim to see everything where every trial passed so far", () => {
    const { detectable_drop } = planPower({ ...assumptions, pass_rate: 1, correlation: 0 });
    expect(detectable_drop).toBeGreaterThan(0.01);
  });

  // By the exact test, against a baseline without failures: 4 failures of 50 trials are needed for a mid-p below 5 %,
  // and a drop of 11 points gives at least 4 of them with a chance of 80 %.
  it.each([0.01, 0.03, 0.2])("detects the same drop whatever drop is asked for: %d", (drop) => {
    const all = { ...assumptions, pass_rate: 1, correlation: 0, cases: 50, trials: 1, baseline_trials: 1 };
    const { detectable_drop } = planPower({ ...all, drop });
    expect(detectable_drop).toBeCloseTo(0.11, 2);
  });

  it("does not speak of a drop larger than the pass rate", () => {
    expect(
      planPower({ ...assumptions, pass_rate: 0.05, drop: 0.02, cases: 1, trials: 1 }).detectable_drop,
    ).toBeNull();
  });
});

describe("expectedCalls", () => {
  it("saves most after a large drop, about as measured (docs/statistics.md)", () => {
    const { unchanged, drop } = expectedCalls({ ...assumptions, drop: 0.1, baseline_trials: 20 });
    expect(unchanged).toBeLessThan(500 * 0.5);
    expect(drop).toBeLessThan(500 * 0.35);
  });

  it("prints the same numbers for the same plan", () => {
    expect(expectedCalls(assumptions)).toEqual(expectedCalls(assumptions));
  });

  it.each([0, 1])("copes with a correlation of %d", (correlation) => {
    const { unchanged } = expectedCalls({ ...assumptions, correlation, cases: 20, trials: 2 });
    expect(unchanged).toBeGreaterThan(0);
    expect(unchanged).toBeLessThanOrEqual(40);
  });
});
