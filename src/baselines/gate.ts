import type { GateOutcome, GateResult, RuleResult, Verdict } from "../domain/verdict.ts";

/**
 * One outcome of all rules: a failed rule fails the gate, an undecided one leaves it undecided. With no rule at all
 * there is nothing to gate, unless trials are missing: then nobody can say that all is well. Where nothing was answered,
 * no rule has seen anything that it could pass. Rules that only inform have no part in it.
 */
export function gateOutcome(
  all: readonly RuleResult[],
  { missing, answered }: { readonly missing: number; readonly answered: number },
): GateOutcome {
  const rules = all.filter((one) => one.enforced !== false);
  if (rules.some((one) => one.outcome === "failed")) return "failed";
  if (rules.some((one) => one.outcome === "undecided")) return "undecided";
  if (answered === 0 && missing > 0) return "undecided";
  if (rules.length > 0) return "passed";
  return missing > 0 ? "undecided" : "not_gated";
}

export function gateResult(
  rules: readonly RuleResult[],
  verdict: Verdict | "none",
  trials: { readonly missing: number; readonly answered: number },
): GateResult {
  return { outcome: gateOutcome(rules, trials), verdict, rules };
}
