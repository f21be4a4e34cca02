import { type Agreement, type TableShares, tableShares } from "./agreement-table.ts";
import { numberAt } from "./number-at.ts";

/** Partial credit for near misses between ordered categories: none, decreasing with the distance, or with its square. */
export type KappaWeights = "none" | "linear" | "quadratic";

/** Generous upper bound of a sum's relative rounding error. */
const ROUNDING = 1e-12;

/**
 * Cohen's kappa with the standard error of Fleiss, Cohen & Everitt (1969).
 *
 * @param table square counts, one rater in rows, the other in columns
 * @param weights "none" for unordered categories
 * @returns null if chance agreement is 1 (both raters used a single category)
 * @throws {RangeError} if the table is not a square of counts
 */
export function cohenKappa(
  table: readonly (readonly number[])[],
  weights: KappaWeights = "none",
): Agreement | null {
  const shares = tableShares(table);
  const weight = (i: number, j: number): number => agreementWeight(i, j, shares.size, weights);
  const observed = weightedSum(shares, (i, j) => weight(i, j) * (shares.cells[i]?.[j] ?? 0));
  const chance = weightedSum(
    shares,
    (i, j) => weight(i, j) * numberAt(shares.rows, i) * numberAt(shares.columns, j),
  );
  if (chance >= 1) return null;
  const estimate = (observed - chance) / (1 - chance);
  const byRow = shares.rows.map((_, i) => dot(shares.columns, (j) => weight(i, j)));
  const byColumn = shares.columns.map((_, j) => dot(shares.rows, (i) => weight(i, j)));
  const spread = weightedSum(shares, (i, j) => {
    const off = weight(i, j) - (numberAt(byRow, i) + numberAt(byColumn, j)) * (1 - estimate);
    return (shares.cells[i]?.[j] ?? 0) * off * off;
  });
  const difference = spread - (estimate - chance * (1 - estimate)) ** 2;
  // When the two terms are equal, the difference is only rounding error.
  const variance = difference > ROUNDING * spread ? difference : 0;
  return { estimate, standardError: Math.sqrt(variance / shares.total) / (1 - chance) };
}

function agreementWeight(i: number, j: number, size: number, weights: KappaWeights): number {
  if (weights === "none") return i === j ? 1 : 0;
  const distance = Math.abs(i - j) / (size - 1);
  return 1 - (weights === "linear" ? distance : distance * distance);
}

function weightedSum({ size }: TableShares, term: (i: number, j: number) => number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sum += term(i, j);
  return sum;
}

function dot(shares: readonly number[], weight: (index: number) => number): number {
  return shares.reduce((sum, share, index) => sum + share * weight(index), 0);
}
