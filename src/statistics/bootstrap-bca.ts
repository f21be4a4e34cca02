import { requireCount, requireLevel } from "./argument-checks.ts";
import type { Interval } from "./interval.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";
import { numberAt } from "./number-at.ts";
import { quantile7OfSorted } from "./quantile.ts";
import { mean } from "./sample-moments.ts";
import { seededRandom } from "./seeded-random.ts";

/** The inputs of a bias-corrected accelerated interval. */
export type BcaInput = {
  /** The statistic on the sample itself. */
  readonly estimate: number;
  /** The statistic on resamples, at least one. */
  readonly replicates: ArrayLike<number>;
  /** The statistic with each observation left out in turn, at least one. */
  readonly jackknife: ArrayLike<number>;
};

/**
 * Bias-corrected accelerated bootstrap interval (Efron 1987). A replicate that equals the estimate counts as half
 * below it; quantiles are of type 7.
 *
 * @param confidence two-sided, in (0, 1)
 * @returns bounds in the unit of the statistic, within the range of the replicates
 * @throws {RangeError} if there is no replicate or the confidence is outside (0, 1)
 */
export function bcaInterval({ estimate, replicates, jackknife }: BcaInput, confidence = 0.95): Interval {
  requireCount("number of replicates", replicates.length, 1);
  requireLevel("confidence", confidence);
  const bias = normalQuantile(shareBelow(replicates, estimate));
  const acceleration = jackknifeAcceleration(jackknife);
  const sorted = Float64Array.from(replicates).sort();
  const bound = (p: number): number => {
    const shifted = bias + normalQuantile(p);
    return quantile7OfSorted(sorted, normalCdf(bias + shifted / (1 - acceleration * shifted)));
  };
  return { low: bound((1 - confidence) / 2), high: bound(1 - (1 - confidence) / 2) };
}

/** Share of replicates below the estimate, kept away from 0 and 1, where the bias correction would be infinite. */
function shareBelow(replicates: ArrayLike<number>, estimate: number): number {
  const size = replicates.length;
  let below = 0;
  for (let i = 0; i < size; i++) {
    const value = numberAt(replicates, i);
    below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  }
  return Math.min(Math.max(below / size, 1 / (size + 1)), size / (size + 1));
}

function jackknifeAcceleration(jackknife: ArrayLike<number>): number {
  const centre = mean(jackknife);
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < jackknife.length; i++) {
    const off = centre - numberAt(jackknife, i);
    squares += off * off;
    cubes += off * off * off;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** A statistic of a sample that may contain the same observation several times. */
export type Statistic = (sample: Float64Array) => number;

/**
 * BCa interval of any statistic of independent values, by seeded resampling. For clustered data
 * pass one value per cluster.
 *
 * @param values at least two
 * @param options seed: any text, the same seed gives the same interval; resamples: at least 1
 * @throws {RangeError} if there are fewer than two values
 */
export function bcaBootstrap(
  values: ArrayLike<number>,
  options: {
    readonly seed: string;
    readonly statistic?: Statistic;
    readonly resamples?: number;
    readonly confidence?: number;
  },
): Interval {
  const { seed, statistic = mean, resamples = 2000, confidence = 0.95 } = options;
  requireCount("number of values", values.length, 2);
  requireCount("resamples", resamples, 1);
  const sample = Float64Array.from(values);
  const random = seededRandom(seed);
  const resample = new Float64Array(sample.length);
  const replicates = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < resample.length; i++) {
      resample[i] = numberAt(sample, Math.floor(random() * sample.length));
    }
    return statistic(resample);
  });
  const estimate = statistic(sample);
  return bcaInterval({ estimate, replicates, jackknife: leaveOneOut(sample, statistic) }, confidence);
}

function leaveOneOut(sample: Float64Array, statistic: Statistic): Float64Array {
  return Float64Array.from(sample, (_, left) => statistic(sample.filter((_value, i) => i !== left)));
}

/** Maximum sample size. For larger samples the n^n resamples would be too many; use {@link bcaBootstrap}. */
export const BCA_EXHAUSTIVE_MAX_SIZE = 7;

/**
 * BCa interval of the mean from all n^n resamples, without randomness.
 *
 * @param values 2 to 7 of them
 * @param confidence two-sided, in (0, 1)
 * @throws {RangeError} if there are fewer than 2 or more than 7 values
 */
export function bcaExhaustive(values: ArrayLike<number>, confidence = 0.95): Interval {
  const size = values.length;
  if (size < 2 || size > BCA_EXHAUSTIVE_MAX_SIZE) {
    throw new RangeError(`number of values must be in [2, ${BCA_EXHAUSTIVE_MAX_SIZE}], not ${size}`);
  }
  const sample = Float64Array.from(values);
  const replicates = Float64Array.from({ length: size ** size }, (_, code) => {
    let sum = 0;
    for (let i = 0, rest = code; i < size; i++, rest = Math.floor(rest / size)) {
      sum += numberAt(sample, rest % size);
    }
    return roundTo12(sum / size);
  });
  const estimate = roundTo12(mean(sample));
  return bcaInterval({ estimate, replicates, jackknife: leaveOneOut(sample, mean) }, confidence);
}

/** Rounds away summation errors: equal means must count as a tie, whatever the order in which they were summed. */
function roundTo12(value: number): number {
  return Math.round(value * 1e12) / 1e12;
}
