import type { GateOutcome, GateResult, RuleResult, Verdict } from "../domain/verdict.ts";

/**
 * Combines all rules: a failed rule fails the gate, and an undecided rule leaves the gate undecided. Without rules
 * the outcome is `not_gated`, or `undecided` if trials are missing. If all trials are missing, the gate cannot pass,
 * whatever its rules say. Advisory rules (`SplitGate`) are ignored.
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
