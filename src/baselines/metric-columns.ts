import { flippedKind } from "../domain/flip-metric.ts";
import { itemAt } from "../domain/item-at.ts";
import type { ClusterMoments } from "../statistics/cluster-mean.ts";
import type { Pairing } from "./pair-cases.ts";
import { hasOwnScorers, passBasis, type Side, type SideFlips, type SideScores } from "./side.ts";

/** A metric of both sides over the paired cases: count, sum and sum of squares of its values by case. */
export interface MetricColumns {
  readonly base: ClusterMoments;
  readonly candidate: ClusterMoments;
  /** Whether all values are 0 or 1, so that the exact test applies. */
  readonly binary: boolean;
  /** Whether an optional scorer could not score some answers of the candidate, so that their scores are unknown. */
  readonly anyUnscored: boolean;
}

/**
 * The columns of a metric over the pairs; null when the two sides do not measure the same thing (another scorer or
 * simulated user). For a metric where low is better, the columns contain its complement: a drop is always worse.
 *
 * @param metric pass_rate, score.<name> or flip_rate.<kind>
 */
export function metricColumns(
  metric: string,
  base: Side,
  candidate: Side,
  pairs: Pairing,
): MetricColumns | null {
  if (haveDifferentPersons(base, candidate)) return null;
  if (metric === "pass_rate" || metric.startsWith("pass^")) {
    // If cases name their scorers, only cases with the same scorers are paired.
    const own = hasOwnScorers(base) || hasOwnScorers(candidate);
    if (!own && passBasis(base) !== passBasis(candidate)) return null;
    return {
      base: passColumns(base, pairs.base),
      candidate: passColumns(candidate, pairs.candidate),
      binary: true,
      anyUnscored: false,
    };
  }
  const kind = flippedKind(metric);
  if (kind !== undefined) return flipColumns(kind, base, candidate, pairs);
  const name = metric.slice("score.".length);
  const before = base.scores.get(name);
  const after = candidate.scores.get(name);
  if (before === undefined || after === undefined || before.hash !== after.hash) return null;
  return {
    ...scoredOnBoth(before, after, pairs),
    binary: before.binary && after.binary,
    anyUnscored: pairs.candidate.some(
      (index) =>
        !((after.exempt?.[index] ?? 0) > 0) && itemAt(after.count, index) < itemAt(candidate.answered, index),
    ),
  };
}

/** With another simulated user the conversations differ, so the comparison says nothing about the target. */
function haveDifferentPersons(base: Side, candidate: Side): boolean {
  if (base.playedBy === undefined || candidate.playedBy === undefined) return false;
  return base.playedBy !== candidate.playedBy;
}

/**
 * Counts of variants that did not flip, for cases with variants on both sides; null when a side was not tested
 * with this kind of pressure.
 */
function flipColumns(kind: string, base: Side, candidate: Side, pairs: Pairing): MetricColumns | null {
  const before = base.flips?.get(kind);
  const after = candidate.flips?.get(kind);
  const own = hasOwnScorers(base) || hasOwnScorers(candidate);
  if (before === undefined || after === undefined) return null;
  if (!own && passBasis(base) !== passBasis(candidate)) return null;
  const kept: number[] = [];
  for (let i = 0; i < pairs.base.length; i++)
    if (
      itemAt(before.tried, itemAt(pairs.base, i)) > 0 &&
      itemAt(after.tried, itemAt(pairs.candidate, i)) > 0
    )
      kept.push(i);
  const held = ({ tried, flipped }: SideFlips, indexes: Int32Array): ClusterMoments => {
    const count = Float64Array.from(kept, (i) => itemAt(tried, itemAt(indexes, i)));
    const sum = Float64Array.from(kept, (i, at) => itemAt(count, at) - itemAt(flipped, itemAt(indexes, i)));
    return { count, sum, sumOfSquares: sum };
  };
  return {
    base: held(before, pairs.base),
    candidate: held(after, pairs.candidate),
    binary: true,
    anyUnscored: false,
  };
}

function passColumns(side: Side, indexes: Int32Array): ClusterMoments {
  const count = Float64Array.from(indexes, (index) => itemAt(side.answered, index));
  const sum = Float64Array.from(indexes, (index) => itemAt(side.passed, index));
  return { count, sum, sumOfSquares: sum };
}

/** Count, sum and sum of squares of a score by case, over the cases that its scorer could score on both sides. */
function scoredOnBoth(before: SideScores, after: SideScores, pairs: Pairing) {
  const kept: number[] = [];
  for (let i = 0; i < pairs.base.length; i++) {
    if (
      itemAt(before.count, itemAt(pairs.base, i)) > 0 &&
      itemAt(after.count, itemAt(pairs.candidate, i)) > 0
    )
      kept.push(i);
  }
  const columns = (scores: SideScores, indexes: Int32Array): ClusterMoments => {
    const pick = (column: ArrayLike<number>) =>
      Float64Array.from(kept, (i) => itemAt(column, itemAt(indexes, i)));
    return { count: pick(scores.count), sum: pick(scores.sum), sumOfSquares: pick(scores.sumOfSquares) };
  };
  return { base: columns(before, pairs.base), candidate: columns(after, pairs.candidate) };
}

/** Macro mean: the mean over cases of each case's mean. */
export const macroMean = ({ count, sum }: ClusterMoments): number => {
  let total = 0;
  for (let i = 0; i < count.length; i++) total += itemAt(sum, i) / itemAt(count, i);
  return total / count.length;
};
