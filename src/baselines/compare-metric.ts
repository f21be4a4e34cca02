import { ROUNDING } from "../domain/bound.ts";
import { isBetterLow, metricUnit } from "../domain/metric-unit.ts";
import type { MetricComparison } from "../domain/report.ts";
import type { RegressionRule } from "../domain/suite.ts";
import type { Verdict } from "../domain/verdict.ts";
import { type ClusterDifference, clusterDifference, permutationZ } from "../statistics/cluster-difference.ts";
import { intervalAround } from "../statistics/interval.ts";
import { nonInferiorityStandardError } from "../statistics/non-inferiority.ts";
import { normalCdf, normalQuantile, normalUpperTail } from "../statistics/normal-distribution.ts";
import { passHatK, passHatKDiff } from "../statistics/pass-k.ts";
import { sampleVariance } from "../statistics/sample-moments.ts";
import { stratifiedTest } from "../statistics/stratified-test.ts";
import { studentTCdf, studentTQuantile } from "../statistics/student-t-distribution.ts";
import { type MetricColumns, macroMean } from "./metric-columns.ts";

/** The thresholds of a test, as bounds on z (in standard errors). */
export interface TestBounds {
  /** Bound for harm. Its upper tail probability is the largest p-value at which a drop is significant. */
  readonly harm: number;
  /** Bound for "not worse". Null at a look before every case has run once: such a look must not conclude it. */
  readonly pass: number | null;
}

/** The thresholds of the fixed design: a single look at all trials, with one-sided `confidence` in each direction. */
export function fixedBounds(confidence: number): TestBounds {
  const z = normalQuantile(confidence);
  return { harm: z, pass: z };
}

/** The data behind one metric's comparison, kept for the sentence that explains the verdict. */
export interface MetricEvidence {
  readonly difference: ClusterDifference;
  /** Largest drop that the rule tolerates, as a difference of values in [0, 1]: 0.03 is 3 points. */
  readonly allowed: number;
  /** Lower bound of the true change, from which "not worse" is concluded; null when that conclusion is not allowed. */
  readonly notBelow: number | null;
  /**
   * Interval of the difference over all possible cases like these (`scope: population`), not only over the dataset's.
   */
  readonly population: DifferenceBounds;
  readonly method: "exact" | "z" | "t" | "point";
}

/** Interval of a difference; null for an unknown bound. */
export interface DifferenceBounds {
  readonly low: number | null;
  readonly high: number | null;
}

export interface ComparedMetric {
  /** For a metric where low is better, a `delta` above 0 is worse. In the evidence, a drop is always worse. */
  readonly row: MetricComparison;
  readonly evidence: MetricEvidence | null;
}

const NO_ROW = { baseline: null, candidate: null, delta: null, low: null, high: null, p: null } as const;

function unknownRow(metric: string, verdict: Verdict): ComparedMetric {
  return {
    row: { ...NO_ROW, metric, verdict },
    evidence: null,
  };
}

/** A rule's settings, and whether missing trials forbid the conclusion "not worse". */
export interface MetricRule
  extends Pick<RegressionRule, "max_drop" | "relative" | "scope" | "mode" | "exact" | "confidence"> {
  readonly bounds: TestBounds;
  /** Whether some case has no answered trial on one side; then "not worse" must not be concluded. */
  readonly anyMissing: boolean;
}

/** A metric's values on both sides and their difference, before a verdict. */
interface Measured {
  readonly baseline: number;
  readonly candidate: number;
  readonly difference: ClusterDifference;
  readonly tested: Tested;
}

/**
 * Compares one metric of two sides.
 *
 * For 0/1 values the exact mid-p decides on harm and improvement; the interval uses the permutation standard error
 * (docs/statistics.md). "Not worse" uses the largest of three standard errors, so that a first look at which
 * everything passes proves nothing.
 */
