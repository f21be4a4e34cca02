import { describe, expect, it } from "vitest";
import { sha256 } from "../domain/json.ts";
import type { CanaryResult } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import { Gate } from "../domain/suite.ts";
import { usageOf } from "../domain/transcript.ts";
import { computeMetrics } from "../metrics/compute-metrics.ts";
import { makeTally, type Tally } from "../metrics/tally.ts";
import { gateRun } from "./gate-run.ts";
import { rulesSoFar } from "./rules-so-far.ts";
import { type Side, sideOfRun } from "./side.ts";
import { sideOfCounts, times } from "./testing/sides.ts";

const hash = sha256("exact");
const header = {
  id: "bb000002",
  suite: "triage",
  target: "t",
  fingerprint: sha256("candidate"),
  narrowing: null,
  trials: 5,
  planned: 500,
  scorers: [{ name: "exact", type: "equals", required: true, binary: true, hash }],
} as unknown as RunHeader;

/**
 * The tally of these cases. Each letter is a trial: `p` passed, `f` failed, `e` errored, `v` passed but without
 * a score.
 */
function tallyOf(cases: readonly string[]): Tally {
  const tally = makeTally(cases.length, 1);
  for (const [case_no, trials] of cases.entries()) {
    for (const one of trials) {
      const pass = one === "e" ? null : one !== "f";
      tally.add({
        case_no,
        kind: pass === null ? "errored" : "answered",
        error: pass === null ? "timeout" : null,
        cached: false,
        pass,
        scores: pass === null ? [] : [one === "v" ? null : [pass ? 1 : 0, pass]],
        latency_ms: 100,
        cost_usd: 0.01,
        usage: usageOf({ input_tokens: null, output_tokens: null }),
        refused: false,
        cut: false,
        tool_calls: 0,
      });
    }
  }
  return tally;
}

interface Setting {
  readonly gate?: object;
  readonly baseline?: Side | null;
  readonly accepted?: { readonly from: string; readonly to: string; readonly why: string } | null;
  readonly canary?: CanaryResult | null;
}

const baselineOf = (n: number, passed = 5): Side => {
  const side = sideOfCounts(times(n, [5, passed]), { fingerprint: sha256("base") });
  const scores = [...side.scores].map(([name, one]) => [name, { ...one, hash }] as const);
  return { ...side, scores: new Map(scores) };
};

/** The gate's result for a run with these cases, each written as in `tallyOf`. */
function gated(
  cases: readonly string[],
  { gate = {}, baseline, accepted = null, canary = null }: Setting = {},
) {
  const tally = tallyOf(cases);
  const stored = cases.map((_, case_no) => ({
    case_no,
    id: `c${case_no}`,
    content_hash: "same",
    request_hash: "",
    key: "",
    tags: [],
    planned: 5,
  }));
  return gateRun({
    gate: Gate.parse(gate),
    header,
    tally,
    metrics: computeMetrics(tally, { trials: 5, scorers: ["exact"] }),
    missing: (caseNo) => tally.errored[caseNo] ?? 0,
    left: (caseNo) => 5 - (tally.answered[caseNo] ?? 0),
    totalMissing: tally.totalErrored,
    casesOf: (selector) => stored.filter(({ id }) => selector === `case:${id}`),
    idOf: (caseNo) => `c${caseNo}`,
    baseline: baseline === undefined ? baselineOf(cases.length) : baseline,
    accepted,
    candidate: (counted) => sideOfRun(header, stored, counted),
    look: null,
    canary,
    declared: null,
  });
}

const good = times(100, "ppppp");
const broken = [...times(20, "fffff"), ...times(80, "ppppp")];

