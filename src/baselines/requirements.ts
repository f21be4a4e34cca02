import { type Bound, holds, parseBound } from "../domain/bound.ts";
import type { Metrics } from "../domain/run.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { computeMetrics } from "../metrics/compute-metrics.ts";
import { type Tally, withMissing } from "../metrics/tally.ts";

/** What a requirement is judged by. */
export interface Measured {
  readonly tally: Tally;
  readonly metrics: Metrics;
  readonly trials: number;
  readonly scorers: readonly string[];
  /** Errored and skipped trials of a case; trials that were not needed are not missing. */
  readonly missing: (caseNo: number) => number;
  readonly totalMissing: number;
}

/**
 * `gate.require` against what was measured. Where trials are missing, a bound holds only if it holds with each of them
 * counted as failed, and has failed only if it fails with each counted as passed; in between nobody knows.
 */
export function checkRequirements(
  require: Readonly<Record<string, string>>,
  measured: Measured,
): RuleResult[] {
  let extremes: readonly Metrics[] | undefined;
  const bothExtremes = (): readonly Metrics[] => {
    extremes ??= [0, 1].map((score) => metricsWithMissing(measured, score));
    return extremes;
  };
  return Object.entries(require).map(([metric, text]) => {
    const bound = parseBound(text);
    if (bound === undefined) throw new Error(`unchecked requirement ${metric}: ${text}`);
    const value = measured.metrics[metric]?.value ?? null;
    const outcome =
      measured.totalMissing === 0
        ? judged(bound, [value])
        : judged(
            bound,
            unaffected(metric) ? [value] : bothExtremes().map((one) => one[metric]?.value ?? null),
          );
    return { rule: `require ${metric}`, outcome, value, required: bound.text };
  });
}

/** Every possible value on one side decides; an unknown one leaves it open. */
function judged(bound: Bound, values: readonly (number | null)[]): RuleResult["outcome"] {
  if (values.some((value) => value === null)) return "undecided";
  const held = values.map((value) => value !== null && holds(bound, value));
  if (held.every(Boolean)) return "passed";
  return held.some(Boolean) ? "undecided" : "failed";
}

/** Metrics that say what is missing rather than suffer from it. */
function unaffected(metric: string): boolean {
  return metric === "error_rate";
}

function metricsWithMissing({ tally, missing, trials, scorers }: Measured, score: number): Metrics {
  const filled = computeMetrics(withMissing(tally, missing, score), { trials, scorers });
  const known: Record<string, Metrics[string]> = {};
  for (const [name, value] of Object.entries(filled)) {
    // Money, time and tokens of a trial that never came back cannot be bounded.
    known[name] = /^(pass_rate|pass[@^]\d+|score\..*)$/.test(name) ? value : { value: null };
  }
  return known;
}
