import { requireSameLength } from "./argument-checks.ts";
import { normalUpperTail } from "./normal-distribution.ts";
import { numberAt } from "./number-at.ts";

/** The rank correlation of two columns within strata. */
export type RankTrend = {
  /** Correlation of ranks within strata, in [-1, 1]. */
  readonly correlation: number;
  /** Two-sided p-value by the normal approximation of the permutation distribution; in [0, 1]. */
  readonly p: number;
};

/**
 * Spearman's rank correlation pooled over strata, with a test of the hypothesis that within each stratum all pairings
 * of the two columns are equally likely. If one column has two values, it is van Elteren's test. Ties share their
 * mean rank.
 *
 * @param strata any key for each entry; entries are compared only within their stratum
 * @returns null when there is no stratum in which both columns vary
 * @throws {RangeError} if the columns differ in length
 */
export function rankTrend(
  x: readonly number[],
  y: readonly number[],
  strata: readonly (string | number)[],
): RankTrend | null {
  requireSameLength({ x, y, strata });
  const groups = new Map<string | number, number[]>();
  strata.forEach((key, i) => {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  });
  const total = { products: 0, x: 0, y: 0, variance: 0 };
  for (const indexes of groups.values()) {
    if (indexes.length < 2) continue;
    const a = centredRanks(indexes.map((i) => numberAt(x, i)));
    const b = centredRanks(indexes.map((i) => numberAt(y, i)));
    // The scale keeps a large stratum from getting more weight than its size justifies.
    const scale = 1 / (indexes.length + 1);
    let products = 0;
    for (let i = 0; i < a.length; i++) products += numberAt(a, i) * numberAt(b, i);
    const squaresX = sumOfSquares(a);
    const squaresY = sumOfSquares(b);
    total.products += products * scale;
    total.x += squaresX * scale;
    total.y += squaresY * scale;
    total.variance += (squaresX * squaresY * scale * scale) / (indexes.length - 1);
  }
  if (!(total.variance > 0)) return null;
  const z = Math.abs(total.products) / Math.sqrt(total.variance);
  return {
    correlation: total.products / Math.sqrt(total.x * total.y),
    p: Math.min(1, 2 * normalUpperTail(z)),
  };
}

/** Ranks from 1 minus the mean rank; ties share their mean. */
function centredRanks(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((i, j) => numberAt(values, i) - numberAt(values, j));
  const ranks = new Float64Array(values.length);
  const middle = (values.length + 1) / 2;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[numberAt(order, end)] === values[numberAt(order, start)]) end++;
    const rank = (start + 1 + end) / 2 - middle;
    for (let k = start; k < end; k++) ranks[numberAt(order, k)] = rank;
    start = end;
  }
  return ranks;
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
