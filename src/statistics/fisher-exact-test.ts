import { requirePart } from "./argument-checks.ts";
import { hypergeometricTable } from "./hypergeometric-distribution.ts";
import { numberAt } from "./number-at.ts";
import type { Stratum } from "./strata-columns.ts";

/**
 * Fisher's exact test of one stratum for a drop: P(X <= x) given the total successes of both sides.
 *
 * @param stratum b of m succeeded on the base side, x of k on the candidate side
 * @returns a p-value in (0, 1]
 * @throws {RangeError} if the counts cannot belong together
 */
export function fisherLess({ m, b, k, x }: Stratum): number {
  requirePart("b", b, m);
  requirePart("x", x, k);
  const { lowest, probabilities } = hypergeometricTable(m + k, b + x, k);
  let sum = 0;
  for (let i = 0; i <= x - lowest; i++) sum += numberAt(probabilities, i);
  return Math.min(1, sum);
}

/**
 * Fisher's exact test of one stratum for a rise: P(X >= x).
 *
 * @returns a p-value in (0, 1]
 * @throws {RangeError} if the counts cannot belong together
 */
export function fisherGreater({ m, b, k, x }: Stratum): number {
  return fisherLess({ m: k, b: x, k: m, x: b });
}
