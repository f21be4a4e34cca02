import { requireCount, requirePart, requireProportion } from "./argument-checks.ts";

/** Successes needed for a rate of `threshold` over `total`, rounded up, ignoring rounding errors. */
function successesNeeded(total: number, threshold: number): number {
  return Math.ceil(threshold * total - 1e-9);
}

/**
 * Whether "the share of successes is at least `threshold`" is already decided, so the remaining draws need not run.
 *
 * @param total number of draws planned, at least 1
 * @param threshold in [0, 1]
 * @param seen numbers of successes and failures so far, together at most `total`
 * @returns "pass" or "fail" once no further draw can change it, else null
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
