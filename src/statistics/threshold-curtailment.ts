import { requireCount, requirePart, requireProportion } from "./argument-checks.ts";

/**
 * Smallest number of successes among `total` draws with which the success rate is at least `threshold`. Rounding
 * errors do not raise this number.
 */
function successesNeeded(total: number, threshold: number): number {
  return Math.ceil(threshold * total - 1e-9);
}

/**
 * The answer to "is the share of successes at least `threshold`?" once it is certain. Then no further draw is needed.
 *
 * @param total number of draws planned, at least 1
 * @param threshold in [0, 1]
 * @param seen numbers of successes and failures so far, together at most `total`
 * @returns "pass" or "fail" once no further draw can change the answer, else null
 * @throws {RangeError} on counts that cannot belong together
 */
export function thresholdDecided(
  total: number,
  threshold: number,
  seen: { readonly successes: number; readonly failures: number },
): "pass" | "fail" | null {
  requireCount("total", total, 1);
  requireProportion("threshold", threshold);
  requirePart("successes", seen.successes, total);
  requirePart("failures", seen.failures, total - seen.successes);
  const needed = successesNeeded(total, threshold);
  if (seen.successes >= needed) return "pass";
  return seen.failures > total - needed ? "fail" : null;
}
