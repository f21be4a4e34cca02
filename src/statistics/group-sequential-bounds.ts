import { type SpendingFunction, spentAlpha } from "./alpha-spending.ts";
import { requireCount, requireSameLength } from "./argument-checks.ts";
import { normalDensity, normalQuantile, normalUpperTail } from "./normal-distribution.ts";
import { numberAt } from "./number-at.ts";

/** The inputs of a sequence of bounds. */
export type BoundsInput = {
  /**
   * Information at each look, as a fraction of the planned total; never decreasing. 0 is a look without data; values
   * above 1 are possible when more was observed than planned.
   */
  readonly times: readonly number[];
  readonly spending: SpendingFunction;
  /** One-sided type I error over all looks, in (0, 1). */
  readonly alpha: number;
  /**
   * Fraction at which the spending function is evaluated at each look; default `times`. Set the last entry to 1 to
   * spend the rest at a final look with less information than planned.
   */
  readonly spendAt?: readonly number[];
  /** Odd number of Simpson points of the density grid; default 1001; 401 is accurate to 1e-5. */
  readonly points?: number;
};

/** The bound on z at a look with no error to spend: so high that z practically never reaches it. */
const UNREACHABLE = 8;
const LOWEST = -8;
const HIGHEST = 9;
const LEAST_SPEND = 1e-15;
/** Beyond this many standard deviations, a normal tail counts as 0 or 1; the difference is below every error spent. */
const FAR = 10;
/** Kernels are cut off where their density is below 1e-10 of the peak; this changes a bound by less than 1e-9. */
const KERNEL_REACH = 7;
const CACHE_SIZE = 512;

/** Cached results by input; the oldest is removed first. */
const cache = new Map<string, readonly number[]>();

/** Density of the score √t·Z over the paths that have not crossed a bound, times Simpson's weights. */
type WeightedDensity = { readonly start: number; readonly step: number; readonly weights: Float64Array };

/**
 * Upper bounds on z for each look such that, under the null hypothesis, the probability of having crossed by look j
 * is the error spent by then (Lan & DeMets 1983; recursion of Armitage, McPherson & Rowe 1969).
 *
 * A look's bound depends only on this and earlier looks, so bounds can be computed one by one with the actual
 * information so far. Reproduces published tables to 2e-4.
 *
 * @returns one z per look; Infinity at a look without new information
 * @throws {RangeError} on times that are negative or decreasing, or on an even number of points
 */
export function ldBounds(input: BoundsInput): readonly number[] {
  const { times, spending, alpha, spendAt = times, points = 1001 } = input;
  requireLooks(times, spendAt, points);
  const key = `${spending} ${alpha} ${points} ${times.join()} ${spendAt.join()}`;
  const known = cache.get(key);
  if (known) return known;
  const spent = spendAt.map((fraction) => spentAlpha(fraction, spending, alpha));
  const bounds = Object.freeze(solveBounds(times, spent, points));
  if (cache.size >= CACHE_SIZE) for (const oldest of [...cache.keys()].slice(0, 64)) cache.delete(oldest);
  cache.set(key, bounds);
  return bounds;
}

function requireLooks(times: readonly number[], spendAt: readonly number[], points: number): void {
  requireCount("points", points, 3);
  if (points % 2 === 0) throw new RangeError(`points must be odd, not ${points}`);
  requireSameLength({ times, spendAt });
  let previous = 0;
  for (const time of times) {
    if (!(time >= previous && Number.isFinite(time))) {
      throw new RangeError(`times must not be negative and never fall, not ${times.join(", ")}`);
    }
    previous = time;
  }
}

function solveBounds(times: readonly number[], spent: readonly number[], points: number): number[] {
  const bounds: number[] = [];
  let density: WeightedDensity | null = null;
  let previousTime = 0;
  let used = 0;
  times.forEach((time, look) => {
    const deviation = Math.sqrt(time - previousTime);
    if (deviation === 0) {
      bounds.push(Number.POSITIVE_INFINITY);
      return;
    }
    const toSpend = numberAt(spent, look) - used;
    used = Math.max(used, numberAt(spent, look));
    const bound = nextBound(density, time, deviation, toSpend);
    bounds.push(bound);
    const following = times.slice(look + 1).find((later) => later > time);
    if (following === undefined) return;
    const grid = gridUpTo(bound, time, Math.sqrt(following - time), points);
    density = density === null ? firstDensity(grid, time) : carriedDensity(density, grid, deviation);
    previousTime = time;
  });
  return bounds;
}

function nextBound(
  density: WeightedDensity | null,
  time: number,
  deviation: number,
  toSpend: number,
): number {
  if (toSpend <= LEAST_SPEND) return UNREACHABLE;
  return density === null ? -normalQuantile(toSpend) : solveBound(density, time, deviation, toSpend);
}

