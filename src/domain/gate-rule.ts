import { type Bound, parseBound } from "./bound.ts";
import { isBetterLow, type MetricUnit, metricUnit } from "./metric-unit.ts";

/** What a rule's value is held to, in the rule's unit. */
export type RuleBound = Pick<Bound, "op" | "value">;

/** What a rule of a gate asks for, as values. `unit` is that of the measured value and of the bound. */
export type GateRule =
  /** `gate.require`: a bound on a metric. */
  | {
      readonly kind: "require";
      readonly metric: string;
      readonly unit: MetricUnit;
      readonly bound: RuleBound;
    }
  /**
   * `gate.regression`: the change from the baseline may not be below the bound, which is 0 or negative; of a metric that is better
   * when it is low, not above it. A `relative` bound is a share of the baseline's value.
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
      /** `tag:vip`, `case:refund-07`. */
      readonly cases: string;
    }
  /** `gate.each_case`: the lowest share of a case's own trials that passes. */
  | {
      readonly kind: "each_case";
      readonly metric: null;
      readonly unit: "ratio";
      readonly bound: RuleBound;
    }
  /** `gate.contract`: what the bump of the prompt's version promises; the value is the change from the baseline. */
  | { readonly kind: "contract"; readonly metric: null; readonly unit: "ratio"; readonly bound: null }
  /** Cases, or whole baselines, that the change no longer has. The bound is null where any number is allowed. */
  | {
      readonly kind: "removed_cases" | "removed_baselines";
      readonly metric: null;
      readonly unit: "count";
      readonly bound: RuleBound | null;
    };

/** A rule's values with its name, `rule`, for people and for documents. */
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

/** @param maxDrop largest drop, or rise where more is worse, let through: in the metric's unit, or a share of the baseline's value when `relative` */
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
 * The values of a rule that a version before 0.2 stored: it wrote the texts alone.
 * @param required the bound's text
 * @returns undefined for a rule that no version wrote
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
