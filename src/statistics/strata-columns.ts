import { requireSameLength } from "./argument-checks.ts";

/**
 * Successes of two sides within one stratum: `b` of `m` on the base side, `x` of `k` on the candidate side. A side
 * may be empty; such a stratum carries no information about a difference.
 */
export type Stratum = { readonly m: number; readonly b: number; readonly k: number; readonly x: number };

/** Strata as parallel columns, one entry per stratum. With 50,000 strata, this saves 50,000 objects. */
export type StrataColumns = {
  readonly m: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  readonly k: ArrayLike<number>;
  readonly x: ArrayLike<number>;
};

/** Strata in either form, as objects or as columns. Every function on strata takes both forms. */
export type Strata = readonly Stratum[] | StrataColumns;

/** Columns whose counts have been checked for consistency. */
export type CheckedStrata = {
  readonly size: number;
  readonly m: Int32Array;
  readonly b: Int32Array;
  readonly k: Int32Array;
  readonly x: Int32Array;
};

/**
 * Converts strata in either form to checked typed columns, in the order given.
 *
 * @returns new columns, or the given columns if they are Int32Arrays already; do not write to them
 * @throws {RangeError} unless all counts are whole numbers with 0 <= b <= m and 0 <= x <= k
 */
export function checkedStrata(strata: Strata): CheckedStrata {
  const columns = isObjects(strata) ? columnsOf(strata) : typedColumns(strata);
  const { m, b, k, x, size } = columns;
  for (let i = 0; i < size; i++) {
    if (!isPart(b[i] ?? -1, m[i] ?? -1) || !isPart(x[i] ?? -1, k[i] ?? -1)) {
      throw new RangeError(
        `stratum ${i} must have 0 <= b <= m and 0 <= x <= k, not ` +
          `m=${m[i]}, b=${b[i]}, k=${k[i]}, x=${x[i]}`,
      );
    }
  }
  return columns;
}

function isObjects(strata: Strata): strata is readonly Stratum[] {
  return Array.isArray(strata);
}

function isPart(part: number, whole: number): boolean {
  return part >= 0 && part <= whole;
}

function columnsOf(strata: readonly Stratum[]): CheckedStrata {
  return typedColumns({
    m: strata.map((stratum) => stratum.m),
    b: strata.map((stratum) => stratum.b),
    k: strata.map((stratum) => stratum.k),
    x: strata.map((stratum) => stratum.x),
  });
}

function typedColumns({ m, b, k, x }: StrataColumns): CheckedStrata {
  requireSameLength({ m, b, k, x });
  return { size: m.length, m: wholeNumbers(m), b: wholeNumbers(b), k: wholeNumbers(k), x: wholeNumbers(x) };
}

function wholeNumbers(column: ArrayLike<number>): Int32Array {
  if (column instanceof Int32Array) return column;
  const typed = Int32Array.from(column);
  for (let i = 0; i < typed.length; i++) {
    if (typed[i] !== column[i]) throw new RangeError(`counts must be whole numbers, not ${column[i]}`);
  }
  return typed;
}
