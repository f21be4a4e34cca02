import { requireCount, requireLevel, requirePart, requireProportion } from "./argument-checks.ts";
import type { Interval } from "./interval.ts";
import { normalQuantile } from "./normal-distribution.ts";

/** A rate measured by an imperfect rater, and the rater's results on units with known truth. */
export type RatedSample = {
  /** Share of the units that the rater rated positive, in [0, 1]. */
  readonly rawRate: number;
  /** Number of units rated, at least 1. */
  readonly rated: number;
  /** Number of truly positive units that the rater rated positive. */
  readonly truePositives: number;
  /** Number of truly positive units with known truth, at least 1. */
  readonly positives: number;
  /** Number of truly negative units that the rater rated negative. */
  readonly trueNegatives: number;
  /** Number of truly negative units with known truth, at least 1. */
  readonly negatives: number;
};

/** If sensitivity + specificity - 1 is below this, the rater is too unreliable for a correction. */
export const ROGAN_GLADEN_LEAST_YOUDEN = 0.2;

/**
 * Rate corrected for the rater's errors, (raw + specificity - 1) / (sensitivity + specificity - 1), limited to
 * [0, 1] (Rogan & Gladen 1978), with a Lang–Reiczigel interval. The interval smooths counts by +1 and +2, so it
 * might not contain the plain estimate.
 *
 * @param confidence two-sided, in (0, 1)
 * @returns proportions in [0, 1]; null if sensitivity + specificity - 1 < 0.2
 * @throws {RangeError} on counts that cannot belong together
 */
export function roganGladen(
  sample: RatedSample,
  confidence = 0.95,
): { readonly estimate: number; readonly interval: Interval } | null {
  requireSample(sample);
  requireLevel("confidence", confidence);
  const sensitivity = sample.truePositives / sample.positives;
  const specificity = sample.trueNegatives / sample.negatives;
  const youden = sensitivity + specificity - 1;
  if (youden < ROGAN_GLADEN_LEAST_YOUDEN) return null;
  const estimate = held((sample.rawRate + specificity - 1) / youden);
  return { estimate, interval: smoothedInterval(sample, -normalQuantile((1 - confidence) / 2)) };
}

function smoothedInterval(sample: RatedSample, z: number): Interval {
  const sensitivity = (sample.truePositives + 1) / (sample.positives + 2);
  const specificity = (sample.trueNegatives + 1) / (sample.negatives + 2);
  const raw = (sample.rawRate * sample.rated + 1) / (sample.rated + 2);
  const youden = sensitivity + specificity - 1;
  const rate = (raw + specificity - 1) / youden;
  const variance =
    (raw * (1 - raw)) / (sample.rated + 2) +
    ((1 - rate) ** 2 * specificity * (1 - specificity)) / (sample.negatives + 2) +
    (rate ** 2 * sensitivity * (1 - sensitivity)) / (sample.positives + 2);
  const half = (z * Math.sqrt(variance)) / youden;
  return { low: held(rate - half), high: held(rate + half) };
}

function held(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function requireSample(sample: RatedSample): void {
  requireProportion("rawRate", sample.rawRate);
  requireCount("rated", sample.rated, 1);
  requireCount("positives", sample.positives, 1);
  requireCount("negatives", sample.negatives, 1);
  requirePart("truePositives", sample.truePositives, sample.positives);
  requirePart("trueNegatives", sample.trueNegatives, sample.negatives);
}
