import { itemAt } from "../domain/item-at.ts";
import type { CaseComparison, TagComparison } from "../domain/report.ts";
import { clusterDifference } from "../statistics/cluster-difference.ts";
import { fisherGreater, fisherLess } from "../statistics/fisher-exact-test.ts";
import { intervalAround } from "../statistics/interval.ts";
import { benjaminiHochberg } from "../statistics/multiple-comparisons.ts";
import { normalQuantile } from "../statistics/normal-distribution.ts";
import { stratifiedTest } from "../statistics/stratified-test.ts";
import type { Pairing } from "./pair-cases.ts";
import type { Side } from "./side.ts";

/** Accepted rate of false discoveries among changed cases and tags; these are information and never fail a gate. */
export const FALSE_DISCOVERIES = 0.1;
/** With fewer trials on both sides together, no result can be significant. */
const TESTABLE_TRIALS = 4;

/** Cases whose share of passed trials changed, and candidate cases that pass only sometimes. */
export interface MovedCases {
  /** Strongest evidence first. */
  readonly broken: readonly CaseComparison[];
  readonly fixed: readonly CaseComparison[];
  readonly flaky: readonly string[];
}

export function movedCases(base: Side, candidate: Side, pairs: Pairing): MovedCases {
  const broken: CaseComparison[] = [];
  const fixed: CaseComparison[] = [];
  const flaky: string[] = [];
  for (let i = 0; i < pairs.base.length; i++) {
    const before = itemAt(pairs.base, i);
    const after = itemAt(pairs.candidate, i);
    const counts = {
      m: itemAt(base.answered, before),
      b: itemAt(base.passed, before),
      k: itemAt(candidate.answered, after),
      x: itemAt(candidate.passed, after),
    };
    const id = itemAt(candidate.ids, after);
    if (counts.x > 0 && counts.x < counts.k) flaky.push(id);
    const moved = counts.x / counts.k - counts.b / counts.m;
    if (moved === 0) continue;
    const p = moved < 0 ? fisherLess(counts) : fisherGreater(counts);
    (moved < 0 ? broken : fixed).push({
      id,
      baseline: { passed: counts.b, answered: counts.m },
      candidate: { passed: counts.x, answered: counts.k },
      p,
      significant: false,
    });
  }
  return { broken: ranked(broken, pairs.base.length), fixed: ranked(fixed, pairs.base.length), flaky };
}

const shift = ({ baseline, candidate }: CaseComparison): number =>
  Math.abs(candidate.passed / candidate.answered - baseline.passed / baseline.answered);

/**
 * Sorts cases by p-value, then by size of the change, and marks the significant ones. In the correction for many
 * tests, cases that did not change or have too few trials count with p = 1.
 *
 * @param all number of paired cases
 */
function ranked(cases: readonly CaseComparison[], all: number): CaseComparison[] {
  const testable = cases.filter((one) => one.baseline.answered + one.candidate.answered >= TESTABLE_TRIALS);
  const rest = Array.from({ length: Math.max(0, all - testable.length) }, () => 1);
  const adjusted = benjaminiHochberg([...testable.map((one) => one.p), ...rest]);
  const flagged = new Set(
    testable.filter((_, i) => (adjusted[i] ?? 1) <= FALSE_DISCOVERIES).map((one) => one.id),
  );
  return cases
    .map((one) => ({ ...one, significant: flagged.has(one.id) }))
    .sort((a, b) => a.p - b.p || shift(b) - shift(a) || (a.id < b.id ? -1 : 1));
}

/** The change of the pass rate for each tag with at least two paired cases. */
export function comparedTags(
  base: Side,
  candidate: Side,
  pairs: Pairing,
  confidence: number,
): TagComparison[] {
  const byTag = new Map<string, number[]>();
  for (let i = 0; i < pairs.candidate.length; i++) {
    for (const tag of candidate.tagsOf(itemAt(pairs.candidate, i))) {
      const indexes = byTag.get(tag);
      if (indexes === undefined) byTag.set(tag, [i]);
      else indexes.push(i);
    }
  }
  const z = normalQuantile(confidence);
  const rows = [...byTag]
    .filter(([, indexes]) => indexes.length > 1)
    .map(([tag, indexes]) => tagRow(tag, indexes, base, candidate, pairs, z));
  const adjusted = benjaminiHochberg(rows.map((row) => row.p));
  return rows
    .map((row, i) => ({ ...row, significant: (adjusted[i] ?? 1) <= FALSE_DISCOVERIES }))
    .sort((a, b) => a.p - b.p || (a.tag < b.tag ? -1 : 1));
}

function tagRow(
  tag: string,
  indexes: readonly number[],
  base: Side,
  candidate: Side,
  pairs: Pairing,
  z: number,
): TagComparison {
  const column = (measured: Side, at: Int32Array, of: "answered" | "passed") =>
    Float64Array.from(indexes, (i) => itemAt(measured[of], itemAt(at, i)));
  const m = column(base, pairs.base, "answered");
  const b = column(base, pairs.base, "passed");
  const k = column(candidate, pairs.candidate, "answered");
  const x = column(candidate, pairs.candidate, "passed");
  const { p, pRise } = stratifiedTest({ m, b, k, x });
  const difference = clusterDifference({
    base: { count: m, sum: b, sumOfSquares: b },
    candidate: { count: k, sum: x, sumOfSquares: x },
  });
  const { low, high } = intervalAround(difference.theta, difference.sePermutation, z);
  return {
    tag,
    cases: indexes.length,
    delta: difference.theta,
    low: Math.max(-1, low),
    high: Math.min(1, high),
    p: Math.min(1, 2 * Math.min(p, pRise)),
    significant: false,
  };
}