/**
 * Solves "crossing probability = toSpend" by Newton's method on the logarithm, which is concave and decreasing: from
 * the right it converges without overshooting. Bisection is the fallback.
 */
function solveBound(density: WeightedDensity, time: number, deviation: number, toSpend: number): number {
  const root = Math.sqrt(time);
  const target = Math.log(toSpend);
  let low = LOWEST;
  let high = HIGHEST;
  let bound = Math.min(HIGHEST - 1, -normalQuantile(Math.min(0.5, toSpend)));
  for (let step = 0; step < 80; step++) {
    const { probability, slope } = crossing(density, bound * root, deviation);
    const excess = Math.log(probability) - target;
    if (excess > 0) low = bound;
    else high = bound;
    const newton = bound - (excess * probability) / (slope * root);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - bound) < 1e-12) return next;
    bound = next;
  }
  return bound;
}

/** Probability of exceeding `threshold` after a normal step, and its derivative. */
function crossing(
  { start, step, weights }: WeightedDensity,
  threshold: number,
  deviation: number,
): { probability: number; slope: number } {
  let probability = 0;
  let slope = 0;
  for (let i = 0; i < weights.length; i++) {
    const distance = (threshold - start - i * step) / deviation;
    if (distance > FAR) continue;
    const weight = numberAt(weights, i);
    if (distance < -FAR) {
      probability += weight;
      continue;
    }
    probability += weight * normalUpperTail(distance);
    slope -= weight * normalDensity(distance);
  }
  return { probability, slope: slope / deviation };
}

type Grid = { readonly start: number; readonly step: number; readonly points: number };

/**
 * Grid points from -8 standard deviations up to the bound. If the next look follows closely, its kernel is narrow, so
 * the grid is refined to two and a half points per kernel standard deviation.
 */
function gridUpTo(bound: number, time: number, nextDeviation: number, points: number): Grid {
  const start = LOWEST * Math.sqrt(time);
  const span = bound * Math.sqrt(time) - start;
  const needed = Math.min(20_000, Math.ceil((2.5 * span) / nextDeviation));
  const size = Math.max(points, needed + 1 - (needed % 2));
  return { start, step: span / (size - 1), points: size };
}

function simpsonWeight(i: number, { step, points }: Grid): number {
  if (i === 0 || i === points - 1) return step / 3;
  return (i % 2 === 1 ? 4 : 2) * (step / 3);
}

function firstDensity(grid: Grid, time: number): WeightedDensity {
  const root = Math.sqrt(time);
  const weights = new Float64Array(grid.points);
  for (let i = 0; i < weights.length; i++) {
    weights[i] = (normalDensity((grid.start + i * grid.step) / root) / root) * simpsonWeight(i, grid);
  }
  return { start: grid.start, step: grid.step, weights };
}

function carriedDensity(previous: WeightedDensity, grid: Grid, deviation: number): WeightedDensity {
  const weights = new Float64Array(grid.points);
  for (let i = 0; i < weights.length; i++) {
    const density = smoothedAt(previous, grid.start + i * grid.step, deviation);
    weights[i] = density * simpsonWeight(i, grid);
  }
  return { start: grid.start, step: grid.step, weights };
}

/**
 * Σ weight·φ((x - g)/deviation)/deviation over the previous grid. On an even grid the ratio of neighbouring kernel
 * values changes by a constant factor, so three exponentials are enough for the whole sum. The summation runs outward
 * from the point nearest to x, where the values are largest.
 */
function smoothedAt({ start, step, weights }: WeightedDensity, x: number, deviation: number): number {
  const last = weights.length - 1;
  const nearest = Math.min(last, Math.max(0, Math.round((x - start) / step)));
  const distance = (x - start - nearest * step) / deviation;
  if (Math.abs(distance) > KERNEL_REACH) return 0;
  const stride = step / deviation;
  const shrink = Math.exp(-stride * stride);
  const reach = Math.ceil(KERNEL_REACH / stride);
  const peak = Math.exp(-0.5 * distance * distance);
  let sum = peak * numberAt(weights, nearest);
  let value = peak;
  let ratio = Math.exp(stride * distance - 0.5 * stride * stride);
  for (let i = nearest + 1; i <= Math.min(last, nearest + reach); i++) {
    value *= ratio;
    ratio *= shrink;
    sum += value * numberAt(weights, i);
  }
  value = peak;
  ratio = Math.exp(-stride * distance - 0.5 * stride * stride);
  for (let i = nearest - 1; i >= Math.max(0, nearest - reach); i--) {
    value *= ratio;
    ratio *= shrink;
    sum += value * numberAt(weights, i);
  }
  return (sum * normalDensity(0)) / deviation;
}
