import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ErrorKind } from "../domain/outcome.ts";
import { usageOf } from "../domain/transcript.ts";
import { computeMetrics } from "./compute-metrics.ts";
import { makeTally, type Tally, type TallyRow, withMissing } from "./tally.ts";
import { tallyOfCases } from "./tally-of-cases.ts";

function row(case_no: number, changes: Partial<TallyRow> = {}): TallyRow {
  return {
    case_no,
    kind: "answered",
    error: null,
    cached: false,
    pass: true,
    scores: [[1, true]],
    latency_ms: 100,
    cost_usd: 0.001,
    usage: usageOf({ input_tokens: 10, output_tokens: 5 }),
    refused: false,
    cut: false,
    tool_calls: 0,
    ...changes,
  };
}

const errored = (case_no: number, error: ErrorKind = "timeout"): TallyRow =>
  row(case_no, {
    kind: "errored",
    error,
    pass: null,
    scores: [],
    latency_ms: null,
    cost_usd: null,
    usage: usageOf({ input_tokens: null, output_tokens: null }),
  });

/** A tally of cases, each given as one letter per trial: `p`assed, `f`ailed, `e`rrored. */
function tallyOf(...cases: readonly string[]): Tally {
  const tally = makeTally(cases.length, 1);
  for (const [case_no, trials] of cases.entries()) {
    for (const one of trials) {
      if (one === "e") tally.add(errored(case_no));
      else tally.add(row(case_no, { pass: one === "p", scores: [[one === "p" ? 1 : 0, one === "p"]] }));
    }
  }
  return tally;
}

const values = (tally: Tally, trials: number): Record<string, number | null> =>
  Object.fromEntries(
    Object.entries(computeMetrics(tally, { trials, scorers: ["queue"] })).map(([name, { value }]) => [
      name,
      value,
    ]),
  );

