import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import type { RunHeader } from "../domain/run.ts";
import type { RegressionRule } from "../domain/suite.ts";
import { usageOf } from "../domain/transcript.ts";
import type { Verdict } from "../domain/verdict.ts";
import { makeTally, type TallyRow } from "../metrics/tally.ts";
import { compareSides, worstVerdict } from "./compare-sides.ts";
import { type Side, sideOfRun } from "./side.ts";
import { type Counts, gradedScore, ruleOf, scoreOf, sideOfCounts, times } from "./testing/sides.ts";

const compare = (base: Side, candidate: Side, ...rules: RegressionRule[]) =>
  compareSides(base, candidate, { rules: rules.length === 0 ? [ruleOf()] : rules, narrowed: false });
const compared = (
  base: readonly Counts[],
  candidate: readonly Counts[],
  changes: Partial<RegressionRule> = {},
) => compare(sideOfCounts(base), sideOfCounts(candidate), ruleOf(changes)).comparison;

/** `all` cases: the first `fallen` of them pass `to` of 5 trials, the others 4 of 5. */
const partly = (all: number, fallen: number, to: number): Counts[] => [
  ...times(fallen, [5, to] as const),
  ...times(all - fallen, [5, 4] as const),
];

describe("the verdict", () => {
  it.each<[string, readonly Counts[], readonly Counts[], Partial<RegressionRule>, Verdict]>([
    ["a clear drop", partly(50, 0, 0), partly(50, 20, 1), {}, "regressed"],
    ["the same on few cases", partly(20, 0, 0), partly(20, 0, 0), {}, "inconclusive"],
    ["the same on many", partly(1000, 0, 0), partly(1000, 0, 0), {}, "no_regression"],
    ["a drop that is real and small", partly(2000, 0, 0), partly(2000, 60, 2), {}, "small_drop"],
    ["a rise", times(200, [5, 3]), times(200, [5, 5]), {}, "improved"],
    [
      "a rise on these cases with many losers among them",
      [...times(11, [5, 0] as const), ...times(6, [5, 5] as const), ...times(3, [5, 5] as const)],
      [...times(11, [5, 5] as const), ...times(6, [5, 0] as const), ...times(3, [5, 5] as const)],
      {},
      "inconclusive",
    ],
    ["k = 1, all the same", times(100, [1, 1]), times(100, [1, 1]), {}, "no_regression"],
    [
      "k = 1, one of ten broke",
      times(10, [1, 1]),
      [[1, 0], ...times(9, [1, 1] as const)],
      {},
      "inconclusive",
    ],
    ["one case, the same", [[5, 5]], [[5, 5]], {}, "inconclusive"],
    ["one case that broke beyond doubt", [[5, 5]], [[5, 0]], {}, "regressed"],
    ["a p of exactly 1 − confidence", [[3, 3]], [[2, 0]], {}, "regressed"],
    ["the same at another confidence", [[4, 4]], [[1, 0]], { confidence: 0.9 }, "regressed"],
    ["the same with the exact test", [[4, 4]], [[1, 0]], { confidence: 0.8, exact: true }, "regressed"],
    [
      "one case that broke, asked of cases like it",
      [[5, 5]],
      [[5, 0]],
      { scope: "population" },
      "inconclusive",
    ],
    [
      "two cases that broke alike, asked of cases like them",
      times(2, [5, 5]),
      times(2, [5, 0]),
      { scope: "population" },
      "inconclusive",
    ],
    [
      "many cases that broke alike, asked of cases like them",
      times(20, [5, 5]),
      times(20, [5, 0]),
      { scope: "population" },
      "regressed",
    ],
    ["all failing on both sides", times(100, [5, 0]), times(100, [5, 0]), {}, "no_regression"],
    [
      "a relative rule and a baseline of 0",
      times(100, [5, 0]),
      times(100, [5, 0]),
      { relative: true },
      "inconclusive",
    ],
    [
      "mode point, within the limit",
      times(50, [5, 5]),
      [[5, 0], ...times(49, [5, 5] as const)],
      { mode: "point" },
      "no_regression",
    ],
    [
      "mode point, at the limit",
      times(20, [5, 4]),
      [...times(3, [5, 3] as const), ...times(17, [5, 4] as const)],
      { mode: "point" },
      "no_regression",
    ],
    [
      "mode point, beyond the limit",
      times(50, [5, 5]),
      [...times(2, [5, 0] as const), ...times(48, [5, 5] as const)],
      { mode: "point" },
      "regressed",
    ],
  ])("of %s", (_what, base, candidate, changes, verdict) => {
    const comparison = compared(base, candidate, changes);
    expect(comparison.verdict, comparison.said).toBe(verdict);
    expect(comparison.said).toMatch(/\S/);
    expect(comparison.said).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it.each<[string, Side]>([
    ["no case in common", sideOfCounts(times(3, [1, 1]), { ids: ["x", "y", "z"] })],
    ["no case with the same content", sideOfCounts(times(3, [1, 1]), { contents: ["x", "y", "z"] })],
    ["every trial errored", sideOfCounts(times(3, [0, 0]))],
    ["no case at all", sideOfCounts([])],
  ])("is incomparable with %s", (_what, candidate) => {
    const { comparison } = compare(sideOfCounts(times(3, [1, 1])), candidate);
    expect(comparison).toMatchObject({ verdict: "incomparable", detectable_drop: null, population: null });
    expect(comparison.said).toMatch(/can be compared|nothing to compare/);
    expect(comparison.metrics[0]).toMatchObject({ delta: null, p: null, verdict: "incomparable" });
  });

  it("is incomparable where other scorers decided what passes", () => {
    const other = new Map([["exact", scoreOf([5], [5], { hash: "changed" })]]);
    const tagsOf = () => ["billing"];
    const [before, after] = [times(9, [5, 5] as const), times(9, [5, 0] as const)];
    const { comparison } = compare(sideOfCounts(before), sideOfCounts(after, { scores: other, tagsOf }));
    expect(comparison.verdict).toBe("incomparable");
    expect(comparison).toMatchObject({ moved: [], tags: [], cases: { broken: [], fixed: [], paired: 9 } });
    expect(comparison.said).toBe("pass rate cannot be compared: the two sides were scored differently");
  });

  it("of one changed scorer leaves the others comparable", () => {
    const scores = (hash: string, sum: number) =>
      new Map([
        ["exact", scoreOf(times(100, 5), times(100, 4))],
        ["tone", scoreOf(times(100, 5), times(100, sum), { hash, required: false })],
      ]);
    const { comparison } = compare(
      sideOfCounts(times(100, [5, 4]), { scores: scores("one", 4) }),
      sideOfCounts(times(100, [5, 4]), { scores: scores("two", 1) }),
    );
    expect(comparison.metrics.map((row) => [row.metric, row.verdict])).toEqual([
      ["pass_rate", "inconclusive"],
      ["score.exact", "inconclusive"],
      ["score.tone", "incomparable"],
      ["pass^5", "inconclusive"],
    ]);
  });

  it("of pass^k needs so many answers on both sides", () => {
    const sentence = compared(times(5, [2, 2]), times(5, [1, 1]), { metric: "pass^2" }).said;
    expect(sentence).toBe(
      "pass^2 cannot be compared: the two sides were scored differently, or not every case has 2 answers on both sides",
    );
    const oneShort = [...times(49, [5, 3] as const), [2, 2] as const];
    expect(compared(times(50, [5, 5]), oneShort, { metric: "pass^3" })).toMatchObject({
      verdict: "incomparable",
      metrics: [{ metric: "pass_rate" }, { metric: "score.exact" }, { metric: "pass^3", candidate: null }],
    });
    expect(compared(times(50, [5, 5]), times(50, [5, 3]), { metric: "pass^3" }).verdict).toBe("regressed");
  });

  it("is not 'no regression' when a case has no answer on one side", () => {
    const candidate: Counts[] = [[0, 0], ...times(999, [5, 5] as const)];
    const comparison = compared(times(1000, [5, 5]), candidate);
    expect(comparison.verdict).toBe("inconclusive");
    expect(comparison.said).toContain("1 case has no answer on one side: not enough evidence");
    expect(comparison.cases.missing).toEqual(["c0"]);
  });

  it("stands with unequal numbers of trials", () => {
    const many = times(60, [20, 19] as const);
    expect(compared(many, times(60, [1, 1])).verdict).not.toBe("regressed");
    expect(compared(many, times(60, [1, 0])).verdict).toBe("regressed");
  });

  it.each([0.51, 0.999999])("is at a confidence of %s", (confidence) => {
    const comparison = compared(times(50, [5, 5]), partly(50, 25, 2), { confidence });
    expect(comparison.verdict).toBe("regressed");
    expect(comparison.said).not.toMatch(/NaN|Infinity/);
  });
});

describe("intervals", () => {
  const counts = fc.array(
    fc
      .tuple(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      )
      .map(([m, k, b, x]) => ({
        base: [m, Math.round(b * m)] as const,
        candidate: [k, Math.round(x * k)] as const,
      })),
    { minLength: 1, maxLength: 40 },
  );
  const scopes = fc.constantFrom("suite" as const, "population" as const);

  it("contain the difference, and lie between −100 and 100 points", () => {
    fc.assert(
      fc.property(counts, scopes, (cases, scope) => {
        const { metrics, population } = compared(
          cases.map((one) => one.base),
          cases.map((one) => one.candidate),
          { scope },
        );
        for (const { delta, low, high } of metrics) {
          if (delta === null || low === null || high === null) continue;
          expect(low).toBeLessThanOrEqual(delta + 1e-12);
          expect(high).toBeGreaterThanOrEqual(delta - 1e-12);
          expect(low).toBeGreaterThanOrEqual(-1 - 1e-12);
          expect(high).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(population === null).toBe(cases.length < 2);
      }),
    );
  });

  it("for the population have a width even where all cases moved alike", () => {
    const { population } = compared(times(100, [5, 5]), times(100, [5, 5]));
    expect(population?.low).toBeCloseTo(-(1 - 0.05 ** (1 / 100)), 12);
    expect(population?.high).toBeCloseTo(1 - 0.05 ** (1 / 100), 12);
  });

  it("of pass^k for the population have a width too where all cases moved alike, and few cases prove nothing", () => {
    const rule = { metric: "pass^2", scope: "population" } as const;
    const { metrics, population } = compared(times(3, [3, 3]), times(3, [3, 2]), rule);
    expect(metrics.find((row) => row.metric === "pass^2")).toMatchObject({
      p: 1 / 8,
      verdict: "inconclusive",
    });
    expect(population?.high).toBeCloseTo(-2 / 3 + (1 - 0.05 ** (1 / 3)) * (5 / 3), 12);
  });

  /**
   * Whether the numbers of trials differ so much between the cases of a side that each case must count once.
   */
  const isUneven = (side: readonly Counts[]): boolean => {
    const answered = side.map(([trials]) => trials);
    return Math.max(...answered) > 2 * Math.min(...answered);
  };

  it("are mirrored when the sides are swapped", () => {
    fc.assert(
      fc.property(counts, scopes, (cases, scope) => {
        const base = cases.map((one) => one.base);
        const candidate = cases.map((one) => one.candidate);
        const there = compared(base, candidate, { scope });
        const back = compared(candidate, base, { scope });
        const [one, two] = [there.metrics[0], back.metrics[0]];
        expect(one?.delta).toBeCloseTo(-(two?.delta ?? 0), 10);
        if (one?.low == null) return;
        expect(one.low).toBeCloseTo(-(two?.high ?? 0), 10);
        expect(one.high).toBeCloseTo(-(two?.low ?? 0), 10);
        expect(there.cases.broken.toSorted()).toEqual(back.cases.fixed.toSorted());
        // With the sides swapped, a small p for a drop becomes a p near 1, as long as the same test is used.
        // Which test is used depends on the candidate's numbers of trials.
        const fell = (verdict?: string) => verdict === "regressed" || verdict === "small_drop";
        if (fell(one.verdict) && isUneven(base) === isUneven(candidate))
          expect(two?.p).toBeGreaterThanOrEqual(0.95);
      }),
    );
  });
});

describe("errored trials", () => {
  const header = {
    id: "aa000001",
    suite: "triage",
    target: "t",
    fingerprint: "f",
    scorers: [{ name: "exact", type: "equals", required: true, binary: true, hash: sha256("exact") }],
  } as unknown as RunHeader;
  const row = (case_no: number, pass: boolean | null): TallyRow => ({
    case_no,
    kind: pass === null ? "errored" : "answered",
    error: pass === null ? "timeout" : null,
    cached: false,
    pass,
    scores: pass === null ? [] : [[pass ? 1 : 0, pass]],
    latency_ms: null,
    cost_usd: null,
    usage: usageOf({ input_tokens: null, output_tokens: null }),
    refused: false,
    cut: false,
    tool_calls: 0,
  });
  const sideOf = (trials: readonly (boolean | null)[][]): Side => {
    const tally = makeTally(trials.length, 1);
    for (const [caseNo, own] of trials.entries()) for (const pass of own) tally.add(row(caseNo, pass));
    const cases = trials.map((_, case_no) => ({
      case_no,
      id: `c${case_no}`,
      content_hash: "same",
      request_hash: "",
      key: "",
      tags: [],
      planned: trials[case_no]?.length ?? 0,
    }));
    return sideOfRun(header, cases, tally);
  };

  it("never change a number of the comparison", () => {
    const trial = fc.constantFrom(true, false, null);
    const cases = fc.array(fc.array(trial, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(cases, (trials) => {
        const base = sideOf(trials.map(() => [true, true, false]));
        const answered = trials.map((own) => own.filter((pass) => pass !== null));
        const one = compare(base, sideOf(trials)).comparison;
        const two = compare(base, sideOf(answered)).comparison;
        expect(one.metrics).toEqual(two.metrics);
        expect(one.cases).toEqual(two.cases);
      }),
    );
  });
});

describe("several gating rules", () => {
  const names = ["a", "b", "c", "d"];
  const rules = names.map((name) => ruleOf({ metric: `score.${name}` }));
  /** Scorer `a` loses one pass in each of the first `fallen` cases; the other scorers do not change. */
  const sideWith = (fallen: number): Side =>
    sideOfCounts(times(40, [5, 4]), {
      scores: new Map(
        names.map((name) => [
          name,
          scoreOf(
            times(40, 5),
            times(40, 4).map((sum, index) => (name === "a" && index < fallen ? sum - 1 : sum)),
            { hash: name, required: name === "a" },
          ),
        ]),
      ),
    });

  it("share their chance of a false alarm (Holm)", () => {
    const fallen = [...Array(40).keys()].find(
      (n) => compare(sideWith(0), sideWith(n), rules[0] ?? ruleOf()).comparison.verdict === "regressed",
    );
    expect(fallen).toBeGreaterThan(0);
    const together = compare(sideWith(0), sideWith(fallen ?? 0), ...rules);
    expect(together.findings.map((one) => one.verdict)).toEqual(times(4, "inconclusive"));
    expect(compare(sideWith(0), sideWith(40), ...rules).findings.map((one) => one.verdict)).toEqual([
      "regressed",
      ...times(3, "inconclusive"),
    ]);
  });

  it("find no regression instead of a small drop when the drop is not significant after the correction", () => {
    const many = (fallen: number): Side => {
      const counts = times(1000, [5, 4] as const);
      const sums = times(1000, 4).map((sum, index) => (index < fallen ? sum - 1 : sum));
      const one = scoreOf(times(1000, 5), sums, { hash: "a" });
      const still = scoreOf(times(1000, 5), times(1000, 4), { hash: "b", required: false });
      return sideOfCounts(counts, {
        scores: new Map([["a", one], ...["b", "c", "d"].map((name) => [name, still] as const)]),
      });
    };
    const verdicts = (...asked: RegressionRule[]) =>
      compare(many(0), many(75), ...asked).findings.map((one) => one.verdict);
    expect(verdicts(...rules.slice(0, 1))).toEqual(["small_drop"]);
    expect(verdicts(...rules)).toEqual(times(4, "no_regression"));
  });

  it("about one metric share a row, which has the worst of their verdicts", () => {
    const base = sideOfCounts(times(40, [5, 5]));
    const candidate = sideOfCounts([...times(2, [5, 0] as const), ...times(38, [5, 5] as const)]);
    const scopes = [ruleOf(), ruleOf({ scope: "population" })];
    for (const asked of [scopes, scopes.toReversed()]) {
      const { comparison, findings } = compare(base, candidate, ...asked);
      expect(findings.map((one) => one.verdict).toSorted()).toEqual(["inconclusive", "regressed"]);
      expect(comparison).toMatchObject({ verdict: "regressed", metrics: [{ verdict: "regressed" }, {}, {}] });
    }
  });

  it("have the worst of their verdicts", () => {
    expect(worstVerdict(["improved", "no_regression", "inconclusive"])).toBe("inconclusive");
    expect(worstVerdict(["incomparable", "regressed"])).toBe("regressed");
    expect(worstVerdict([])).toBe("incomparable");
  });
});

describe("graded scores", () => {
  const side = (values: readonly (readonly number[])[]): Side =>
    sideOfCounts(
      values.map((own) => [own.length, own.length]),
      {
        scores: new Map([
          [
            "exact",
            scoreOf(
              values.map((own) => own.length),
              values.map((own) => own.length),
            ),
          ],
          ["tone", gradedScore(values)],
        ]),
      },
    );
  const around = (middle: number) => [middle - 0.1, middle, middle + 0.1];

  it("are compared by their means, with a z-test", () => {
    const { comparison } = compare(
      side(times(50, around(0.7))),
      side(times(50, around(0.4))),
      ruleOf({ metric: "score.tone" }),
    );
    expect(comparison.verdict).toBe("regressed");
    const row = comparison.metrics.find((one) => one.metric === "score.tone");
    expect(row?.delta).toBeCloseTo(-0.3, 12);
    expect(comparison.said).toMatch(/^tone fell 30\.0 points/);
  });

  it("take only cases that were scored on both sides", () => {
    const before = side([around(0.7), [], around(0.5)]);
    const after = side([around(0.7), around(0.2), []]);
    const { comparison } = compare(before, after, ruleOf({ metric: "score.tone" }));
    expect(comparison.metrics.find((one) => one.metric === "score.tone")?.delta).toBeCloseTo(0, 12);
  });
});

describe("cases that name their scorers", () => {
  /**
   * Two cases, both scored by `exact`. Scorer `more` does not score a case whose number in `exempt` is above 0.
   */
  const sideWith = (exempt: readonly number[] | null, hash = "more"): Side =>
    sideOfCounts(times(2, [5, 5]), {
      scores: new Map([
        ["exact", scoreOf(times(2, 5), times(2, 5))],
        [
          "more",
          scoreOf(exempt === null ? [5, 5] : exempt.map((one) => (one > 0 ? 0 : 5)), [5, 5], {
            hash,
            exempt,
          }),
        ],
      ]),
    });

  it("are compared if both sides scored them alike, whatever scorers other cases have", () => {
    const { cases, metrics } = compare(sideWith([5, 0]), sideWith([5, 0], "another")).comparison;
    expect(cases).toMatchObject({ paired: 1, changed: ["c1"] });
    expect(metrics[0]).toMatchObject({ metric: "pass_rate", baseline: 1, candidate: 1 });
  });

  it("are changed cases when other scorers score them", () => {
    expect(compare(sideWith(null), sideWith([5, 0])).comparison.cases).toMatchObject({
      paired: 1,
      changed: ["c0"],
    });
  });

  it("do not need a score from a scorer that they leave out", () => {
    const { metrics } = compare(
      sideWith([5, 0]),
      sideWith([5, 0]),
      ruleOf({ metric: "score.more" }),
    ).comparison;
    expect(metrics.find((one) => one.metric === "score.more")).toMatchObject({ baseline: 1, candidate: 1 });
  });
});
