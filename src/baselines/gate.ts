import type { GateOutcome, GateResult, RuleResult, Verdict } from "../domain/verdict.ts";

/**
 * One outcome of all rules: a failed rule fails the gate, an undecided one leaves it undecided. With no rule at all
 * there is nothing to gate, unless trials are missing: then nobody can say that all is well. Rules that only inform have
 * no part in it.
 */
export function gateOutcome(all: readonly RuleResult[], totalMissing: number): GateOutcome {
  const rules = all.filter((one) => one.enforced !== false);
  if (rules.some((one) => one.outcome === "failed")) return "failed";
  if (rules.some((one) => one.outcome === "undecided")) return "undecided";
  if (rules.length > 0) return "passed";
  return totalMissing > 0 ? "undecided" : "not_gated";
}

export function gateResult(
  rules: readonly RuleResult[],
  verdict: Verdict | "none",
  totalMissing: number,
): GateResult {
  return { outcome: gateOutcome(rules, totalMissing), verdict, rules };
}