describe("the metrics of a run", () => {
  it("are means over cases of each case's own share, however many trials a case has", () => {
    expect(values(tallyOf("pppp", "f"), 4)).toMatchObject({ pass_rate: 0.5, "score.queue": 0.5 });
  });

  it("report how often k trials of a case all pass, and at least one of k", () => {
    // By hand: 3 of 4 passed. All of 2: C(3,2)/C(4,2) = 1/2; one of 2: 1 - C(1,2)/C(4,2) = 1.
    expect(values(tallyOf("pppf"), 4)).toMatchObject({
      "pass^1": 0.75,
      "pass^2": 0.5,
      "pass^3": 0.25,
      "pass^4": 0,
      "pass@1": 0.75,
      "pass@2": 1,
      "pass@4": 1,
    });
    // A second case that always passes, and one that never does.
    expect(values(tallyOf("pppf", "pppp", "ffff"), 4)).toMatchObject({ "pass^2": 0.5, "pass@4": 2 / 3 });
  });

  it.each(["pass^2", "pass@2", "flaky_rate"])("give %s only when every case has enough answers", (metric) => {
    expect(values(tallyOf("pp", "pf"), 2)[metric]).not.toBeNull();
    expect(values(tallyOf("pp", "f"), 2)[metric]).toBeNull();
    expect(values(tallyOf("pp", "pe", "ee"), 2)[metric]).toBeNull();
  });

  it("measure flakiness by how often two trials of a case would disagree", () => {
    // 2·c(n−c)/(n(n−1)): 3 of 4 gives 2·3·1/12 = 1/2; always and never give 0.
    expect(values(tallyOf("pppf"), 4).flaky_rate).toBeCloseTo(0.5, 12);
    expect(values(tallyOf("pppf", "pppp", "ffff"), 4).flaky_rate).toBeCloseTo(0.5 / 3, 12);
    expect(values(tallyOf("p", "f"), 1).flaky_rate).toBeNull();
  });

  it("count errored trials in error_rate alone", () => {
    expect(values(tallyOf("pe", "fe", "ee"), 2)).toMatchObject({ pass_rate: 0.5, error_rate: 4 / 6 });
    expect(values(tallyOf("ee"), 2)).toMatchObject({
      pass_rate: null,
      error_rate: 1,
      cost_usd: null,
      latency_p50: null,
    });
  });

  it("of some cases of a plan are counted in arrays of their number, and of no other case", () => {
    const tally = tallyOfCases([70_007, 3, 70_007], 1);
    tally.add(row(3));
    tally.add(row(70_007, { pass: false, scores: [[0, false]] }));
    tally.add(errored(70_007));
    expect([...tally.answered, ...tally.passed, ...tally.errored]).toEqual([1, 1, 0, 1, 1, 0]);
    expect(tally).toMatchObject({ totalAnswered: 2, totalErrored: 1 });
    expect(() => tally.add(row(4))).toThrow("case 4");
  });

  it("give latency percentiles of all answered trials together", () => {
    const tally = makeTally(2, 1);
    for (const [at, latency_ms] of [10, 20, 30, 40, 50].entries()) tally.add(row(at % 2, { latency_ms }));
    expect(values(tally, 1)).toMatchObject({ latency_p50: 30, latency_p90: 46, latency_p95: 48 });
  });

  it.each([
    ["cost_usd", { cost_usd: null }],
    ["cost_per_trial", { cost_usd: null }],
    ["input_tokens", { usage: usageOf({ output_tokens: 5 }) }],
    ["output_tokens", { usage: usageOf({ input_tokens: 10 }) }],
    ["latency_p95", { latency_ms: null }],
  ] as const)(
    "report that %s is unknown as soon as one trial's is, never that it is 0",
    (metric, unknown) => {
      const tally = makeTally(1, 1);
      tally.add(row(0));
      expect(values(tally, 1)[metric]).toBeGreaterThan(0);
      tally.add(row(0, unknown));
      expect(values(tally, 1)[metric]).toBeNull();
    },
  );

  it("tell a cost of 0 from an unknown cost", () => {
    const tally = makeTally(1, 1);
    tally.add(row(0, { cost_usd: 0 }));
    expect(values(tally, 1)).toMatchObject({ cost_usd: 0, cost_per_trial: 0 });
  });

  it("leave a missing score out of that scorer's mean, and out of nothing else", () => {
    const tally = makeTally(2, 2);
    tally.add(row(0, { scores: [[1, true], null] }));
    tally.add(
      row(0, {
        pass: false,
        scores: [
          [0, false],
          [0.4, false],
        ],
      }),
    );
    tally.add(row(1, { scores: [[1, true], null] }));
    const metrics = computeMetrics(tally, { trials: 2, scorers: ["queue", "tone"] });
    expect(metrics["score.queue"]?.value).toBe(0.75);
    expect(metrics["score.tone"]?.value).toBe(0.4);
    expect(metrics.pass_rate?.value).toBe(0.75);
  });

  it("of a tag cover its cases only, without cost and latency", () => {
    const metrics = computeMetrics(tallyOf("pp", "ff", "pf"), {
      trials: 1,
      scorers: ["queue"],
      only: [0, 2],
    });
    expect(metrics.pass_rate?.value).toBe(0.75);
    expect(Object.keys(metrics)).not.toContain("cost_usd");
  });

  it("have bounds around the value, and none for a single case", () => {
    const { low, high } =
      computeMetrics(tallyOf("pp", "pf", "ff"), { trials: 2, scorers: ["queue"] }).pass_rate ?? {};
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
    expect(computeMetrics(tallyOf("pf"), { trials: 2, scorers: [] }).pass_rate).toEqual({
      value: 0.5,
      low: null,
      high: null,
    });
  });
});

