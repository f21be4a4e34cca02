import { type Bound, holds, parseBound } from "../domain/bound.ts";
import { requireRule } from "../domain/gate-rule.ts";
import { itemAt } from "../domain/item-at.ts";
import type { Metrics } from "../domain/run.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { computeMetrics } from "../metrics/compute-metrics.ts";
import { type Tally, withMissing } from "../metrics/tally.ts";
import { flipRate } from "../statistics/pass-k.ts";
import {
  hasEach,
  lackingTrials,
  openFor,
  trialsNeeded,
  unscoredFor,
  unscoredWords,
} from "./lacking-trials.ts";

/** The data that requirements are checked against. */
export interface Measured {
  readonly tally: Tally;
  readonly metrics: Metrics;
  /** Number of trials that the suite plans for each case. */
  readonly trials: number;
  /** Names of the scorers, in the order of the tally's scores. */
  readonly scorers: readonly string[];
  /** Number of errored and skipped trials of a case; trials that were not needed are not missing. */
  readonly missing: (caseNo: number) => number;
  readonly totalMissing: number;
}

/**
 * Checks `gate.require` against the measured metrics. With missing trials, a bound holds only if it holds with
 * all of them counted as failed, and fails only if it fails with all counted as passed; otherwise it is
 * undecided. For a bound on a score, an answer that the scorer could not score counts like a missing trial. A metric
 * over k trials per case has no value while a case has fewer than k; then the lacking trials count like missing ones.
 */
export function checkRequirements(
  require: Readonly<Record<string, string>>,
  measured: Measured,
): RuleResult[] {
  const ends = bothEnds(measured);
  return Object.entries(require).map(([metric, text]) => {
    const bound = parseBound(text);
    if (bound === undefined) throw new Error(`unchecked requirement ${metric}: ${text}`);
    const value = measured.metrics[metric]?.value ?? null;
    const outcome = judged(bound, possibleValues(metric, value, measured, ends));
    const { tally, scorers } = measured;
    const unscored = outcome === "undecided" ? unscoredFor(metric, tally, scorers) : 0;
    const explanation =
      unscored === 0 ? {} : { said: unscoredWords(metric.slice("score.".length), unscored, tally) };
    return { ...requireRule(metric, bound), outcome, value, required: bound.text, ...explanation };
  });
}

/** The bound is decided when all possible values agree; an unknown value leaves it undecided. */
function judged(bound: Bound, values: readonly (number | null)[]): RuleResult["outcome"] {
  if (values.some((value) => value === null)) return "undecided";
  const held = values.map((value) => value !== null && holds(bound, value));
  if (held.every(Boolean)) return "passed";
  return held.some(Boolean) ? "undecided" : "failed";
}

/**
 * The metric's value, or the two ends of the range of its possible values; `[null]` when the range is unknown or has
 * no end.
 */
function possibleValues(
  metric: string,
  value: number | null,
  { tally, scorers, missing, totalMissing }: Measured,
  ends: ReturnType<typeof bothEnds>,
): (number | null)[] {
  const needed = trialsNeeded(metric);
  const isWhole =
    totalMissing === 0 &&
    (needed === null || hasEach(tally, needed)) &&
    unscoredFor(metric, tally, scorers) + openFor(metric, tally) === 0;
  // The error rate reports missing trials and is not distorted by them.
  if (isWhole || metric === "error_rate") return [value];
  // If nothing was measured, even a bound that every value satisfies is undecided.
  if (tally.totalAnswered === 0) return [null];
  if (metric === "flaky_rate") return flakyEnds(tally, lackingTrials(tally, missing, needed));
  // Cost, latency and tokens of a trial that never returned have no upper bound.
  if (!/^(pass_rate|pass[@^]\d+|score\..*|flip_rate\..*)$/.test(metric)) return [null];
  if (value === null && needed === null && openFor(metric, tally) === 0) return [null];
  return ends(needed).map((one) => one[metric]?.value ?? null);
}

/**
 * The metrics twice: with every lacking result counted as failed, and as passed. Cached by number of trials needed.
 */
function bothEnds({ tally, trials, scorers, missing }: Measured) {
  const made = new Map<number | null, readonly Metrics[]>();
  return (needed: number | null): readonly Metrics[] => {
    const known =
      made.get(needed) ??
      [0, 1].map((score) =>
        computeMetrics(withMissing(tally, lackingTrials(tally, missing, needed), score), { trials, scorers }),
      );
    made.set(needed, known);
    return known;
  };
}

/**
 * The lowest and the highest possible flaky rate. A case is least flaky when its missing trials all have the
 * same result, and most flaky when they bring its share of passed trials closest to one half.
 */
function flakyEnds({ cases, answered, passed }: Tally, moreOf: (caseNo: number) => number): number[] {
  let least = 0;
  let largest = 0;
  for (let caseNo = 0; caseNo < cases; caseNo++) {
    const more = moreOf(caseNo);
    const [n, c] = [itemAt(answered, caseNo) + more, itemAt(passed, caseNo)];
    const nearest = Math.min(c + more, Math.max(c, Math.floor(n / 2)));
    least += Math.min(flipRate(n, c), flipRate(n, c + more));
    largest += flipRate(n, nearest);
  }
  return [least / cases, largest / cases];
}
