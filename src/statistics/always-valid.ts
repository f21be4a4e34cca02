import { requireCount, requireLevel, requirePositive, requireProportion } from "./argument-checks.ts";
import { bettingWealth } from "./betting-wealth.ts";
import { type Interval, intervalAround } from "./interval.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { numberAt } from "./number-at.ts";
import { mean, sampleVariance } from "./sample-moments.ts";

// Always-valid intervals: with probability 1 - alpha, every interval of a series of looks contains the true value. So
// one may look at any time, and stop at any time. Fixed-sample intervals do not allow this.

/** Spread of the half-normal weights of the bets. This value suits differences that take about 600 pairs to detect. */
const SPREAD = 0.2;
const LEAST_BET = 0.002;
const LARGEST_BET = 0.95;
const RATIO = 1.2;

/**
 * Bets made in parallel: `part` of the wealth goes into a bet that stakes the fraction `share` on every outcome. The
 * parts are half-normal weights on a geometric grid of fractions.
 */
const BETS: readonly { readonly share: number; readonly part: number }[] = betsOf();

function betsOf() {
  const shares: number[] = [];
  for (let share = LEAST_BET; share < LARGEST_BET; share *= RATIO) shares.push(share);
  const weights = shares.map((share) => share * Math.exp(-((share / SPREAD) ** 2) / 2));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return shares.map((share, i) => ({ share, part: numberAt(weights, i) / all }));
}

/**
 * Distinct values in [0, 1] in ascending order with their counts. The order of observation is dropped, because it
 * does not matter for constant bets.
 */
interface Counted {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

function counted(all: Float64Array): Counted {
  const sorted = Float64Array.from(all).sort();
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (values.at(-1) === value) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
    else {
      values.push(value);
      counts.push(1);
    }
  }
  return { values: Float64Array.from(values), counts: Float64Array.from(counts) };
}

/** Total wealth after betting that the mean is above `at`; `at` is in (0, 1]. */
function wealthAbove({ values, counts }: Counted, at: number): number {
  const outcomes = values.map((value) => value / at - 1);
  return BETS.reduce((sum, { share, part }) => sum + part * bettingWealth(outcomes, share, counts), 0);
}

/** Replaces each value x by 1 - x. To bet that the new mean is above 1 - m is to bet that the old mean is below m. */
const mirrored = ({ values, counts }: Counted): Counted => ({
  values: values.map((value) => 1 - value),
  counts,
});

/** A mean with its always-valid interval. */
export interface AlwaysValid extends Interval {
  readonly value: number;
  /**
   * Evidence against a mean of 0. If the mean is 0, the probability that this number ever exceeds 1/alpha is at most
   * alpha.
   */
  readonly evidence: number;
}

/**
 * Always-valid interval of the mean of independent values in [-1, 1], without assumptions about the distribution.
 * It contains every mean that is not refuted: neither the bets on a higher mean nor the bets on a lower mean have
 * reached wealth 2/alpha (Waudby-Smith & Ramdas 2023).
 *
 * @param differences at least one, in the order observed; each in [-1, 1]
 * @throws {RangeError} if there is no difference or one is out of range
 */
export function boundedMeanInterval(differences: ArrayLike<number>, confidence = 0.95): AlwaysValid {
  requireCount("number of differences", differences.length, 1);
  requireLevel("confidence", confidence);
  const values = counted(
    Float64Array.from(differences, (difference) => {
      requireProportion("(difference + 1) / 2", (difference + 1) / 2);
      return (difference + 1) / 2;
    }),
  );
  const enough = 2 / (1 - confidence);
  const below = mirrored(values);
  const low = lowestKept(values, enough);
  const high = 1 - lowestKept(below, enough);
  const evidence = (wealthAbove(values, 0.5) + wealthAbove(below, 0.5)) / 2;
  return { value: mean(differences), low: 2 * low - 1, high: 2 * high - 1, evidence };
}

/** The lowest mean in [0, 1] that the bets have not refuted, by bisection: wealth decreases as the mean increases. */
function lowestKept(values: Counted, enough: number): number {
  let [refuted, kept] = [0, 1];
  while (kept - refuted > 1e-7) {
    const middle = (kept + refuted) / 2;
    if (wealthAbove(values, middle) < enough) kept = middle;
    else refuted = middle;
  }
  return refuted;
}

/** Minimum number of values. With fewer values, the normal approximation of their sum is too inaccurate. */
const LEAST_FOR_NORMAL = 30;

/** Squared spread of the normal mixture, in units of one value's standard deviation; chosen to match `BETS`. */
const MIXTURE = (SPREAD * 0.59) ** 2;

/**
 * Half-width of an always-valid interval by a normal mixture after `size` values, in standard errors: about 3 where a
 * fixed-sample interval has 1.96 (Robbins 1970; Waudby-Smith et al. 2021 for an estimated variance).
 *
 * @throws {RangeError} if size is below 1
 */
