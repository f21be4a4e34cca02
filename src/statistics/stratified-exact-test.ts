import { hypergeometricTable } from "./hypergeometric-distribution.ts";
import { numberAt } from "./number-at.ts";
import { type CheckedStrata, checkedStrata, type Strata } from "./strata-columns.ts";
import { convolveCopies, foldIntoTwo, type SumLaw, sumTails, TRIMMED_TAIL } from "./trimmed-convolution.ts";

/**
 * One-sided p-values of the exact conditional test. `drop` tests whether the candidate has too few successes, `rise`
 * whether it has too many. These plain p-values are P(X <= x) and P(X >= x), and never reject too often. The mid-p
 * values subtract half of P(X = x), and are exact on average.
 */
export type ExactStratifiedResult = {
  readonly drop: number;
  readonly rise: number;
  readonly dropMidP: number;
  readonly riseMidP: number;
  /** P(X = x): the probability of exactly the observed successes. */
  readonly point: number;
  /** Number of strata with more than one possible result; when it is 0, every p-value is 1 (mid-p: 0.5). */
  readonly informative: number;
};

/** The counts of equal strata, and how many of these strata there are. */
type Group = {
  readonly population: number;
  readonly marked: number;
  readonly drawn: number;
  count: number;
};

/**
 * Exact conditional test that two sides are exchangeable within every stratum (Birch 1964; exact Mantel–Haenszel;
 * exact McNemar when m = k = 1).
 *
 * Given the total successes of both sides, the candidate's successes are hypergeometric in each stratum. Their sum is
 * compared with its exact distribution. Distributions of equal strata are raised to a power by squaring, others are
 * convolved in order of width. Tails below 1e-18 are cut, so the absolute error stays below 1e-12. The sum weights a
 * stratum by its size: with very unequal `k` use {@link macroZ}.
 *
 * @param strata counts of both sides; an empty list gives p = 1
 * @param trim probability that may be cut at each end of an intermediate distribution; 0 cuts nothing
 * @throws {RangeError} if counts cannot belong together
 */
export function exactStratifiedTest(strata: Strata, trim = TRIMMED_TAIL): ExactStratifiedResult {
  const { groups, observed, informative } = groupStrata(checkedStrata(strata));
  const laws = groups.map((group) => convolveCopies(groupLaw(group), group.count, trim));
  const { below, at, above } = sumTails(...foldIntoTwo(laws, trim), observed);
  return {
    drop: Math.min(1, below + at),
    rise: Math.min(1, above + at),
    dropMidP: Math.min(1, below + at / 2),
    riseMidP: Math.min(1, above + at / 2),
    point: Math.min(1, at),
    informative,
  };
}

function groupLaw({ population, marked, drawn }: Group): SumLaw {
  return { ...hypergeometricTable(population, marked, drawn), lostBelow: 0, lostAbove: 0 };
}

function groupStrata(strata: CheckedStrata): { groups: Group[]; observed: number; informative: number } {
  const groups = new Map<number, Group>();
  const { drawnBase, markedBase } = keyBases(strata);
  let observed = 0;
  let informative = 0;
  for (let i = 0; i < strata.size; i++) {
    const drawn = numberAt(strata.k, i);
    const successes = numberAt(strata.x, i);
    const population = numberAt(strata.m, i) + drawn;
    const marked = numberAt(strata.b, i) + successes;
    if (marked === 0 || marked === population || drawn === 0 || drawn === population) continue;
    observed += successes;
    informative += 1;
    const key = (population * markedBase + marked) * drawnBase + drawn;
    const group = groups.get(key);
    if (group) group.count += 1;
    else groups.set(key, { population, marked, drawn, count: 1 });
  }
  return { groups: [...groups.values()], observed, informative };
}

/** Multipliers that encode (population, marked, drawn) as one number without collisions. */
function keyBases({ size, m, k }: CheckedStrata): { drawnBase: number; markedBase: number } {
  let largestDrawn = 0;
  let largestPopulation = 0;
  for (let i = 0; i < size; i++) {
    largestDrawn = Math.max(largestDrawn, numberAt(k, i));
    largestPopulation = Math.max(largestPopulation, numberAt(m, i) + numberAt(k, i));
  }
  return { drawnBase: largestDrawn + 1, markedBase: largestPopulation + 1 };
}

/**
 * Estimated number of multiplications in {@link exactStratifiedTest}; about 1e9 run in a second. The estimate itself
 * takes time linear in the number of strata.
 *
 * Each of the log2(groups) levels of convolution costs about half the squared width of the final distribution. That
 * width is the range of the sum or 18 standard deviations of the sum, whichever is less.
 *
 * @throws {RangeError} if counts cannot belong together
 */
export function exactTestWork(strata: Strata): number {
  const { groups } = groupStrata(checkedStrata(strata));
  let variance = 0;
  let range = 0;
  let widest = 0;
  for (const { population, marked, drawn, count } of groups) {
    const share = marked / population;
    variance += (count * drawn * share * (1 - share) * (population - drawn)) / Math.max(1, population - 1);
    const width = Math.min(drawn, marked) - Math.max(0, drawn - (population - marked));
    range += count * width;
    widest = Math.max(widest, width);
  }
  const width = Math.min(range, 18 * Math.sqrt(variance) + widest) + 1;
  return (width * width * (1 + Math.log2(groups.length + 1))) / 2;
}
