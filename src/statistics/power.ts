import { requireLevel, requirePositive, requireProportion } from "./argument-checks.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";

/** Assumptions about the data, for planning. */
export type DesignAssumptions = {
  /** Mean success rate, in [0, 1]. */
  readonly rate: number;
  /** Intra-cluster correlation, at most 1. */
  readonly correlation: number;
  /** Number of candidate trials per cluster, above 0. */
  readonly candidateTrials: number;
  /** Number of base trials per cluster, above 0. */
  readonly baseTrials: number;
  /** Standard deviation of the true effect between clusters; 0 (default) limits the claim to these clusters. */
  readonly effectDeviation?: number;
};

/** A test level and, when sizes are computed, the power. */
export type PowerLevels = { readonly alpha?: number; readonly power?: number };

/**
 * Variance of one cluster's difference: σ² + rate(1 - rate)(1 - correlation)(1/k + 1/m), where σ is
 * `effectDeviation`, and k and m are the trials of the candidate and the base.
 *
 * @returns squared score points, at least 0
 * @throws {RangeError} on arguments outside their ranges
 */
export function differenceVariance(design: DesignAssumptions): number {
  const { rate, correlation, candidateTrials, baseTrials, effectDeviation = 0 } = design;
  requireProportion("rate", rate);
  requirePositive("candidateTrials", candidateTrials);
  requirePositive("baseTrials", baseTrials);
  if (!(correlation <= 1)) throw new RangeError(`correlation must be at most 1, not ${correlation}`);
  const within = rate * (1 - rate) * (1 - correlation);
  return effectDeviation ** 2 + within * (1 / candidateTrials + 1 / baseTrials);
}

/**
 * Power of a one-sided test at `alpha` to detect a drop: Φ(drop/√(V/n) - z), with V the variance and n the clusters.
 *
 * @param clusters number of clusters compared, above 0
 * @param drop true drop in score points, above 0
 * @param variance of one cluster's difference, at least 0
 * @returns a probability in [0, 1]
 * @throws {RangeError} on arguments outside those ranges
 */
export function powerToDetect(
  clusters: number,
  drop: number,
  variance: number,
  { alpha = 0.05 }: PowerLevels = {},
): number {
  requirePositive("clusters", clusters);
  requirePositive("drop", drop);
  requireVariance(variance);
  requireLevel("alpha", alpha);
  return normalCdf(drop / Math.sqrt(variance / clusters) + normalQuantile(alpha));
}

/**
 * Smallest drop that is detected with the given power: (z_alpha + z_power)√(V/n), with V the variance and n the
 * clusters; 2.486√(V/n) at an alpha of 5 % and a power of 80 %.
 *
 * @param clusters number of clusters compared, above 0
 * @param variance of one cluster's difference, at least 0
 * @returns score points, at least 0
 * @throws {RangeError} on arguments outside those ranges
 */
export function minimumDetectableEffect(
  clusters: number,
  variance: number,
  levels: PowerLevels = {},
): number {
  requirePositive("clusters", clusters);
  requireVariance(variance);
  return quantileSum(levels) * Math.sqrt(variance / clusters);
}

/**
 * Number of clusters needed to detect a drop with the given power, rounded up.
 *
 * @param drop in score points, above 0
 * @param variance of one cluster's difference, at least 0
 * @returns an integer of at least 0
 * @throws {RangeError} on arguments outside those ranges
 */
export function clustersNeeded(drop: number, variance: number, levels: PowerLevels = {}): number {
  requirePositive("drop", drop);
  requireVariance(variance);
  return Math.max(0, Math.ceil(variance * (quantileSum(levels) / drop) ** 2 - 1e-9));
}

function quantileSum({ alpha = 0.05, power = 0.8 }: PowerLevels): number {
  requireLevel("alpha", alpha);
  requireLevel("power", power);
  return normalQuantile(power) - normalQuantile(alpha);
}

function requireVariance(variance: number): void {
  if (!(variance >= 0)) throw new RangeError(`variance must be at least 0, not ${variance}`);
}