describe("the regression rule of a run", () => {
  it("passes a run that is shown to be no worse, and fails one that fell", () => {
    expect(gated(good).gate).toMatchObject({ outcome: "passed", verdict: "no_regression" });
    expect(gated(broken).gate).toMatchObject({
      outcome: "failed",
      verdict: "regressed",
      rules: [
        {
          rule: "regression pass_rate",
          outcome: "failed",
          value: -0.2,
          required: "no drop of more than 3 points",
        },
      ],
    });
  });

  it.each([
    ["warn", "passed"],
    ["fail", "undecided"],
  ])("with undecided: %s is %s where the evidence is not enough", (undecided, outcome) => {
    const { gate } = gated(times(8, "ppppf"), {
      gate: { regression: { undecided } },
      baseline: baselineOf(8, 4),
    });
    expect(gate).toMatchObject({ verdict: "inconclusive", outcome });
  });

  it("is not there without a baseline, or when it is switched off", () => {
    expect(gated(broken, { baseline: null })).toMatchObject({
      comparison: null,
      gate: { outcome: "not_gated", verdict: "none", rules: [] },
    });
    const off = gated(broken, { gate: { regression: false } });
    expect(off.gate).toMatchObject({ outcome: "not_gated", verdict: "regressed", rules: [] });
  });

  it("of a score is not passed by answers that could not be scored", () => {
    const gate = { regression: { metric: "score.exact" } };
    expect(gated(good, { gate }).gate).toMatchObject({ outcome: "passed", verdict: "no_regression" });
    for (const half of [times(100, "pvvvv"), [...times(50, "ppppp"), ...times(50, "vvvvv")]]) {
      const { gate: found, comparison } = gated(half, { gate });
      expect(comparison?.verdict).toBe("inconclusive");
      expect(found).toMatchObject({ outcome: "undecided" });
      expect(found.rules[0]?.said).toMatch(
        /^exact could not score \d+ of 500 answers: counted as failed, exact is regressed; counted as passed, shown not to be worse$/,
      );
    }
    const fell = gated([...times(60, "fffff"), ...times(40, "vvvvv")], { gate });
    expect(fell.gate).toMatchObject({ outcome: "failed", verdict: "regressed" });
    expect(gated(times(100, "ppppv")).gate.outcome).toBe("passed");
  });

  it("is undecided when the baseline has other scorers", () => {
    const { gate } = gated(good, { baseline: sideOfCounts(times(100, [5, 5])) });
    expect(gate).toMatchObject({ outcome: "undecided", verdict: "incomparable" });
  });
});

describe("missing trials", () => {
  it("leave a rule that holds at both extremes as it is", () => {
    const dead = [...times(40, "fffff"), "ppppe", ...times(59, "ppppp")];
    expect(gated(dead).gate.outcome).toBe("failed");
    const fine = ["ppppe", ...times(999, "ppppp")];
    expect(gated(fine, { baseline: baselineOf(1000) }).gate.outcome).toBe("passed");
  });

  it("make a rule undecided whose result depends on them", () => {
    const half = [...times(30, "peeee"), ...times(70, "ppppp")];
    const { gate, comparison } = gated(half);
    expect(comparison?.metrics[0]?.delta).toBe(0);
    expect(gate.outcome).toBe("undecided");
  });

  it("never make an outage a regression: nothing answered is undecided", () => {
    const { gate } = gated(times(100, "eeeee"));
    expect(gate).toMatchObject({ outcome: "undecided", verdict: "incomparable" });
  });

  const rules: readonly (readonly [string, object])[] = [
    ...["pass_rate", "pass^1", "pass^5", "score.exact"].map(
      (metric) => [`regression ${metric}`, { regression: { metric } }] as const,
    ),
    ["regression in mode point", { regression: { mode: "point", max_drop: 0.5 } }],
    ["regression on cases like these", { regression: { scope: "population" } }],
    ["critical", { regression: false, critical: ["case:c0"] }],
    [
      "requirement",
      { regression: false, require: { pass_rate: ">= 0", "pass^5": ">= 0", error_rate: "<= 1" } },
    ],
    ["no rule", { regression: false }],
  ];
  const accepted = { from: sha256("base"), to: header.fingerprint, why: "why not" };

  it.each(rules)("let nothing pass where no trial was answered: %s", (_name, gate) => {
    // Two cases are so few that they would not prove a drop even if every missing trial failed.
    for (const cases of [times(2, "eeeee"), times(30, "eeeee")])
      for (const one of [null, accepted])
        expect(gated(cases, { gate, accepted: one }).gate.outcome).toBe("undecided");
    const alone = gated(times(2, "eeeee"), { gate, baseline: null }).gate.outcome;
    expect(alone).toBe("undecided");
  });

  it("are reported by a rule whose result depends on them", () => {
    const half = [...times(30, "peeee"), ...times(70, "ppppp")];
    expect(gated(half).gate.rules[0]?.said).toBe(
      "120 of 500 trials have no answer: counted as failed, pass rate is regressed; counted as passed, shown not to be worse",
    );
    expect(gated(times(4, "eeeee")).gate.rules[0]?.said).toBe(
      "nothing was answered, so there is nothing to compare with run aa000001",
    );
  });

  it("keep a rule undecided even when a drop is accepted", () => {
    const half = [...times(30, "peeee"), ...times(70, "ppppp")];
    expect(gated(half, { accepted }).gate.outcome).toBe("undecided");
  });

  it("include those that pass^k needs, even if they were not planned", () => {
    const short = [...times(10, "f"), ...times(10, "ppppp")];
    const rule = { regression: { metric: "pass^5" } };
    expect(gated(short, { gate: rule }).gate).toMatchObject({ outcome: "failed" });
    const open = [...times(10, "p"), ...times(10, "ppppp")];
    expect(gated(open, { gate: rule }).gate).toMatchObject({ outcome: "undecided" });
  });

  it("leave a critical case undecided even if an early stop did not need them", () => {
    const gate = { regression: false, critical: ["case:c0"] };
    expect(gated(["p", "ppppp"], { gate }).gate.rules).toMatchObject([{ outcome: "undecided", value: null }]);
  });
});