const anyRow = fc
  .record({
    case_no: fc.integer({ min: 0, max: 4 }),
    outcome: fc.constantFrom("p", "f", "e"),
    // Decimal fractions: with their rounding errors, a plain sum depends on the order.
    score: fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100),
    latency: fc.option(
      fc.integer({ min: 0, max: 100_000 }).map((tenths) => tenths / 10),
      { freq: 500 },
    ),
    cost: fc.option(
      fc.integer({ min: 0, max: 9999 }).map((millionths) => millionths / 1e6),
      { freq: 500 },
    ),
    refused: fc.boolean(),
    cut: fc.boolean(),
  })
  .map(({ case_no, outcome, score, latency, cost, refused }) =>
    outcome === "e"
      ? errored(case_no)
      : row(case_no, {
          pass: outcome === "p",
          scores: [[score, score >= 0.5]],
          latency_ms: latency,
          cost_usd: cost,
          refused,
        }),
  );

describe("a tally", () => {
  const tallied = (rows: readonly TallyRow[]): Tally => {
    const tally = makeTally(5, 1);
    for (const one of rows) tally.add(one);
    return tally;
  };
  const metricsOf = (rows: readonly TallyRow[]) =>
    computeMetrics(tallied(rows), { trials: 3, scorers: ["graded"] });

  it("is the same to the last digit in whatever order the trials end", () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 60 }), fc.infiniteStream(fc.nat()), (rows, chance) => {
        const other = [...rows].sort(() => ((chance.next().value as number) % 2 === 0 ? 1 : -1));
        expect(metricsOf(other)).toEqual(metricsOf(rows));
      }),
      { numRuns: 300 },
    );
  });

  it("never lets an errored trial change a score, a latency or a cost", () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 30 }), fc.integer({ min: 0, max: 4 }), (rows, caseNo) => {
        const { error_rate: before, simulator_error_rate: _, ...others } = metricsOf(rows);
        const {
          error_rate: after,
          simulator_error_rate: __,
          ...same
        } = metricsOf([...rows, errored(caseNo, "rate-limit")]);
        expect(same).toEqual(others);
        expect(after?.value ?? 0).toBeGreaterThanOrEqual(before?.value ?? 0);
      }),
    );
  });

  it("gives the share of spoiled trials an interval, even when it is 0", () => {
    const rows = [0, 1, 2, 3, 4].map((caseNo) => row(caseNo));
    const clean = metricsOf(rows).simulator_error_rate;
    expect(clean?.value).toBe(0);
    expect(clean?.low).toBe(0);
    // Wilson with n = 5 and t(0.975, 4) = 2.776: t² / (n + t²).
    expect(clean?.high).toBeCloseTo(7.708 / 12.708, 3);
    const spoiled = metricsOf([...rows, errored(0, "simulator")]).simulator_error_rate;
    expect(spoiled?.value).toBeCloseTo(1 / 6, 12);
    expect(spoiled?.low).toBeGreaterThan(0);
    expect(metricsOf([row(0)]).simulator_error_rate).toMatchObject({ value: 0, low: null, high: null });
  });

  it("does not count an answer that no scorer has judged yet", () => {
    const tally = tallied([row(0), row(0, { pass: null, scores: [] })]);
    expect([tally.totalAnswered, tally.answered[0]]).toEqual([1, 1]);
  });

  it("counts errors by their kind", () => {
    const tally = tallied([errored(0), errored(1), errored(1, "judge"), row(2)]);
    expect(Object.fromEntries(tally.errors)).toEqual({ timeout: 2, judge: 1 });
    expect(tally.totalErrored).toBe(3);
  });

  it("has no higher rates with its missing trials failed than with them passed", () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { minLength: 1, maxLength: 40 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }),
        (rows, missing) => {
          const tally = tallied(rows);
          const [worst, best] = [0, 1].map((score) =>
            computeMetrics(
              withMissing(tally, (caseNo) => missing[caseNo] ?? 0, score),
              { trials: 1, scorers: ["graded"] },
            ),
          );
          for (const name of ["pass_rate", "score.graded"]) {
            const low = worst?.[name]?.value ?? 0;
            const high = best?.[name]?.value ?? 1;
            expect(low).toBeLessThanOrEqual(high + 1e-12);
          }
        },
      ),
    );
  });
});
