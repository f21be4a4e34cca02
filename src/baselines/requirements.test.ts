import { describe, expect, it } from "vitest";
import { requireRule } from "../domain/gate-rule.ts";
import { usageOf } from "../domain/transcript.ts";
import { computeMetrics } from "../metrics/compute-metrics.ts";
import { makeTally } from "../metrics/tally.ts";
import { checkCritical } from "./critical.ts";
import { gateOutcome } from "./gate.ts";
import { checkRequirements } from "./requirements.ts";

/**
 * What a run with these cases measured. Each letter is a trial: `p` passed, `f` failed, `e` errored, `s`
 * skipped, `v` passed but not scored by `queue`.
 */
function run(cases: readonly string[], known: { cost?: number | null; latency?: number | null } = {}) {
  const tally = makeTally(cases.length, 1);
  for (const [case_no, trials] of cases.entries()) {
    for (const one of trials.replaceAll("s", "")) {
      tally.add({
        case_no,
        kind: one === "e" ? "errored" : "answered",
        error: one === "e" ? "timeout" : null,
        cached: false,
        pass: one === "e" ? null : one !== "f",
        scores: one === "e" ? [] : [one === "v" ? null : [one === "p" ? 1 : 0, one === "p"]],
        latency_ms: one === "e" ? null : (known.latency ?? 100),
        cost_usd: one === "e" || known.cost === null ? null : (known.cost ?? 0.01),
        usage: usageOf({ input_tokens: null, output_tokens: null }),
        refused: false,
        cut: false,
        tool_calls: 0,
      });
    }
  }
  const trials = Math.max(...cases.map((one) => one.length));
  const missing = (caseNo: number): number => (cases[caseNo] ?? "").replaceAll(/[pfv]/g, "").length;
  return {
    tally,
    metrics: computeMetrics(tally, { trials, scorers: ["queue"] }),
    trials,
    scorers: ["queue"],
    missing,
    totalMissing: cases.reduce((sum, _, caseNo) => sum + missing(caseNo), 0),
  };
}

const outcomeOf = (metric: string, bound: string, measured: ReturnType<typeof run>) =>
  checkRequirements({ [metric]: bound }, measured)[0]?.outcome;

