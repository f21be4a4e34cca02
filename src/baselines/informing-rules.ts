import type { RunScorer } from "../domain/run.ts";
import type { Gate, RegressionRule } from "../domain/suite.ts";
import type { RuleResult } from "../domain/verdict.ts";

/** For each scorer that the gate does not trust, by name: one sentence with the reason. */
export type Unbelieved = ReadonlyMap<string, string>;

/**
 * A gate split into rules that can fail it, and advisory rules. Advisory rules are only reported, because they depend
 * on a scorer that the gate does not trust.
 */
export interface SplitGate {
  readonly enforced: Gate;
  /** Null when every rule is enforced. */
  readonly informing: Gate | null;
}

type ScorerRole = Pick<RunScorer, "name" | "required">;

/** Splits a gate: a rule becomes advisory when it depends on a scorer that the gate does not trust. */
export function splitGate(gate: Gate, scorers: readonly ScorerRole[], unbelieved: Unbelieved): SplitGate {
  const informs = (metric: string): boolean => doubted(metric, scorers, unbelieved).length > 0;
  const rules = regressionRulesOf(gate);
  const aside = rules.filter((rule) => informs(rule.metric));
  const required = Object.entries(gate.require);
  const casesAside = (gate.critical.length > 0 || gate.each_case !== undefined) && informs("pass_rate");
  const informed = required.filter(([metric]) => informs(metric));
  if (aside.length === 0 && informed.length === 0 && !casesAside) return { enforced: gate, informing: null };
  const deciding = rules.filter((rule) => !informs(rule.metric));
  return {
    enforced: {
      ...gate,
      // The contract of a version bump is checked with the enforced regression rules or, if there are none, with the
      // pass rate.
      contract: gate.contract && (deciding.length > 0 || !informs("pass_rate")),
      require: Object.fromEntries(required.filter(([metric]) => !informs(metric))),
      critical: casesAside ? [] : gate.critical,
      each_case: casesAside ? undefined : gate.each_case,
      regression: ruleOption(deciding),
    },
    informing: {
      ...gate,
      require: Object.fromEntries(informed),
      critical: casesAside ? gate.critical : [],
      each_case: casesAside ? gate.each_case : undefined,
      regression: ruleOption(aside),
    },
  };
}

/** Results of the advisory rules, each with the reason why it is not enforced. Other rules are left out. */
export function reportedOnly(
  rules: readonly RuleResult[],
  scorers: readonly ScorerRole[],
  unbelieved: Unbelieved,
): RuleResult[] {
  return rules.flatMap((rule): RuleResult[] => {
    const because = doubted(metricOf(rule), scorers, unbelieved);
    return because.length === 0 ? [] : [{ ...rule, enforced: false, because: because.join("; ") }];
  });
}

/** The metric that a rule depends on; null for a rule that depends on none. */
function metricOf({ kind, metric }: RuleResult): string | null {
  return kind === "critical" || kind === "each_case" ? "pass_rate" : metric;
}

/** Why a metric is not trusted: the reasons of each untrusted scorer behind it. */
function doubted(metric: string | null, scorers: readonly ScorerRole[], unbelieved: Unbelieved): string[] {
  if (metric === null) return [];
  const restsOn = metric.startsWith("score.")
    ? [metric.slice("score.".length)]
    : /^(pass_rate|pass[@^]\d+|flaky_rate)$/.test(metric)
      ? scorers.filter((one) => one.required).map((one) => one.name)
      : [];
  const reasons = restsOn.flatMap((name) => unbelieved.get(name) ?? []);
  return [...new Set(reasons)];
}

function regressionRulesOf({ regression }: Gate): readonly RegressionRule[] {
  if (regression === false) return [];
  return Array.isArray(regression) ? regression : [regression];
}

function ruleOption(rules: readonly RegressionRule[]): Gate["regression"] {
  return rules.length === 0 ? false : [...rules];
}