describe("removed cases", () => {
  it("fail the gate unless they are allowed", () => {
    const baseline = baselineOf(103);
    expect(gated(good, { baseline }).gate).toMatchObject({
      outcome: "failed",
      verdict: "no_regression",
      rules: [
        { rule: "regression pass_rate" },
        { rule: "removed cases", value: 3, said: "c100, c101, c102" },
      ],
    });
    expect(gated(good, { baseline, gate: { allow_removed: true } }).gate.outcome).toBe("passed");
  });
});

describe("an accepted regression", () => {
  const accepted = { from: sha256("base"), to: header.fingerprint, why: "shorter answers" };

  it("passes, and reports why", () => {
    const { gate } = gated(broken, { accepted });
    expect(gate).toMatchObject({ outcome: "passed", verdict: "regressed" });
    expect(gate.rules[0]?.said).toBe("regressed, accepted: shorter answers");
  });

  it.each([
    ["another baseline", { ...accepted, from: sha256("other") }],
    ["another run", { ...accepted, to: sha256("other") }],
  ])("does not count for %s", (_what, other) => {
    expect(gated(broken, { accepted: other }).gate.outcome).toBe("failed");
  });
});

describe("a stale baseline", () => {
  const canary = { run: "cc", asked: 25, answered: 25, baseline: 1, today: 0.4, p: 1e-9, stale: true };

  it("lets no difference count, and leaves the other rules alone", () => {
    expect(gated(broken, { canary })).toMatchObject({
      gate: { outcome: "passed", verdict: "inconclusive" },
      comparison: { verdict: "inconclusive", warnings: ["baseline_stale"] },
    });
    const strict = { regression: { undecided: "fail" } };
    expect(gated(broken, { canary, gate: strict }).gate.outcome).toBe("undecided");
    const critical = { critical: ["case:c0"] };
    expect(gated(broken, { canary, gate: critical }).gate.outcome).toBe("failed");
  });
});

describe("while trials are still to come", () => {
  const soFar = (cases: readonly string[], gate: object, bound: number | null) => {
    const tally = tallyOf(cases);
    return rulesSoFar(
      { gate: Gate.parse(gate), header, tally, casesOf: () => [{ case_no: 0, id: "c0" }], idOf: String },
      (caseNo) => 5 - (tally.answered[caseNo] ?? 0),
      bound,
    );
  };

  it("a mean is decided when its repeated interval lies on one side", () => {
    const require = { pass_rate: ">= 0.5" };
    expect(soFar(times(100, "p"), { require }, 2.5)).toEqual(["passed"]);
    expect(soFar(times(100, "f"), { require }, 2.5)).toEqual(["failed"]);
    expect(soFar([...times(55, "p"), ...times(45, "f")], { require }, 2.5)).toEqual(["undecided"]);
    expect(soFar(times(100, "p"), { require }, null)).toEqual(["undecided"]);
    expect(soFar(times(100, "p"), { require: { pass_rate: "<= 0.5" } }, 2.5)).toEqual(["failed"]);
  });

  it("a rule is decided if the remaining trials cannot change its result", () => {
    expect(soFar(times(100, "ffff"), { require: { pass_rate: ">= 0.5" } }, null)).toEqual(["failed"]);
    expect(soFar(times(100, "pppp"), { require: { "pass^5": ">= 0.5" } }, 2.5)).toEqual(["undecided"]);
    expect(soFar(times(100, "pppf"), { require: { "pass^5": ">= 0.5" } }, 2.5)).toEqual(["failed"]);
  });

  it("a critical case is decided by one failure, or by all its trials", () => {
    expect(soFar(["pf"], { critical: ["case:c0"] }, null)).toEqual(["failed"]);
    expect(soFar(["pp"], { critical: ["case:c0"] }, null)).toEqual(["undecided"]);
    expect(soFar(["ppppp"], { critical: ["case:c0"] }, null)).toEqual(["passed"]);
  });
});
