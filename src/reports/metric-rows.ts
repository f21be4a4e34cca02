import { parseBound } from "../domain/bound.ts";
import { flippedKind } from "../domain/flip-metric.ts";
import { isBetterLow, type MetricUnit, metricUnit } from "../domain/metric-unit.ts";
import type { MetricComparison, RunReport } from "../domain/report.ts";
import type { RuleResult, Verdict } from "../domain/verdict.ts";
import { count, dollars, duration, percent, points, rangeText, shareRange } from "./format-numbers.ts";

/** One metric with its requirement and baseline. Values are in the metric's own unit; null means unknown. */
export interface MetricRow {
  readonly metric: string;
  /** The metric's name for people. May contain a scorer's name, so it must be escaped when shown. */
  readonly label: string;
  readonly unit: MetricUnit;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** The requirement on this metric in `gate.require`; null without one. */
  readonly required: {
    /** The bound as written: `>= 0.9`. */
    readonly text: string;
    /** The number in the bound. */
    readonly value: number | null;
    readonly outcome: RuleResult["outcome"];
  } | null;
  /** The comparison of this metric with the baseline; null when it was not compared. */
  readonly baseline: {
    /** The metric's value in the baseline. */
    readonly value: number | null;
    /** The metric's value in this run minus that in the baseline; `low` and `high` are its 90 % interval. */
    readonly delta: number | null;
    readonly low: number | null;
    readonly high: number | null;
    readonly verdict: Verdict;
  } | null;
}

/** Matches the metrics that are shown if the run has them. Others are shown only when they are required or compared. */
const ALWAYS_SHOWN =
  /^(pass_rate|score\..*|flip_rate\..*|latency_p50|latency_p95|cost_usd|cost_per_trial|judge_cost_usd|judge\..*\.agreement)$/;

/** The metrics to show, pass rate first, each with its requirement and baseline. */
export function metricRows(report: RunReport): MetricRow[] {
  const { metrics, header, gate, comparison } = report;
  const required = new Map(
    gate.rules.flatMap((rule) =>
      rule.kind === "require" && rule.enforced !== false ? [[rule.metric, rule] as const] : [],
    ),
  );
  const compared = new Map(comparison?.metrics.map((one) => [one.metric, one]));
  const whole = header.trials > 1 ? `pass^${header.trials}` : "";
  const names = new Set([
    "pass_rate",
    ...Object.keys(metrics).filter((name) => ALWAYS_SHOWN.test(name) || name === whole),
    ...required.keys(),
    ...compared.keys(),
  ]);
  return [...names]
    .filter(
      (name) => metrics[name]?.value != null || required.has(name) || !/^(cost|latency|judge)/.test(name),
    )
    .map((name) => rowOf(name, report, required.get(name), compared.get(name)));
}

function rowOf(
  metric: string,
  { metrics }: RunReport,
  rule: RuleResult | undefined,
  compared: MetricComparison | undefined,
): MetricRow {
  const { value = null, low = null, high = null } = metrics[metric] ?? {};
  return {
    metric,
    label: metricLabel(metric),
    unit: metricUnit(metric),
    value,
    low,
    high,
    required:
      rule === undefined
        ? null
        : {
            text: rule.required,
            value: rule.bound?.value ?? null,
            outcome: rule.outcome,
          },
    baseline:
      compared === undefined
        ? null
        : {
            value: compared.baseline,
            delta: compared.delta,
            low: compared.low,
            high: compared.high,
            verdict: compared.verdict,
          },
  };
}

/** The name of a metric for people: `pass rate`, `all 5 pass`, `queue` for `score.queue`. */
export function metricLabel(metric: string): string {
  const whole = /^pass\^(\d+)$/.exec(metric);
  if (whole !== null) return `all ${whole[1]} pass`;
  const any = /^pass@(\d+)$/.exec(metric);
  if (any !== null) return `one of ${any[1]} passes`;
  if (metric.startsWith("score.")) return metric.slice("score.".length);
  const pressure = flippedKind(metric);
  if (pressure !== undefined) return `flip rate, ${pressure}`;
  const judge = /^judge\.(.*)\.agreement$/.exec(metric);
  if (judge !== null) return `${judge[1]} agreement`;
  return metric.replace(/_usd$/, "").replaceAll("_", " ");
}

