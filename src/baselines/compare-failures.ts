import type { FailureClass } from "../domain/failure.ts";
import { itemAt } from "../domain/item-at.ts";
import type { Comparison, FailureGrowth } from "../domain/report.ts";
import { clusterDifference } from "../statistics/cluster-difference.ts";
import type { ClusterMoments } from "../statistics/cluster-mean.ts";
import { intervalAround } from "../statistics/interval.ts";
import { benjaminiHochberg } from "../statistics/multiple-comparisons.ts";
import { normalQuantile } from "../statistics/normal-distribution.ts";
import { stratifiedTest } from "../statistics/stratified-test.ts";
import { FALSE_DISCOVERIES } from "./compare-cases.ts";
import { macroMean, metricColumns } from "./metric-columns.ts";
import { type Pairing, pairCases } from "./pair-cases.ts";
import type { FailuresOf, Side } from "./side.ts";

/**
 * Failure classes whose share of trials grew compared with the baseline, strongest evidence first. Undefined
 * when some failed trial has no class, because growth is then unknown.
 */
export function grownFailures(base: Side, candidate: Side, pairs: Pairing): FailureGrowth[] | undefined {
  if (
    pairs.base.length === 0 ||
    !knowsAllFailures(base, pairs.base) ||
    !knowsAllFailures(candidate, pairs.candidate)
  )
    return undefined;
  const rows = [...classesOf(candidate, pairs.candidate)].map((name) =>
    growthOf(name, { base, candidate }, pairs),
  );
  const adjusted = benjaminiHochberg(rows.map(({ p }) => p));
  return rows
    .map((row, at) => ({ ...row, significant: (adjusted[at] ?? 1) <= FALSE_DISCOVERIES }))
    .filter(({ delta }) => delta > 0)
    .sort((a, b) => a.p - b.p || (a.class < b.class ? -1 : 1));
}

/** Adds the failure classes that grew, if both sides have classes and were scored in the same way. */
export function withGrownFailures(
  comparison: Comparison,
  base: Side,
  candidate: Side,
  narrowed: boolean,
): Comparison {
  const pairs = pairCases(base, candidate, narrowed);
  const alike = metricColumns("pass_rate", base, candidate, pairs) !== null;
  const failures = alike ? grownFailures(base, candidate, pairs) : undefined;
  return failures === undefined ? comparison : { ...comparison, failures };
}

/** Whether every failed trial of these cases has a class. */
function knowsAllFailures({ failures, answered, passed }: Side, indexes: Int32Array): boolean {
  if (failures === undefined) return false;
  return indexes.every((index) => {
    const failed = itemAt(answered, index) - itemAt(passed, index);
    return failed === 0 || sumOf(failures(index)) === failed;
  });
}

const sumOf = (counts: ReturnType<FailuresOf>): number =>
  Object.values(counts ?? {}).reduce((sum, one) => sum + one, 0);

function classesOf({ failures }: Side, indexes: Int32Array): ReadonlySet<string> {
  const names = new Set<string>();
  for (const index of indexes) for (const name of Object.keys(failures?.(index) ?? {})) names.add(name);
  return names;
}

function growthOf(
  name: string,
  { base, candidate }: { readonly base: Side; readonly candidate: Side },
  pairs: Pairing,
): FailureGrowth {
  const columns = ({ answered, failures }: Side, indexes: Int32Array): ClusterMoments => {
    const count = Float64Array.from(indexes, (index) => itemAt(answered, index));
    const sum = Float64Array.from(indexes, (index) => failures?.(index)?.[name] ?? 0);
    return { count, sum, sumOfSquares: sum };
  };
  const sides = { base: columns(base, pairs.base), candidate: columns(candidate, pairs.candidate) };
  const { theta, sePermutation } = clusterDifference(sides);
  const { low, high } = intervalAround(theta, sePermutation, normalQuantile(0.95));
  const { pRise } = stratifiedTest({
    m: sides.base.count,
    b: sides.base.sum,
    k: sides.candidate.count,
    x: sides.candidate.sum,
  });
  return {
    class: name as FailureClass,
    baseline: macroMean(sides.base),
    candidate: macroMean(sides.candidate),
    delta: theta,
    low: Math.max(-1, low),
    high: Math.min(1, high),
    p: pRise,
    significant: false,
  };
}
