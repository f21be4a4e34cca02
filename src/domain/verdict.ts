import { type NamedRule, ruleOfText } from "./gate-rule.ts";

/** The possible results of a comparison with a baseline (docs/statistics.md), worst first. */
export const VERDICTS = [
  "regressed",
  "incomparable",
  "inconclusive",
  "small_drop",
  "no_regression",
  "improved",
] as const;
export type Verdict = (typeof VERDICTS)[number];

export const GATE_OUTCOMES = ["failed", "undecided", "passed", "not_gated"] as const;
export type GateOutcome = (typeof GATE_OUTCOMES)[number];

/**
 * One rule of a gate and its outcome. `rule`, `required` and `said` are texts for people; programs use the
 * other members.
 */
export type RuleResult = NamedRule & {
  readonly outcome: "passed" | "failed" | "undecided";
  /** The measured value; null when unknown. */
  readonly value: number | null;
  /** The bound as written, for instance `>= 0.9`. */
  readonly required: string;
  /** The rule's result in one sentence with numbers. */
  readonly said?: string;
  /** False for an advisory rule: `outcome` is its finding, which does not affect the gate. */
  readonly enforced?: false;
  /** Why the rule is only advisory; absent for an enforced rule. */
  readonly because?: string;
};

export interface GateResult {
  /** The gate's outcome alone determines the exit code. */
  readonly outcome: GateOutcome;
  readonly verdict: Verdict | "none";
  readonly rules: readonly RuleResult[];
}

/** A rule in a stored report; reports of 0.1.0 only have the texts. */
export type StoredRule = Pick<RuleResult, "rule" | "outcome" | "value" | "required"> & {
  readonly kind?: unknown;
};

/** The rules of a stored report with structured values. A rule that has only texts is left out if its name is unknown. */
export function readStoredRules(rules: readonly StoredRule[]): RuleResult[] {
  return rules.flatMap((rule): RuleResult[] => {
    if (rule.kind !== undefined) return [rule as RuleResult];
    const named = ruleOfText(rule.rule, rule.required);
    return named === undefined ? [] : [{ ...rule, ...named } as RuleResult];
  });
}
