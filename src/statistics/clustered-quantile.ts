import { requireSameLength } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";
import { quantile7OfSorted, quantileCiRanks } from "./quantile.ts";
import { effectiveClusterSize } from "./wilson-interval.ts";

/** A quantile with its bounds, in the unit of the values; null where the sample is too small for a bound. */
export interface QuantileInterval {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Quantiles of clustered values, with intervals from order statistics. Values of one cluster are correlated, so the
 * ranks are those of an effective sample size: the number of independent values that would estimate the share below
 * the quantile equally well (see {@link effectiveClusterSize}). With one value per cluster this is the sample size,
 * and the ranks are those of {@link quantileCiRanks}.
 *
 * @param values at least one
 * @param clusters cluster of each value: whole numbers from 0
 * @param levels in (0, 1)
 * @throws {RangeError} if there is no value, the columns differ in length or a level is outside (0, 1)
 */
export function clusteredQuantiles(
  values: ArrayLike<number>,
  clusters: ArrayLike<number>,
  levels: readonly number[],
  confidence = 0.95,
): QuantileInterval[] {
  requireSameLength({ values, clusters } as Record<string, ArrayLike<number>>);
  const sorted = Float64Array.from(values).sort();
  const repeats = countEach(clusters);
  return levels.map((q) => {
    const value = quantile7OfSorted(sorted, q);
    const size = repeats.largest === 1 ? sorted.length : sizeAt(value, values, clusters, repeats.count);
    const ranks = quantileCiRanks(size, q, confidence);
    const stretch = sorted.length / size;
    const at = (rank: number): number | null =>
      sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] ?? null;
    return {
      value,
      low: ranks.low === null ? null : at(Math.floor(ranks.low * stretch)),
      high: ranks.high === null ? null : at(Math.ceil(ranks.high * stretch)),
    };
  });
}

function countEach(clusters: ArrayLike<number>): { readonly count: Float64Array; readonly largest: number } {
  let last = -1;
  for (let i = 0; i < clusters.length; i++) last = Math.max(last, numberAt(clusters, i));
  const count = new Float64Array(last + 1);
  for (let i = 0; i < clusters.length; i++)
    count[numberAt(clusters, i)] = numberAt(count, numberAt(clusters, i)) + 1;
  return { count, largest: count.reduce((a, b) => Math.max(a, b), 0) };
}

/** The number of independent values that would estimate the share at or below `value` equally well. */
function sizeAt(
  value: number,
  values: ArrayLike<number>,
  clusters: ArrayLike<number>,
  counts: Float64Array,
): number {
  const below = new Float64Array(counts.length);
  for (let i = 0; i < values.length; i++)
    if (numberAt(values, i) <= value)
      below[numberAt(clusters, i)] = numberAt(below, numberAt(clusters, i)) + 1;
  const measured = Array.from(counts.keys()).filter((one) => numberAt(counts, one) > 0);
  const { size } = effectiveClusterSize({
    count: measured.map((one) => numberAt(counts, one)),
    sum: measured.map((one) => numberAt(below, one)),
  });
  return Math.max(1, Math.round(size));
}
