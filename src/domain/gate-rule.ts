import { type Bound, parseBound } from "./bound.ts";
import { isBetterLow, type MetricUnit, metricUnit } from "./metric-unit.ts";

/** The bound of a rule, in the rule's unit. */
export type RuleBound = Pick<Bound, "op" | "value">;

/** The structured form of a gate's rule. `unit` applies to the measured value and the bound. */
export type GateRule =
  /** `gate.require`: a bound on a metric. */
  | {
      readonly kind: "require";
      readonly metric: string;
      readonly unit: MetricUnit;
      readonly bound: RuleBound;
    }
  /**
   * `gate.regression`: the change from the baseline must not be below the bound, which is 0 or negative; for a metric
   * where low is better, not above it. A `relative` bound is a share of the baseline's value.
   */
  | {
      readonly kind: "regression";
      readonly metric: string;
      readonly unit: MetricUnit;
      readonly bound: RuleBound;
      readonly relative: boolean;
    }
  /** `gate.critical`: the share of the selected cases that pass every trial. */
  | {
      readonly kind: "critical";
      readonly metric: null;
      readonly unit: "ratio";
      readonly bound: RuleBound;
      /** For instance `tag:vip`, `case:refund-07`. */
      readonly cases: string;
    }
  /** `gate.each_case`: the lowest share of passed trials of any case. */
  | {
      readonly kind: "each_case";
      readonly metric: null;
      readonly unit: "ratio";
      readonly bound: RuleBound;
    }
  /** `gate.contract`: the promise of the prompt's version bump; the value is the change from the baseline. */
  | { readonly kind: "contract"; readonly metric: null; readonly unit: "ratio"; readonly bound: null }
  /**
   * `removed_cases`: number of the baseline's cases that the dataset no longer has. `removed_baselines`: number of
   * baseline files with which nothing is compared any more. The bound is null when any number is allowed.
   */
  | {
      readonly kind: "removed_cases" | "removed_baselines";
      readonly metric: null;
      readonly unit: "count";
      readonly bound: RuleBound | null;
    };

/** A rule with its name, `rule`, for people and documents. */
export type NamedRule = GateRule & { readonly rule: string };

export function requireRule(metric: string, { op, value }: RuleBound): NamedRule {
  return {
    rule: `require ${metric}`,
    kind: "require",
    metric,
    unit: metricUnit(metric),
    bound: { op, value },
  };
}

/**
 * @param maxDrop how much the metric may get worse: its largest tolerated drop, or its largest tolerated rise if high
 * values are worse. In the metric's unit; as a share of the baseline's value when `relative`
 */
export function regressionRule(metric: string, maxDrop: number, relative: boolean): NamedRule {
  return {
    rule: `regression ${metric}`,
    kind: "regression",
    metric,
    unit: metricUnit(metric),
    bound: isBetterLow(metric)
      ? { op: "<=", value: maxDrop }
      : { op: ">=", value: maxDrop === 0 ? 0 : -maxDrop },
    relative,
  };
}

/** @param cases `tag:<tag>` or `case:<id>` */
export function criticalRule(cases: string): NamedRule {
  return {
    rule: `critical ${cases}`,
    kind: "critical",
    metric: null,
    unit: "ratio",
    bound: { op: ">=", value: 1 },
    cases,
  };
}

export function eachCaseRule({ op, value }: RuleBound): NamedRule {
  return { rule: "each_case", kind: "each_case", metric: null, unit: "ratio", bound: { op, value } };
}

export const CONTRACT_RULE: NamedRule = {
  rule: "contract",
  kind: "contract",
  metric: null,
  unit: "ratio",
  bound: null,
};

const REMOVED = { removed_cases: "removed cases", removed_baselines: "removed baselines" } as const;

export function removedRule(kind: keyof typeof REMOVED, isAllowed: boolean): NamedRule {
  const bound = isAllowed ? null : ({ op: "<=", value: 0 } as const);
  return { rule: REMOVED[kind], kind, metric: null, unit: "count", bound };
}

/**
 * The structured form of a rule that a version before 0.2 stored. Such a version stored a rule only as text.
 *
 * @param required text of the rule's bound
 * @returns undefined for an unknown rule
 */
export function ruleOfText(rule: string, required: string): NamedRule | undefined {
  const [word = "", ...rest] = rule.split(" ");
  const name = rest.join(" ");
  switch (word) {
    case "require": {
      const bound = parseBound(required);
      return bound === undefined ? undefined : requireRule(name, bound);
    }
    case "regression": {
      const [, drop, unit] = /^no (?:drop|rise) of more than (\S+) (points|%)$/.exec(required) ?? [];
      return drop === undefined ? undefined : regressionRule(name, Number(drop) / 100, unit === "%");
    }
    case "critical":
      return criticalRule(name);
    case "contract":
      return CONTRACT_RULE;
    case "removed":
      return removedRule(name === "cases" ? "removed_cases" : "removed_baselines", required === "allowed");
    default:
      return undefined;
  }
}
