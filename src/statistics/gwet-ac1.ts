import { type Agreement, type TableShares, tableShares } from "./agreement-table.ts";
import { requireCount } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";

/**
 * Gwet's agreement coefficient AC1 of two raters. Unlike kappa, it stays meaningful when almost all units are in one
 * category. The standard error is that of Gwet (2008) for a sample of units, without finite-population correction.
 *
 * @param table square counts, one rater in rows, the other in columns; at least 2 units in total
 * @throws {RangeError} if the table is not a square of counts or has fewer than 2 units
 */
export function gwetAc1(table: readonly (readonly number[])[]): Agreement {
  const shares = tableShares(table);
  requireCount("total", shares.total, 2);
  const use = shares.rows.map((row, i) => (row + numberAt(shares.columns, i)) / 2);
  const observed = shares.cells.reduce((sum, row, i) => sum + numberAt(row, i), 0);
  const chance = use.reduce((sum, share) => sum + share * (1 - share), 0) / (shares.size - 1);
  const estimate = (observed - chance) / (1 - chance);
  const squares = unitSquares(shares, use, chance, estimate);
  return { estimate, standardError: Math.sqrt(squares / (shares.total - 1)) };
}

/** Mean squared difference between a unit's own agreement and the estimate. */
function unitSquares(
  { size, cells }: TableShares,
  use: readonly number[],
  chance: number,
  estimate: number,
): number {
  let sum = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const unitChance = (1 - (numberAt(use, i) + numberAt(use, j)) / 2) / (size - 1);
      const agreed = ((i === j ? 1 : 0) - chance) / (1 - chance);
      const unit = agreed - (2 * (1 - estimate) * (unitChance - chance)) / (1 - chance);
      sum += (cells[i]?.[j] ?? 0) * (unit - estimate) ** 2;
    }
  }
  return sum;
}
