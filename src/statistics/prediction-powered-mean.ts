import { requireCount, requireLevel, requireSameLength } from "./argument-checks.ts";
import type { Interval } from "./interval.ts";
import { numberAt } from "./number-at.ts";
import { mean, sampleVariance } from "./sample-moments.ts";
import { studentTQuantile } from "./student-t-distribution.ts";

/** True values of a random subset, and predictions for this subset and the rest. */
export type PartlyLabelled = {
  readonly truth: readonly number[];
  /** Predictions for the same units as `truth`, in the same order. */
  readonly predictedLabelled: readonly number[];
  readonly predictedUnlabelled: readonly number[];
};

/** The weight given to the predictions, the mean and its interval. */
export type PredictionPoweredMean = {
  /** Weight of the predictions, in [0, 1]; 0 ignores them. */
  readonly lambda: number;
  readonly estimate: number;
  readonly interval: Interval;
};

/**
 * PPI++ mean: the mean of the true values, corrected by lambda times what the predictions show about the unlabelled
 * rest (Angelopoulos, Duchi & Zrnic, arXiv 2311.01453). The interval uses a t quantile of n - 1 degrees of freedom.
 * Valid if the labelled units are a random sample of all units; use 100 or more.
 *
 * @param confidence two-sided, in (0, 1)
 * @returns in the unit of the values; the interval is not limited to any range
 * @throws {RangeError} if there are fewer than 2 labelled or 2 unlabelled units
 */
export function predictionPoweredMean(sample: PartlyLabelled, confidence = 0.95): PredictionPoweredMean {
  const { truth, predictedLabelled, predictedUnlabelled } = sample;
  requireLevel("confidence", confidence);
  requireSameLength({ truth, predictedLabelled });
  requireCount("labelled units", truth.length, 2);
  requireCount("unlabelled units", predictedUnlabelled.length, 2);
  const lambda = tunedLambda(sample);
  const gap = mean(predictedUnlabelled) - mean(predictedLabelled);
  const estimate = mean(truth) + lambda * gap;
  const residuals = truth.map((value, i) => value - lambda * numberAt(predictedLabelled, i));
  const error = Math.sqrt(
    sampleVariance(residuals) / truth.length +
      (lambda * lambda * sampleVariance(predictedUnlabelled)) / predictedUnlabelled.length,
  );
  const half = studentTQuantile(1 - (1 - confidence) / 2, truth.length - 1) * error;
  return { lambda, estimate, interval: { low: estimate - half, high: estimate + half } };
}

function tunedLambda({ truth, predictedLabelled, predictedUnlabelled }: PartlyLabelled): number {
  const variance = sampleVariance([...predictedLabelled, ...predictedUnlabelled]);
  if (variance === 0) return 0;
  const truthMean = mean(truth);
  const predictedMean = mean(predictedLabelled);
  let products = 0;
  truth.forEach((value, i) => {
    products += (value - truthMean) * (numberAt(predictedLabelled, i) - predictedMean);
  });
  const covariance = products / (truth.length - 1);
  const ratio = truth.length / predictedUnlabelled.length;
  return Math.min(1, Math.max(0, covariance / variance / (1 + ratio)));
}
