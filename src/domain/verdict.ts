import { type NamedRule, ruleOfText } from "./gate-rule.ts";

/** What a comparison with a baseline shows (docs/statistics.md); the first that holds. */
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
 * One rule of a gate and what became of it. `rule`, `required` and `said` are texts for people; what a program needs stands
 * beside them as values.
 */
export type RuleResult = NamedRule & {
  readonly outcome: "passed" | "failed" | "undecided";
  /** The measured value; null when unknown. */
  readonly value: number | null;
  /** The bound as written, for instance `>= 0.9`. */
  readonly required: string;
  /** One sentence with the numbers. */
  readonly said?: string;
  /** False for a rule that only informs: `outcome` is what it found, and the gate's outcome does not rest on it. */
  readonly enforced?: false;
  /** Why it only informs; absent for a rule that is enforced. */
  readonly because?: string;
};

export interface GateResult {
  /** Alone decides the exit code. */
  readonly outcome: GateOutcome;
  readonly verdict: Verdict | "none";
  readonly rules: readonly RuleResult[];
}

/** A rule as a stored report has it: reports of 0.1.0 have the texts alone. */
export type StoredRule = Pick<RuleResult, "rule" | "outcome" | "value" | "required"> & {
  readonly kind?: unknown;
};

/** Rules of a stored report with their values. Rules of an unknown kind are left out. */
export function readStoredRules(rules: readonly StoredRule[]): RuleResult[] {
  return rules.flatMap((rule): RuleResult[] => {
    if (rule.kind !== undefined) return [rule as RuleResult];
    const named = ruleOfText(rule.rule, rule.required);
    return named === undefined ? [] : [{ ...rule, ...named } as RuleResult];
  });
}
