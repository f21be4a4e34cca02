import { requireCount, requireProportion } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";

/**
 * Probabilities of 0, 1, …, n successes among `n` independent draws.
 *
 * Computed by the ratio of neighbours outward from the mode and then scaled to sum 1, so that no factorial can
 * overflow and every entry keeps about 1e-13 relative precision.
 *
 * @param n draws, an integer of at least 0
 * @param p chance of success in one draw, in [0, 1]
 * @returns n + 1 probabilities
 * @throws {RangeError} on arguments outside those ranges
 */
export function binomialPmfTable(n: number, p: number): Float64Array {
  requireCount("n", n);
  requireProportion("p", p);
  const table = new Float64Array(n + 1);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  table[mode] = 1;
  let total = 1;
  if (p < 1) {
    const odds = p / (1 - p);
    for (let x = mode, value = 1; x < n && value > 0; x++) {
      value *= ((n - x) / (x + 1)) * odds;
      table[x + 1] = value;
      total += value;
    }
  }
  if (p > 0) {
    const odds = (1 - p) / p;
    for (let x = mode, value = 1; x > 0 && value > 0; x--) {
      value *= (x / (n - x + 1)) * odds;
      table[x - 1] = value;
      total += value;
    }
  }
  for (let x = 0; x <= n; x++) table[x] = numberAt(table, x) / total;
  return table;
}

/**
 * Probability of exactly `x` successes among `n` independent draws.
 *
 * @param x an integer; outside [0, n] the probability is 0
 * @throws {RangeError} if `n` is not a count or `p` not in [0, 1]
 */
export function binomialPmf(x: number, n: number, p: number): number {
  return binomialPmfTable(n, p)[x] ?? 0;
}

/**
 * Probability of at most `x` successes among `n` independent draws.
 *
 * @param x an integer, any sign
 * @returns a probability in [0, 1]
 * @throws {RangeError} if `n` is not a count or `p` not in [0, 1]
 */
export function binomialCdf(x: number, n: number, p: number): number {
  if (x < 0) return 0;
  if (x >= n) return 1;
  const table = binomialPmfTable(n, p);
  let sum = 0;
  for (let i = 0; i <= x; i++) sum += numberAt(table, i);
  return Math.min(1, sum);
}