/** A value with its unit, or a text for an unknown value. */
export function metricText(value: number | null, unit: MetricUnit): string {
  if (value === null) return "unknown";
  switch (unit) {
    case "ratio":
      return percent(value);
    case "ms":
      return duration(value);
    case "usd":
      return dollars(value);
    case "count":
      return value.toFixed(1);
    default:
      return unit satisfies never;
  }
}

/** An interval as text: `87.9 – 94.0 %`; empty without an interval. */
export function intervalText(low: number | null, high: number | null, unit: MetricUnit): string {
  if (unit !== "ratio") return rangeText(low, high, (value) => metricText(value, unit));
  return `${shareRange(low, high)}${low === null || high === null ? "" : " %"}`;
}

/**
 * A difference with its interval, `−6.8 (−9.7 to −3.9)`: in percentage points for a rate, else in the metric's
 * unit.
 */
export function deltaText(
  { delta, low, high }: NonNullable<MetricRow["baseline"]>,
  unit: MetricUnit = "ratio",
): string {
  if (delta === null) return "not comparable";
  const text = (value: number): string => differenceText(value, unit);
  return low === null || high === null ? text(delta) : `${text(delta)} (${text(low)} to ${text(high)})`;
}

/** A difference: `−6.8` in percentage points for a share, `+0.40` for a count. */
export function differenceText(value: number, unit: MetricUnit): string {
  if (unit === "ratio") return points(value);
  return Math.abs(value) < 0.005 ? "0.00" : `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

/** Whether a metric is worse than in the baseline, however little. */
export function isWorse({ metric, delta }: Pick<MetricComparison, "metric" | "delta">): boolean {
  return delta !== null && (isBetterLow(metric) ? delta > 0 : delta < 0);
}

/** A bound for people: `≥ 90 %`, `≤ $0.002`, `≤ 4s`. */
export function boundText(text: string, unit: MetricUnit): string {
  const bound = parseBound(text);
  const sign = (op: string): string => op.replace(">=", "≥").replace("<=", "≤");
  if (bound === undefined) return sign(text);
  if (unit === "ratio") return `${sign(bound.op)} ${Number((bound.value * 100).toFixed(6))} %`;
  return unit === "usd" ? `${sign(bound.op)} $${bound.value}` : sign(text);
}

/**
 * The bound that a rule requires, for people. The bounds of `require` and `each_case` rules are converted to their
 * unit (`>= 0.9` becomes `≥ 90 %`); the bound of every other rule is already written for people.
 */
export function requiredText({ kind, unit, required }: RuleResult): string {
  return boundText(required, kind === "require" || kind === "each_case" ? unit : "count");
}

/** A rule's name for people; of a requirement, its metric. May contain a scorer's name: it must be escaped when shown. */
export function ruleName(rule: RuleResult): string {
  return rule.kind === "require" ? rule.metric : rule.rule;
}

/** Rules without a row in the metrics: regression, critical, removed cases. Advisory rules are listed separately. */
export function otherRules(report: RunReport): RuleResult[] {
  return report.gate.rules.filter(({ kind, enforced }) => kind !== "require" && enforced !== false);
}

/** The value that a rule measured, with its unit. */
export function ruleValue({ kind, unit, value }: RuleResult): string {
  if (value === null) return "unknown";
  if (kind === "regression" && unit !== "ratio") return differenceText(value, unit);
  if (kind === "regression" || kind === "contract") return `${points(value)} points`;
  if (kind === "removed_cases" || kind === "removed_baselines") return count(value);
  return metricText(value, unit);
}
