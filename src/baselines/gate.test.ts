import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exitCodeFor } from "../domain/exit-code.ts";
import { CONTRACT_RULE } from "../domain/gate-rule.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { gateOutcome, gateResult } from "./gate.ts";

const rule = (outcome: RuleResult["outcome"]): RuleResult => ({
  ...CONTRACT_RULE,
  outcome,
  value: null,
  required: "",
});

const WHOLE = { missing: 0, answered: 5 };

describe("the outcome of a gate", () => {
  it.each([
    [[], 0, "not_gated", 0],
    [[], 1, "undecided", 3],
    [["passed"], 0, "passed", 0],
    [["passed"], 2, "passed", 0],
    [["passed", "undecided"], 0, "undecided", 3],
    [["passed", "failed"], 0, "failed", 1],
    [["undecided", "failed", "passed"], 5, "failed", 1],
  ] as const)("of rules %j with %i trials missing is %s, exit %i", (rules, missing, outcome, exit) => {
    expect(gateOutcome(rules.map(rule), { missing, answered: 5 })).toBe(outcome);
    expect(exitCodeFor([gateOutcome(rules.map(rule), { missing, answered: 5 })])).toBe(exit);
  });

  it("does not depend on the order of the rules", () => {
    const outcomes = fc.array(
      fc.constantFrom("passed", "failed", "undecided") as fc.Arbitrary<RuleResult["outcome"]>,
    );
    fc.assert(
      fc.property(outcomes, (all) => {
        expect(gateOutcome(all.map(rule).reverse(), WHOLE)).toBe(gateOutcome(all.map(rule), WHOLE));
      }),
    );
  });

  it("is reported together with the comparison's verdict", () => {
    expect(gateResult([rule("passed")], "inconclusive", WHOLE)).toMatchObject({
      outcome: "passed",
      verdict: "inconclusive",
    });
  });
});

describe("the exit code of several runs", () => {
  it.each([
    [[], 0],
    [["not_gated", "passed"], 0],
    [["passed", "undecided"], 3],
    [["undecided", "failed"], 1],
    [["failed", "passed"], 1],
  ] as const)("of %j is %i: a failure wins, then what is undecided", (outcomes, exit) => {
    expect(exitCodeFor(outcomes)).toBe(exit);
  });
});
