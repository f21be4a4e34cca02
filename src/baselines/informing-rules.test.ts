import { expect, test } from "vitest";
import { Gate } from "../domain/suite.ts";
import { gateRule } from "../domain/testing/gate-rules.ts";
import { gateResult } from "./gate.ts";
import { reportedOnly, splitGate } from "./informing-rules.ts";

const WHOLE = { missing: 0, answered: 5 };

const SCORERS = [
  { name: "queue", required: true },
  { name: "helpful", required: false },
  { name: "tone", required: false },
];
const NOT_HELPFUL = new Map([["helpful", "judge helpful 1.0.0 was never calibrated on triage"]]);
const gate = (input: object) => Gate.parse(input);

test("with every judge believed nothing is taken out of the gate", () => {
  const one = gate({ require: { "score.helpful": ">= 0.8" }, critical: ["tag:vip"] });
  expect(splitGate(one, SCORERS, new Map())).toEqual({ enforced: one, informing: null });
  expect(splitGate(gate({}), SCORERS, NOT_HELPFUL).informing).toBeNull();
});

test("an optional judge that is not believed takes only the rules on its own score out of the gate", () => {
  const one = gate({
    require: { "score.helpful": ">= 0.8", pass_rate: ">= 0.9", latency_p95: "<= 2 s" },
    regression: [{ metric: "pass_rate" }, { metric: "score.helpful" }],
    critical: ["tag:vip"],
  });
  const { enforced, informing } = splitGate(one, SCORERS, NOT_HELPFUL);
  expect(Object.keys(enforced.require)).toEqual(["pass_rate", "latency_p95"]);
  expect(enforced.critical).toEqual(["tag:vip"]);
  expect(enforced.regression).toMatchObject([{ metric: "pass_rate" }]);
  expect(Object.keys(informing?.require ?? {})).toEqual(["score.helpful"]);
  expect(informing?.regression).toMatchObject([{ metric: "score.helpful" }]);
  expect(informing?.critical).toEqual([]);
});

test("a required judge that is not believed takes every rule on passing out of the gate, and no others", () => {
  const required = SCORERS.map((one) => (one.name === "helpful" ? { ...one, required: true } : one));
  const one = gate({
    require: { "pass^3": ">= 0.5", "score.queue": ">= 0.9", error_rate: "<= 0.01", flaky_rate: "<= 0.1" },
    critical: ["tag:vip"],
  });
  const { enforced, informing } = splitGate(one, required, NOT_HELPFUL);
  expect(Object.keys(enforced.require)).toEqual(["score.queue", "error_rate"]);
  expect(enforced.regression).toBe(false);
  expect(enforced.critical).toEqual([]);
  expect(informing?.critical).toEqual(["tag:vip"]);
  expect(Object.keys(informing?.require ?? {})).toEqual(["pass^3", "flaky_rate"]);
});

test("a rule that only informs is reported with its result and the reason, and decides nothing", () => {
  const found = [
    gateRule({ rule: "require score.helpful", outcome: "failed", value: 0.1, required: ">= 0.8" }),
    gateRule({ rule: "removed cases", outcome: "failed", value: 2, required: "0" }),
  ];
  const reported = reportedOnly(found, SCORERS, NOT_HELPFUL);
  expect(reported).toEqual([
    { ...found[0], enforced: false, because: "judge helpful 1.0.0 was never calibrated on triage" },
  ]);
  expect(gateResult(reported, "none", WHOLE).outcome).toBe("not_gated");
  const held = gateRule({ rule: "require pass_rate", outcome: "passed", value: 1, required: ">= 0.9" });
  expect(gateResult([held, ...reported], "regressed", WHOLE)).toMatchObject({
    outcome: "passed",
    verdict: "regressed",
  });
  expect(gateResult([{ ...held, outcome: "failed" }, ...reported], "none", WHOLE).outcome).toBe("failed");
});