export function compareMetric(metric: string, sides: MetricColumns | null, rule: MetricRule): ComparedMetric {
  const measured =
    sides === null
      ? null
      : metric.startsWith("pass^")
        ? measurePassK(metric, sides, rule)
        : measure(sides, rule);
  if (measured === null) return unknownRow(metric, "incomparable");
  const { baseline, candidate, difference, tested } = measured;
  const { theta } = difference;
  // A relative `max_drop` is a share of the metric's own value, not of the complement that is compared when low is
  // better.
  const own = turned({ ...NO_ROW, metric, baseline, verdict: "inconclusive" }).baseline ?? baseline;
  const allowed = rule.relative ? rule.max_drop * own : rule.max_drop;
  const population = rule.scope === "population";
  const error = population ? difference.seBetween : difference.sePermutation;
  const passError = allowed > 0 && allowed < 1 ? nonInferiorityStandardError(difference, allowed) : error;
  const notBelow =
    rule.bounds.pass === null || !Number.isFinite(passError) ? null : theta - rule.bounds.pass * passError;
  const tail = normalUpperTail(rule.bounds.harm);
  const verdict =
    rule.mode === "point"
      ? pointVerdict(theta, allowed)
      : decide({
          harmed: isRareEnough(tested.p, tail) && theta < 0,
          gained: isRareEnough(tested.pRise, tail) && theta > 0,
          passed: notBelow !== null && notBelow > -allowed && !rule.anyMissing && sides?.anyUnscored !== true,
        });
  const p = rule.mode === "point" ? null : tested.p;
  const onThese = shareDifference(intervalAround(theta, difference.sePermutation, rule.bounds.harm));
  const onOthers = populationInterval(difference, normalCdf(rule.bounds.harm));
  return {
    row: turned({ metric, baseline, candidate, delta: theta, ...onThese, p, verdict }),
    evidence: { difference, allowed, notBelow, population: onOthers, method: tested.method },
  };
}

/** Converts the row of a metric where low is better to its complement, and back; other rows are unchanged. */
export function turned(row: MetricComparison): MetricComparison {
  const { metric, baseline, candidate, delta, low, high } = row;
  if (!isBetterLow(metric)) return row;
  const whole = metricUnit(metric) === "ratio" ? 1 : 0;
  const rest = (value: number | null): number | null => (value === null ? null : whole - value);
  const negated = (value: number | null): number | null => (value === null ? null : 0 - value);
  return {
    ...row,
    baseline: rest(baseline),
    candidate: rest(candidate),
    delta: negated(delta),
    low: negated(high),
    high: negated(low),
  };
}

/**
 * Whether p is at most a level, with tolerance for rounding: a p of exactly 0.1 may be computed slightly above or
 * below.
 */
export const isRareEnough = (p: number, level: number): boolean => p <= level * (1 + 1e-12);

function measure(sides: MetricColumns, rule: MetricRule): Measured | null {
  if (sides.base.count.length === 0) return null;
  const difference = clusterDifference(sides);
  return {
    baseline: macroMean(sides.base),
    candidate: macroMean(sides.candidate),
    difference,
    tested: testOf(difference, rule, () => suiteTest(sides, difference, rule)),
  };
}

function decide({ harmed, gained, passed }: { harmed: boolean; gained: boolean; passed: boolean }): Verdict {
  if (harmed) return passed ? "small_drop" : "regressed";
  if (gained) return passed ? "improved" : "inconclusive";
  return passed ? "no_regression" : "inconclusive";
}

/** The verdict from the plain difference, without a statistical test. */
function pointVerdict(theta: number, allowed: number): Verdict {
  if (theta < -allowed - ROUNDING) return "regressed";
  return theta > ROUNDING ? "improved" : "no_regression";
}

interface Tested {
  readonly p: number;
  readonly pRise: number;
  readonly method: MetricEvidence["method"];
}

function testOf(difference: ClusterDifference, rule: MetricRule, onTheseCases: () => Tested): Tested {
  if (rule.mode === "point") return { p: Number.NaN, pRise: Number.NaN, method: "point" };
  return rule.scope === "population" ? populationTest(difference) : onTheseCases();
}

