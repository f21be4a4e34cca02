import { describe, expect, it } from "vitest";
import type { RegressionRule } from "../domain/suite.ts";
import { VERDICTS, type Verdict } from "../domain/verdict.ts";
import { compareSides } from "./compare-sides.ts";
import { type Counts, ruleOf, sideOfCounts, times } from "./testing/sides.ts";

const explained = (
  base: readonly Counts[],
  candidate: readonly Counts[],
  changes: Partial<RegressionRule> = {},
) =>
  compareSides(sideOfCounts(base), sideOfCounts(candidate), { rules: [ruleOf(changes)], narrowed: false })
    .comparison.said;
const same = (n: number): Counts[] => times(n, [5, 4] as const);
const fallen = (n: number, by: number): Counts[] => [...times(by, [5, 1] as const), ...same(n - by)];

describe("the sentence of a verdict", () => {
  it.each<[string, string]>([
    [
      explained(same(120), fallen(120, 20)),
      "pass rate fell 10.0 points (5.8 to 14.2) on these 120 cases: regressed",
    ],
    [
      explained(same(3000), fallen(3000, 60)),
      "pass rate fell 1.2 points (0.4 to 2.0) on these 3000 cases: a real drop, shown to be smaller than 3 points",
    ],
    [
      explained(
        same(200),
        same(200).map(() => [5, 5] as const),
      ),
      "pass rate rose 20.0 points (+17.7 to +22.3) on these 200 cases: improved",
    ],
    [
      explained(same(1000), same(1000)),
      "pass rate 0.0 points, −1.4 to +1.4: shown not to be more than 3 points worse on these 1000 cases",
    ],
    [
      explained(times(100, [1, 1]), times(100, [1, 1])),
      "pass rate 0.0 points, 0.0 to 0.0: shown not to be more than 3 points worse on these 100 cases",
    ],
    [
      explained(same(50), same(50)),
      "pass rate 0.0 points: the interval −6.2 to +6.2 spans the allowed 3 points: not enough evidence; 439 more cases, or about 44 more trials of each case on both sides, would settle it 4 times in 5 if nothing changed",
    ],
    [
      explained(same(50), same(50), { scope: "population" }),
      "pass rate 0.0 points: the interval −5.8 to +5.8 spans the allowed 3 points: not enough evidence; 439 more cases would settle it 4 times in 5 if nothing changed",
    ],
    [
      explained(times(50, [5, 5]), fallen(50, 50), { scope: "population" }),
      "pass rate fell 80.0 points (69.5 to 81.2) on cases like these 50: regressed",
    ],
    [
      explained(times(5, [3, 3]), [[3, 0], ...times(4, [3, 3] as const)], { exact: true, confidence: 0.96 }),
      "pass rate −20.0 points: the interval −35.7 to −4.3 lies below the allowed 3 points, but so few answers do not prove a drop: not enough evidence; more trials of each case would settle it",
    ],
    [explained([[5, 5]], [[5, 4]]), "pass rate −20.0 points, but one case alone is not enough evidence"],
    [
      explained(times(9, [5, 0]), times(9, [5, 0]), { relative: true }),
      "pass rate 0.0 points; the allowed drop is a percentage of the baseline, which is 0, so no drop is allowed, and that cannot be proved: not enough evidence",
    ],
    [
      explained(same(50), fallen(50, 10), { mode: "point" }),
      "pass rate −12.0 points on these 50 cases, 3 allowed, compared without a statistical test: this rule fails 23 % of runs in which nothing changed",
    ],
    [
      explained(same(50), same(50), { max_drop: 1e-9 }),
      "pass rate 0.0 points: the interval −6.2 to +6.2 spans the allowed 0 points: not enough evidence",
    ],
  ])("is %s", (sentence, expected) => {
    expect(sentence).toBe(expected);
  });

  it.each<[string, readonly Counts[], readonly Counts[]]>([
    ["nothing varied", times(50, [1, 1]), times(50, [1, 1])],
    ["nothing varied, enough cases", times(100, [1, 1]), times(100, [1, 1])],
    ["few answers", same(12), fallen(12, 2)],
    ["many answers", same(1000), same(1000)],
    ["a drop", same(120), fallen(120, 20)],
    ["a small drop", same(3000), fallen(3000, 60)],
    ["a rise", same(200), times(200, [5, 5])],
  ])("has no other interval than the table's: %s", (_, base, candidate) => {
    for (const concluded of [undefined, ...VERDICTS.filter((one) => one !== "incomparable")]) {
      const { comparison } = compareSides(sideOfCounts(base), sideOfCounts(candidate), {
        rules: [ruleOf()],
        narrowed: false,
        ...(concluded === undefined ? {} : { concluded: [concluded] }),
      });
      const { delta, low, high } = comparison.metrics[0] ?? {};
      const known = [delta, low, high].map((one) => Math.abs((one ?? 0) * 100).toFixed(1));
      expect(known).toEqual(expect.arrayContaining(comparison.said.match(/\d+\.\d/g) ?? []));
      expect(comparison.said).toContain("points");
    }
  });

  it("gives the reason when the looks of a run leave open what one look would settle", () => {
    const { comparison } = compareSides(sideOfCounts(same(1000)), sideOfCounts(same(1000)), {
      rules: [ruleOf()],
      narrowed: false,
      concluded: ["inconclusive"],
    });
    expect(comparison.said).toBe(
      "pass rate 0.0 points (−1.4 to +1.4) on these 1000 cases: not enough evidence for a run that could stop early, which needs a wider interval",
    );
  });

  it("gives the bounds of such a change with their signs", () => {
    const { comparison } = compareSides(sideOfCounts(same(50)), sideOfCounts(fallen(50, 10)), {
      rules: [ruleOf()],
      narrowed: false,
      concluded: ["inconclusive"],
    });
    expect(comparison.said).toMatch(
      /^pass rate −12\.0 points \(−\d+\.\d to −\d+\.\d\) on these 50 cases: not enough/,
    );
  });

  it.each<[Verdict, readonly Counts[], RegExp]>([
    ["regressed", same(50), /^pass rate 0\.0 points .*: regressed when it was decided$/],
    ["improved", fallen(50, 5), /^pass rate −6\.0 points .*: improved when it was decided$/],
    ["small_drop", same(50), /^pass rate 0\.0 points .*smaller than 3 points when it was decided$/],
    ["no_regression", fallen(50, 5), /^pass rate −6\.0 points, .* on these 50 cases when it was decided$/],
  ])(
    "never contradicts a look that found %s, whatever the answers that came after it show",
    (verdict, candidate, expected) => {
      const { comparison } = compareSides(sideOfCounts(same(50)), sideOfCounts(candidate), {
        rules: [ruleOf()],
        narrowed: false,
        concluded: [verdict],
      });
      expect(comparison.verdict).toBe(verdict);
      expect(comparison.said).toMatch(expected);
    },
  );
});

