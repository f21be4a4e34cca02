import { requireCount } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";

/** An agreement with its standard error, both dimensionless; 1 is perfect, 0 is chance. */
export type Agreement = { readonly estimate: number; readonly standardError: number };

/**
 * Proportions of a square table of counts: of each cell, and of the sums of each row and column. `size` is the number
 * of categories, `total` the sum of all counts.
 */
export type TableShares = {
  readonly size: number;
  readonly total: number;
  readonly cells: readonly (readonly number[])[];
  readonly rows: readonly number[];
  readonly columns: readonly number[];
};

/**
 * The proportions of a square table of counts, one rater in rows, the other in columns.
 *
 * @throws {RangeError} unless the table is square, 2 × 2 or larger, with counts that are not all 0
 */
export function tableShares(table: readonly (readonly number[])[]): TableShares {
  const size = table.length;
  requireCount("number of categories", size, 2);
  let total = 0;
  for (const row of table) {
    if (row.length !== size)
      throw new RangeError(`the table has ${size} rows, but one has ${row.length} counts`);
    for (const count of row) {
      requireCount("cell", count);
      total += count;
    }
  }
  requireCount("total", total, 1);
  const cells = table.map((row) => row.map((count) => count / total));
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  return {
    size,
    total,
    cells,
    rows: cells.map(sum),
    columns: cells.map((_, j) => sum(cells.map((row) => numberAt(row, j)))),
  };
}