export function mixtureBound(size: number, confidence = 0.95): number {
  requirePositive("size", size);
  requireLevel("confidence", confidence);
  const information = size * MIXTURE;
  return Math.sqrt((1 + 1 / information) * Math.log((information + 1) / (1 - confidence) ** 2));
}

/**
 * Always-valid interval of the mean of independent values of any range, by the normal approximation.
 *
 * @param differences at least one, in the order observed
 * @returns null below 30 values
 * @throws {RangeError} if there is no difference
 */
export function normalMeanInterval(differences: ArrayLike<number>, confidence = 0.95): AlwaysValid | null {
  requireCount("number of differences", differences.length, 1);
  const size = differences.length;
  if (size < LEAST_FOR_NORMAL) return null;
  const value = mean(differences);
  const error = Math.sqrt(sampleVariance(differences) / size);
  const information = size * MIXTURE;
  const evidence =
    error === 0
      ? value === 0
        ? 1
        : Number.POSITIVE_INFINITY
      : Math.exp(((value / error) ** 2 * information) / (2 * (1 + information))) / Math.sqrt(1 + information);
  return { value, ...intervalAround(value, error, mixtureBound(size, confidence)), evidence };
}

/** Always-valid bounds of a quantile, in the unit of the values; null when there is not yet a bound on this side. */
export interface QuantileBounds {
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Always-valid bounds of a quantile of clustered values, each cluster with equal weight. They enclose the values v
 * for which the statement "the share at or below v is q" is not refuted.
 *
 * @param clusters at least one, in the order observed, each with at least one value
 * @param q in (0, 1)
 * @throws {RangeError} if there is no cluster, one is empty or a level is outside (0, 1)
 */
export function quantileBounds(
  clusters: readonly (readonly number[])[],
  q: number,
  confidence = 0.95,
): QuantileBounds {
  requireCount("number of clusters", clusters.length, 1);
  for (const cluster of clusters) requireCount("values of a cluster", cluster.length, 1);
  requireLevel("q", q);
  requireLevel("confidence", confidence);
  const values = Float64Array.from(new Set(clusters.flat())).sort();
  const enough = 2 / (1 - confidence);
  const sharesBelow = (at: number): Counted =>
    counted(
      Float64Array.from(clusters, (cluster) => cluster.filter((one) => one <= at).length / cluster.length),
    );
  // The share of values that are at most v grows with v. So one one-sided test rejects every v that is too small, and
  // a second one-sided test rejects every v that is too large.
  const tooSmall = (at: number): boolean => wealthAbove(mirrored(sharesBelow(at)), 1 - q) >= enough;
  const tooLarge = (at: number): boolean => wealthAbove(sharesBelow(at), q) >= enough;
  const first = firstIndex(values, (at) => !tooSmall(at));
  const last = firstIndex(values, tooLarge);
  return {
    low: first > 0 || tooSmall(Number.NEGATIVE_INFINITY) ? (values[first] ?? null) : null,
    high: last === values.length ? null : (values[last] ?? null),
  };
}

/**
 * Index of the first value for which `holds` is true, given that it stays true for all later values; the length when
 * there is none.
 */
function firstIndex(values: Float64Array, holds: (value: number) => boolean): number {
  let [from, to] = [0, values.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(numberAt(values, middle))) to = middle;
    else from = middle + 1;
  }
  return from;
}

/**
 * Sessions per arm needed to detect a difference of two shares with the given probability once all sessions have been
 * observed.
 *
 * @param rate of one arm, in (0, 1)
 * @param effect size of the difference, above 0; the direction with the larger variance is used
 * @returns `sessions`: the number for always-valid intervals; `singleLook`: the number for a fixed-sample interval
 * @throws {RangeError} if a level is out of range or the other arm's share would be outside [0, 1] in both directions
 */
export function sessionsPerArm(
  rate: number,
  effect: number,
  { power = 0.8, confidence = 0.95 }: { readonly power?: number; readonly confidence?: number } = {},
): { readonly sessions: number; readonly singleLook: number } {
  requireLevel("rate", rate);
  requireLevel("effect", effect);
  requireLevel("power", power);
  const others = [rate - effect, rate + effect].filter((other) => other >= 0 && other <= 1);
  if (others.length === 0) throw new RangeError(`no share in [0, 1] is ${effect} away from ${rate}`);
  const variance = rate * (1 - rate) + Math.max(...others.map((other) => other * (1 - other)));
  const sizeAt = (bound: number): number => ((bound + normalQuantile(power)) / effect) ** 2 * variance;
  const singleLook = Math.ceil(sizeAt(normalQuantile(1 - (1 - confidence) / 2)));
  // The bound depends on the number of sessions, so both are computed in turn. It changes so slowly that a few rounds
  // suffice.
  let sessions = singleLook;
  for (let round = 0; round < 50; round++) sessions = sizeAt(mixtureBound(sessions, confidence));
  return { sessions: Math.ceil(sessions), singleLook };
}
