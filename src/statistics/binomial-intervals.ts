import { requireCount, requireLevel, requirePart } from "./argument-checks.ts";
import { betaQuantile } from "./beta-distribution.ts";
import type { Interval } from "./interval.ts";

/**
 * Clopper–Pearson interval: its coverage is never below the confidence level, so it is wide. With 0 successes among
 * n, the one-sided 95 % upper end is 1 - 0.05^(1/n), about 3/n.
 *
 * @param successes an integer in [0, size]
 * @param size independent draws, at least 1
 * @param confidence two-sided, in (0, 1)
 * @returns bounds in [0, 1]
 * @throws {RangeError} if the counts cannot belong together
 */
export function clopperPearson(successes: number, size: number, confidence = 0.95): Interval {
  requireBinomial(successes, size, confidence);
  const tail = (1 - confidence) / 2;
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, size - successes + 1),
    high: successes === size ? 1 : betaQuantile(1 - tail, successes + 1, size - successes),
  };
}

/**
 * Equal-tailed interval of the posterior Beta(c + ½, n - c + ½) under Jeffreys' prior.
 *
 * With no success (or no failure) the interval does not contain 0 (or 1); like the usual implementations, this
 * function returns the plain quantiles.
 *
 * @param successes an integer in [0, size]
 * @param size independent draws, at least 1
 * @param confidence two-sided, in (0, 1)
 * @returns bounds in (0, 1)
 * @throws {RangeError} if the counts cannot belong together
 */
export function jeffreys(successes: number, size: number, confidence = 0.95): Interval {
  requireBinomial(successes, size, confidence);
  const tail = (1 - confidence) / 2;
  const a = successes + 0.5;
  const b = size - successes + 0.5;
  return { low: betaQuantile(tail, a, b), high: betaQuantile(1 - tail, a, b) };
}

function requireBinomial(successes: number, size: number, confidence: number): void {
  requireCount("size", size, 1);
  requirePart("successes", successes, size);
  requireLevel("confidence", confidence);
}