describe("a requirement", () => {
  it.each([
    ["pass_rate", ">= 0.75", "passed"],
    ["pass_rate", "> 0.75", "failed"],
    ["pass_rate", ">= 0.76", "failed"],
    ["pass^2", ">= 0.5", "passed"],
    ["pass@2", ">= 1", "passed"],
    ["score.queue", ">= 0.8", "failed"],
    ["flaky_rate", "<= 0.4", "failed"],
    ["latency_p95", "<= 1s", "passed"],
    ["latency_p95", "<= 90ms", "failed"],
    ["cost_usd", "<= 0.05", "passed"],
    ["error_rate", "<= 0", "passed"],
  ])("on %s %s of a whole run is %s", (metric, bound, outcome) => {
    expect(outcomeOf(metric, bound, run(["pp", "pf"]))).toBe(outcome);
  });

  it.each([
    // Of 4 trials 3 are in and pass, one is missing: the rate ends between 0.75 and 1.
    ["holds with the missing trial counted as failed", "pass_rate", ">= 0.75", ["pp", "pe"], "passed"],
    ["hangs on the missing trial", "pass_rate", ">= 0.8", ["pp", "pe"], "undecided"],
    // 2 of 4 trials failed: even with the missing one passed the rate is at most 0.5.
    ["fails with the missing trial counted as passed", "pass_rate", ">= 0.6", ["ff", "ps"], "failed"],
    ["hangs on a skipped trial as on an errored one", "pass_rate", ">= 0.8", ["pp", "ps"], "undecided"],
    ["hangs on a case without any answer", "pass_rate", ">= 0.6", ["pp", "ee"], "undecided"],
    ["is settled by the others", "pass_rate", ">= 0.5", ["pp", "ee"], "passed"],
    ["pass^2 hangs on the missing trial", "pass^2", ">= 1", ["pp", "pe"], "undecided"],
    ["pass^2 has failed without it", "pass^2", ">= 1", ["pp", "fe"], "failed"],
    ["a score hangs on the missing trial", "score.queue", ">= 0.8", ["pp", "pe"], "undecided"],
    ["an upper bound holds even with all passed", "pass_rate", "<= 1", ["pp", "pe"], "passed"],
    ["an upper bound hangs on the missing trial", "pass_rate", "<= 0.8", ["pp", "pe"], "undecided"],
    ["the latency of a missing trial is unknown", "latency_p95", "<= 1h", ["pp", "pe"], "undecided"],
    ["the cost of a missing trial is unknown", "cost_usd", "<= 100", ["pp", "pe"], "undecided"],
    ["the error rate says what is missing", "error_rate", "<= 0.1", ["pp", "pe"], "failed"],
    ["flakiness hangs on the missing trial", "flaky_rate", "<= 0.3", ["pp", "pe"], "undecided"],
    ["flakiness is settled by the others", "flaky_rate", "<= 0.5", ["pp", "pe"], "passed"],
    ["flakiness is too high whatever is missing", "flaky_rate", "<= 0.4", ["ppff", "pfee"], "failed"],
  ] as const)("with trials missing: %s", (_what, metric, bound, cases, outcome) => {
    expect(outcomeOf(metric, bound, run(cases))).toBe(outcome);
  });

  it.each([
    // Nine of ten cases have one trial, and fail it: pass^5 is at most 0.1 whatever four more would do.
    ["pass^5", ">= 0.9", ["ppppp", ...Array.from({ length: 9 }, () => "f")], "failed"],
    ["pass^5", ">= 0.9", ["ppppp", ...Array.from({ length: 9 }, () => "p")], "undecided"],
    ["pass@5", "<= 0.5", ["ppppp", "f"], "undecided"],
    ["pass@2", ">= 0.5", ["fffff", "p"], "passed"],
    ["flaky_rate", "<= 0", ["pp", "p"], "undecided"],
    ["flaky_rate", "<= 0.1", ["pf", "p"], "failed"],
  ] as const)(
    "on %s %s has no value if some cases have fewer trials than the metric needs",
    (metric, bound, cases, outcome) => {
      const [rule] = checkRequirements({ [metric]: bound }, run(cases));
      expect(rule).toMatchObject({ outcome, value: null });
    },
  );

  it.each(Object.keys(run(["pp"]).metrics))("on %s is not passed by a run without an answer", (metric) => {
    for (const bound of [">= 0", "<= 1"]) {
      const measured = run(["ee", "ss"]);
      const rules = checkRequirements({ [metric]: bound }, measured);
      if (metric !== "error_rate") expect(rules[0]?.outcome, bound).toBe("undecided");
      const trials = { missing: measured.totalMissing, answered: 0 };
      expect(gateOutcome(rules, trials), bound).toBe("undecided");
    }
  });

  it.each([
    // Of 4 answers 2 are scored, both with 1: the mean of all lies between 0.5 and 1.
    ["holds even if the others count as 0", ">= 0.5", ["pv", "pv"], "passed"],
    ["depends on the others", ">= 0.8", ["pv", "pv"], "undecided"],
    ["depends on a case without a scored answer", ">= 0.8", ["pp", "vv"], "undecided"],
    ["fails even if the others count as 1", ">= 0.8", ["ff", "vv"], "failed"],
    ["depends on the others for an upper bound too", "<= 0.6", ["pv", "fv"], "undecided"],
    ["is undecided if it scored none", ">= 0", ["vv", "vv"], "undecided"],
    ["holds even if the others and the missing trials count as 0", ">= 0.5", ["pv", "pe"], "passed"],
    ["depends on the others and the missing trials", ">= 0.6", ["pv", "pe"], "undecided"],
  ] as const)(
    "on a score, where the scorer could not score every answer, %s",
    (_what, bound, cases, outcome) => {
      expect(outcomeOf("score.queue", bound, run(cases))).toBe(outcome);
      expect(outcomeOf("pass_rate", ">= 0", run(cases))).toBe("passed");
    },
  );

  it("reports for how many answers a score is unknown", () => {
    expect(checkRequirements({ "score.queue": ">= 0.8" }, run(["pv", "pv"]))[0]).toEqual({
      rule: "require score.queue",
      kind: "require",
      metric: "score.queue",
      unit: "ratio",
      bound: { op: ">=", value: 0.8 },
      outcome: "undecided",
      value: 1,
      required: ">= 0.8",
      said: "queue could not score 2 of 4 answers",
    });
  });

  it("on an unknown value is undecided, and reports the value as null", () => {
    expect(checkRequirements({ cost_usd: "<= 1" }, run(["pp"], { cost: null }))).toEqual([
      {
        ...requireRule("cost_usd", { op: "<=", value: 1 }),
        outcome: "undecided",
        value: null,
        required: "<= 1",
      },
    ]);
  });

  it("does not fail because of the rounding of a mean", () => {
    const measured = run(["pppppppppf"]);
    expect(outcomeOf("pass_rate", ">= 0.9", measured)).toBe("passed");
    expect(outcomeOf("pass_rate", "< 0.9", measured)).toBe("failed");
  });

  it("reports the measured value, not the one with trials filled in", () => {
    expect(checkRequirements({ pass_rate: ">= 0.8" }, run(["pp", "pe"]))[0]?.value).toBe(1);
  });
});

describe("a critical selector", () => {
  const check = (cases: readonly string[]) => {
    const { tally, missing } = run(cases);
    const chosen = cases.map((_, case_no) => ({ case_no, id: `c${case_no}` }));
    return checkCritical(["tag:vip"], () => chosen, tally, missing)[0];
  };

  it.each([
    ["every trial of every case passes", ["pp", "pp"], "passed", 1],
    ["one trial fails", ["pp", "pf"], "failed", 0.5],
    ["one trial is missing", ["pp", "pe"], "undecided", null],
    ["one fails and another is missing", ["pe", "fp"], "failed", null],
    ["no trial has an answer", ["ee"], "undecided", null],
  ] as const)("when %s", (_what, cases, outcome, value) => {
    expect(check(cases)).toMatchObject({ rule: "critical tag:vip", outcome, value });
  });

  it("names the failing cases, at most five of them", () => {
    expect(check(["pf", "pp", "ff"])?.said).toBe("failing: c0, c2");
    expect(check(Array.from({ length: 8 }, () => "f"))?.said).toBe("failing: c0, c1, c2, c3, c4 and 3 more");
  });

  it("counts the cases of its own selector only", () => {
    const { tally, missing } = run(["pp", "ff"]);
    const results = checkCritical(
      ["case:good", "case:bad"],
      (selector) => [{ case_no: selector === "case:good" ? 0 : 1, id: selector }],
      tally,
      missing,
    );
    expect(results.map((one) => one.outcome)).toEqual(["passed", "failed"]);
  });
});
