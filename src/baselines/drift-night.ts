import type { JudgedAgain } from "../domain/drift.ts";
import { itemAt } from "../domain/item-at.ts";
import { hashJson } from "../domain/json.ts";
import { clusterDifference } from "../statistics/cluster-difference.ts";
import { deviationOf } from "../statistics/drift-chart.ts";
import { stratifiedTest } from "../statistics/stratified-test.ts";
import { type Pairing, pairCases } from "./pair-cases.ts";
import type { Side } from "./side.ts";

/**
 * Minimum share of the baseline's cases that must be answered. With fewer, a change could come from the missing cases
 * alone.
 */
const LEAST_ANSWERED = 0.5;

/**
 * One run of a drift series, compared with the baseline: the change of the pass rate, and the z value of that change.
 */
export interface Night {
  readonly delta: number;
  readonly z: number;
  /** Standard error of `delta` if nothing has changed since the baseline. */
  readonly error: number;
  /**
   * Share of the variance of `delta` that comes from the baseline, which all runs of the series have in common.
   */
  readonly shared: number;
  /** Number of compared cases. */
  readonly cases: number;
  /** Number of compared trials of the run. */
  readonly trials: number;
}

/**
 * Identifies a drift series by the baseline with which all runs of the series are compared: a hash of the baseline's
 * suite, cases and counts.
 */
export function seriesOf({ suite, ids, contents, answered, passed }: Side): string {
  return hashJson([suite, [...ids], [...contents], Array.from(answered), Array.from(passed)]);
}

/**
 * Compares a run with the baseline case by case, corrected for the judge's own drift.
 *
 * @param sameKeys use only cases that were asked and scored like the baseline's; false for answers that were
 * made elsewhere, for which this is unknown
 * @returns null when less than half of the baseline's cases can be paired
 */
export function driftNight(
  base: Side,
  candidate: Side,
  { sameKeys, judge }: { readonly sameKeys: boolean; readonly judge?: JudgedAgain | undefined },
): Night | null {
  const pairs = pairCases(base, candidate, true);
  const indexes = Array.from(pairs.base.keys()).filter(
    (i) => !sameKeys || base.keys?.[itemAt(pairs.base, i)] === candidate.keys?.[itemAt(pairs.candidate, i)],
  );
  if (indexes.length === 0 || indexes.length < LEAST_ANSWERED * base.ids.length) return null;
  const columns = columnsOf(base, candidate, pairs, indexes);
  const { theta, sePermutation } = clusterDifference({
    base: moments(columns.m, columns.b),
    candidate: moments(columns.k, columns.x),
  });
  const shared = sharedVariance(columns);
  const cases = indexes.length;
  const trials = columns.k.reduce((sum, one) => sum + one, 0);
  const { p, pRise } = stratifiedTest(columns);
  if (judge === undefined || (judge.delta === 0 && judge.error === 0))
    return {
      delta: theta,
      z: deviationOf({ low: p, high: pRise }),
      error: sePermutation,
      shared,
      cases,
      trials,
    };
  const delta = theta - judge.delta;
  const error = Math.hypot(sePermutation, judge.error);
  return { delta, z: error === 0 ? 0 : delta / error, error, shared, cases, trials };
}

/** Numbers by case: `m` trials and `b` passes of the baseline, `k` trials and `x` passes of the candidate. */
interface Columns {
  readonly m: Int32Array;
  readonly b: Int32Array;
  readonly k: Int32Array;
  readonly x: Int32Array;
}

function columnsOf(base: Side, candidate: Side, pairs: Pairing, indexes: readonly number[]): Columns {
  const take = (column: ArrayLike<number>, at: Int32Array) =>
    Int32Array.from(indexes, (i) => itemAt(column, itemAt(at, i)));
  return {
    m: take(base.answered, pairs.base),
    b: take(base.passed, pairs.base),
    k: take(candidate.answered, pairs.candidate),
    x: take(candidate.passed, pairs.candidate),
  };
}

const moments = (count: Int32Array, sum: Int32Array) => ({ count, sum, sumOfSquares: sum });

/**
 * The baseline's share of the variance of the difference, in [0, 1]. Each case is weighted by the variance of the
 * trials of both sides together. If no case has any variance, only the numbers of trials count.
 */
function sharedVariance({ m, b, k, x }: Columns): number {
  const sums = { base: 0, all: 0, flat: 0, cases: 0 };
  for (let i = 0; i < m.length; i++) {
    const [trials, own] = [itemAt(m, i), itemAt(k, i)];
    const share = (itemAt(b, i) + itemAt(x, i)) / (trials + own);
    const variance = share * (1 - share);
    sums.base += variance / trials;
    sums.all += variance * (1 / trials + 1 / own);
    sums.flat += 1 / trials / (1 / trials + 1 / own);
    sums.cases++;
  }
  return sums.all === 0 ? sums.flat / sums.cases : sums.base / sums.all;
}