describe("a flip rate, which is better when it is low", () => {
  const under = (flips: readonly Counts[]) =>
    sideOfCounts(
      flips.map(() => [5, 5] as const),
      {
        flips: new Map([
          ["typos", { tried: flips.map(([tried]) => tried), flipped: flips.map(([, flipped]) => flipped) }],
        ]),
      },
    );
  const compared = (base: readonly Counts[], candidate: readonly Counts[], max_drop = 0.1) =>
    compareSides(under(base), under(candidate), {
      rules: [ruleOf({ metric: "flip_rate.typos", max_drop })],
      narrowed: false,
    }).comparison;

  it.each<[Verdict, readonly Counts[], readonly Counts[], string]>([
    [
      "regressed",
      times(60, [5, 0]),
      times(60, [5, 2]),
      "flip rate under typos rose 40.0 points (34.3 to 45.7) on these 60 cases: regressed",
    ],
    [
      "improved",
      times(60, [5, 2]),
      times(60, [5, 0]),
      "flip rate under typos fell 40.0 points (−45.7 to −34.3) on these 60 cases: improved",
    ],
    [
      "no_regression",
      times(200, [5, 1]),
      times(200, [5, 1]),
      "flip rate under typos 0.0 points, −3.1 to +3.1: shown not to be more than 10 points worse on these 200 cases",
    ],
  ])("that %s has a sentence and numbers in which a rise is worse", (verdict, base, candidate, sentence) => {
    const { said: words, metrics, verdict: found } = compared(base, candidate);
    expect(found).toBe(verdict);
    expect(words).toBe(sentence);
    const row = metrics.find(({ metric }) => metric === "flip_rate.typos");
    const sign = verdict === "regressed" ? 1 : verdict === "improved" ? -1 : 0;
    expect(Math.sign(row?.delta ?? Number.NaN)).toBe(sign);
    expect(row?.low).toBeLessThanOrEqual(row?.delta ?? Number.NaN);
    expect(row?.high).toBeGreaterThanOrEqual(row?.delta ?? Number.NaN);
  });

  it("is compared only on cases that were tried on both sides, and not at all if there are none", () => {
    const row = compared(
      [
        [5, 1],
        [0, 0],
        [5, 1],
      ],
      [
        [5, 1],
        [5, 5],
        [0, 0],
      ],
    ).metrics.at(-1);
    expect(row).toMatchObject({ baseline: expect.closeTo(0.2, 12), candidate: expect.closeTo(0.2, 12) });
    expect(compared([[0, 0]], [[5, 1]]).said).toContain("no case has passing trials under this pressure");
  });
});
