import { flippedKind } from "./flip-metric.ts";

/** The unit of a metric: a share in [0, 1], milliseconds, US dollars, or a count of 0 or more. */
export type MetricUnit = "ratio" | "ms" | "usd" | "count";

/** Metrics without a parameter in their name. */
export const PLAIN_METRICS = {
  pass_rate: "ratio",
  flaky_rate: "ratio",
  error_rate: "ratio",
  refusal_rate: "ratio",
  latency_p50: "ms",
  latency_p90: "ms",
  latency_p95: "ms",
  latency_p99: "ms",
  cost_usd: "usd",
  cost_per_trial: "usd",
  judge_cost_usd: "usd",
  input_tokens: "count",
  output_tokens: "count",
  tool_calls: "count",
  tool_error_rate: "ratio",
  steps: "count",
  turns: "count",
  stopped_rate: "ratio",
  simulator_error_rate: "ratio",
} as const satisfies Record<string, MetricUnit>;

/**
 * The shares and counts for which a high value is worse, besides the flip rates. For such a metric, a regression rule
 * looks for a rise; for any other metric, for a drop.
 */
const LOW_IS_BETTER = new Set<string>([
  "error_rate",
  "refusal_rate",
  "tool_error_rate",
  "stopped_rate",
  "simulator_error_rate",
  "flaky_rate",
  "steps",
  "turns",
  "tool_calls",
  "input_tokens",
  "output_tokens",
] satisfies (keyof typeof PLAIN_METRICS)[]);

/** Whether low values of the metric are better. */
export function isBetterLow(metric: string): boolean {
  return LOW_IS_BETTER.has(metric) || flippedKind(metric) !== undefined;
}

/** The unit of a metric. All metrics with a parameter (`pass^k`, `score.<name>`) are shares, whatever the parameter's name. */
export function metricUnit(name: string): MetricUnit {
  return Object.hasOwn(PLAIN_METRICS, name) ? PLAIN_METRICS[name as keyof typeof PLAIN_METRICS] : "ratio";
}
