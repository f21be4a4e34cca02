import { nearest } from "../domain/did-you-mean.ts";
import { flipMetric, flippedKind } from "../domain/flip-metric.ts";
import { type MetricUnit, PLAIN_METRICS } from "../domain/metric-unit.ts";
import { PRESSURE_KINDS, type PressureKind } from "../domain/pressure.ts";

/**
 * A parsed metric name. `k` is a number of trials, at least 1: in `pass^k` all k pass, in `pass@k` one of k
 * passes.
 */
export type Metric =
  | { readonly kind: "plain"; readonly name: keyof typeof PLAIN_METRICS; readonly unit: MetricUnit }
  | { readonly kind: "pass^" | "pass@"; readonly k: number; readonly unit: "ratio" }
  | { readonly kind: "score"; readonly scorer: string; readonly unit: "ratio" }
  | { readonly kind: "flip"; readonly pressure: PressureKind; readonly unit: "ratio" };

/**
 * Parses the name of a metric; undefined for an unknown one. Whether `score.<name>` names a scorer is not
 * checked here.
 */
export function parseMetric(name: string): Metric | undefined {
  if (Object.hasOwn(PLAIN_METRICS, name)) {
    const plain = name as keyof typeof PLAIN_METRICS;
    return { kind: "plain", name: plain, unit: PLAIN_METRICS[plain] };
  }
  const power = /^pass([@^])([1-9]\d{0,3})$/.exec(name);
  if (power !== null)
    return { kind: power[1] === "^" ? "pass^" : "pass@", k: Number(power[2]), unit: "ratio" };
  if (name.startsWith("score.") && name.length > 6)
    return { kind: "score", scorer: name.slice(6), unit: "ratio" };
  const pressure = flippedKind(name);
  return pressure === undefined ? undefined : { kind: "flip", pressure, unit: "ratio" };
}

/** The metric that a misspelt name was probably meant to be. */
export function nearestMetric(name: string, scorers: readonly string[]): string | undefined {
  const power = /^pass(?:_?at_?|_?hat_?|[_ -]|)(\d+)$/.exec(name);
  if (power !== null)
    return name.includes("at") && !name.includes("hat") ? `pass@${power[1]}` : `pass^${power[1]}`;
  const known = [
    ...Object.keys(PLAIN_METRICS),
    ...PRESSURE_KINDS.map(flipMetric),
    ...scorers.map((scorer) => `score.${scorer}`),
  ];
  return scorers.includes(name) ? `score.${name}` : nearest(name, known);
}
