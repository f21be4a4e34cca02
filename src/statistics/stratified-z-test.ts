import { numberAt } from "./number-at.ts";
import { checkedStrata, type Strata } from "./strata-columns.ts";

/**
 * Cochran–Mantel–Haenszel z: the candidate's total of successes minus its permutation mean, divided by its
 * permutation standard deviation. It approximates the exact stratified test and, like that test, weights strata by
 * size.
 *
 * @param strata counts of both sides
 * @returns standard deviations, negative for a drop; 0 if no stratum is informative
 * @throws {RangeError} if counts cannot belong together
 */
export function cmhZ(strata: Strata): number {
  const { excess, variance } = cmhMoments(strata);
  return variance === 0 ? 0 : excess / Math.sqrt(variance);
}

/**
 * Numerator and squared denominator of {@link cmhZ}, in successes and squared successes.
 *
 * @throws {RangeError} if counts cannot belong together
 */
export function cmhMoments(strata: Strata): { readonly excess: number; readonly variance: number } {
  const { size, m, b, k, x } = checkedStrata(strata);
  let excess = 0;
  let variance = 0;
  for (let i = 0; i < size; i++) {
    const base = numberAt(m, i);
    const candidate = numberAt(k, i);
    const population = base + candidate;
    const marked = numberAt(b, i) + numberAt(x, i);
    if (marked === 0 || marked === population || base === 0 || candidate === 0) continue;
    excess += numberAt(x, i) - (candidate * marked) / population;
    variance +=
      (candidate * base * marked * (population - marked)) / (population * population * (population - 1));
  }
  return { excess, variance };
}

/**
 * Permutation z of the mean difference of rates, with equal weight for every stratum: Σ d / √Σ V with d = x/k - b/m
 * and V = s(N - s) / (k m (N - 1)), N = k + m and s = x + b. Use it for strata of unequal size: the exact test of the
 * total would weight them by size.
 *
 * @param strata counts of both sides; strata with an empty side are left out
 * @returns standard deviations, negative for a drop; 0 if no stratum is informative
 * @throws {RangeError} if counts cannot belong together
 */
export function macroZ(strata: Strata): number {
  const { size, m, b, k, x } = checkedStrata(strata);
  let difference = 0;
  let variance = 0;
  for (let i = 0; i < size; i++) {
    const base = numberAt(m, i);
    const candidate = numberAt(k, i);
    const population = base + candidate;
    const marked = numberAt(b, i) + numberAt(x, i);
    if (marked === 0 || marked === population || base === 0 || candidate === 0) continue;
    difference += numberAt(x, i) / candidate - numberAt(b, i) / base;
    variance += (marked * (population - marked)) / (candidate * base * (population - 1));
  }
  return variance === 0 ? 0 : difference / Math.sqrt(variance);
}