function suiteTest(sides: MetricColumns, difference: ClusterDifference, { exact }: MetricRule): Tested {
  if (!sides.binary) return { ...permutationZ(difference), method: "z" };
  const { p, pRise, method } = stratifiedTest(
    { m: sides.base.count, b: sides.base.sum, k: sides.candidate.count, x: sides.candidate.sum },
    { midP: !exact },
  );
  return { p, pRise, method };
}

/** Differences within this tolerance count as equal. */
const NO_SPREAD = 1e-9;

/**
 * Paired t test on the cases' differences: would the metric drop on new cases? If all cases changed by the same
 * amount, there is no variation to test with. Then a sign test is used: n changes in one direction have probability 1
 * in 2^n.
 */
function populationTest({ theta, seBetween, clusters }: ClusterDifference): Tested {
  if (!Number.isFinite(seBetween) || (seBetween < NO_SPREAD && theta === 0))
    return { p: 0.5, pRise: 0.5, method: "t" };
  const drop =
    seBetween < NO_SPREAD ? 0.5 ** clusters : studentTCdf(-Math.abs(theta) / seBetween, clusters - 1);
  return { p: theta < 0 ? drop : 1 - drop, pRise: theta < 0 ? 1 - drop : drop, method: "t" };
}

/**
 * Interval of a difference in the population of cases like these; unknown with fewer than two cases. If all n
 * cases changed by the same amount, up to 1 − (1 − confidence)^(1/n) of the population may still have changed by
 * another amount. The interval allows for this.
 *
 * @param confidence one-sided, in each direction
 */
function populationInterval(
  { theta, seBetween, clusters }: ClusterDifference,
  confidence: number,
): DifferenceBounds {
  if (clusters < 2 || !Number.isFinite(seBetween) || confidence >= 1) return { low: null, high: null };
  if (seBetween >= NO_SPREAD)
    return shareDifference(intervalAround(theta, seBetween, studentTQuantile(confidence, clusters - 1)));
  const others = 1 - (1 - confidence) ** (1 / clusters);
  return { low: theta - others * (1 + theta), high: theta + others * (1 - theta) };
}

/**
 * Clips an interval to [-1, 1], the range of a difference of two shares. An infinite interval has null bounds.
 */
function shareDifference({ low, high }: { readonly low: number; readonly high: number }): DifferenceBounds {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: null, high: null };
  return { low: Math.max(-1, low), high: Math.min(1, high) };
}

/**
 * Difference of pass^k over the cases; null unless every case has k trials on both sides. Under the null hypothesis
 * the difference of a case has mean exactly 0 and a known variance.
 */
function measurePassK(metric: string, { base, candidate }: MetricColumns, rule: MetricRule): Measured | null {
  const order = Number(metric.slice("pass^".length));
  const differences: number[] = [];
  const total = { before: 0, after: 0, variance: 0 };
  for (let i = 0; i < base.count.length; i++) {
    const [m = 0, b = 0, k = 0, x = 0] = [base.count[i], base.sum[i], candidate.count[i], candidate.sum[i]];
    if (m < order || k < order) return null;
    const { diff, permutationVariance } = passHatKDiff({ m, b, k, x }, order);
    differences.push(diff);
    total.before += passHatK(m, b, order);
    total.after += passHatK(k, x, order);
    total.variance += permutationVariance;
  }
  const n = differences.length;
  if (n === 0) return null;
  const theta = (total.after - total.before) / n;
  const difference: ClusterDifference = {
    theta,
    sePermutation: Math.sqrt(total.variance) / n,
    seBetween: n < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(sampleVariance(differences) / n),
    clusters: n,
    meanCandidateCount: 1,
  };
  const tested = testOf(difference, rule, () => ({ ...permutationZ(difference), method: "z" }));
  return { baseline: total.before / n, candidate: total.after / n, difference, tested };
}
