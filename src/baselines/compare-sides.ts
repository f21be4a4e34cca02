import { flipMetric } from "../domain/flip-metric.ts";
import { itemAt } from "../domain/item-at.ts";
import { PRESSURE_KINDS } from "../domain/pressure.ts";
import type { Comparison, ComparisonSide, MetricComparison } from "../domain/report.ts";
import type { RegressionRule } from "../domain/suite.ts";
import { VERDICTS, type Verdict } from "../domain/verdict.ts";
import { exactSum } from "../statistics/exact-sum.ts";
import { holm } from "../statistics/multiple-comparisons.ts";
import { comparedTags, movedCases } from "./compare-cases.ts";
import {
  type ComparedMetric,
  compareMetric,
  fixedBounds,
  isRareEnough,
  type MetricRule,
  type TestBounds,
} from "./compare-metric.ts";
import { detectableDrop, explainOpenLooks, explainVerdict } from "./explain-verdict.ts";
import { metricColumns } from "./metric-columns.ts";
import { type Pairing, pairCases } from "./pair-cases.ts";
import type { Side } from "./side.ts";

/** A regression rule with its finding. */
export interface RuleFinding {
  readonly rule: RegressionRule;
  readonly compared: ComparedMetric;
  readonly verdict: Verdict;
  /** The finding as one sentence with numbers. */
  readonly said: string;
}

export interface ComparedSides {
  readonly comparison: Comparison;
  readonly findings: readonly RuleFinding[];
}

export interface CompareOptions {
  readonly rules: readonly RegressionRule[];
  /** Whether only a selection of the cases was run. */
  readonly narrowed: boolean;
  /**
   * For each rule, its bounds at one look of a sequential test; by default, those of the fixed design (a single
   * look).
   */
  readonly bounds?: readonly TestBounds[] | undefined;
  /**
   * The verdict of each rule at the look that decided a sequential test. The comparison keeps these verdicts, while
   * all its numbers are those of the fixed design.
   */
  readonly concluded?: readonly Verdict[] | undefined;
}

/** The worst of several verdicts, which is the first in the order of `VERDICTS`; `incomparable` for an empty list. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((one) => verdicts.includes(one)) ?? "incomparable";
}

/**
 * Compares two sides of one suite: first the gating rules (with Holm's correction), then all other metrics for
 * information, then the cases and tags that changed.
 */
export function compareSides(base: Side, candidate: Side, options: CompareOptions): ComparedSides {
  const pairs = pairCases(base, candidate, options.narrowed);
  const findings = findingsOf(base, candidate, pairs, options);
  const [first] = findings;
  // If different scorers decided on the two sides what passes, a different result does not mean that a case broke or
  // was fixed.
  const alike = metricColumns("pass_rate", base, candidate, pairs) !== null;
  const moved = movedCases(base, candidate, pairs);
  const { broken, fixed } = alike ? moved : { broken: [], fixed: [] };
  const verdict = pairs.base.length === 0 ? "incomparable" : worstVerdict(findings.map((one) => one.verdict));
  const comparison: Comparison = {
    suite: candidate.suite,
    baseline: sideOf(base),
    candidate: sideOf(candidate),
    verdict,
    ...(first === undefined ? {} : { metric: first.rule.metric }),
    metrics: allMetrics(base, candidate, pairs, findings, options),
    cases: {
      paired: pairs.base.length,
      broken: broken.map((one) => one.id),
      fixed: fixed.map((one) => one.id),
      flaky: moved.flaky,
      new: pairs.new,
      removed: pairs.removed,
      changed: pairs.changed,
      missing: pairs.missing,
    },
    detectable_drop:
      first === undefined || first.compared.evidence === null
        ? null
        : detectableDrop(first.compared.evidence, first.rule.confidence),
    population: first === undefined ? null : populationOf(first),
    said: pairs.base.length === 0 ? noPairs(base, candidate) : sentenceOf(findings, verdict),
    moved: [...broken, ...fixed],
    examples: [],
    tags: alike ? comparedTags(base, candidate, pairs, first?.rule.confidence ?? 0.95) : [],
  };
  return { comparison, findings };
}

function findingsOf(
  base: Side,
  candidate: Side,
  pairs: Pairing,
  { rules, bounds, concluded }: CompareOptions,
): RuleFinding[] {
  const compared = rules.map((rule, index) => {
    const metricRule: MetricRule = {
      ...rule,
      bounds: bounds?.[index] ?? fixedBounds(rule.confidence),
      anyMissing: pairs.missing.length > 0,
    };
    return {
      metricRule,
      one: compareMetric(rule.metric, metricColumns(rule.metric, base, candidate, pairs), metricRule),
    };
  });
  // Sequential bounds already share alpha among the rules. For the fixed design, the p-values are corrected here.
  const adjusted = bounds === undefined ? holm(compared.map(({ one }) => one.row.p ?? 1)) : null;
  return rules.map((rule, index) => {
    const { one, metricRule } = compared[index] as (typeof compared)[number];
    const p = adjusted?.[index];
    const tooWeak = p !== undefined && rule.mode === "test" && !isRareEnough(p, 1 - rule.confidence);
    const measured = tooWeak ? withoutHarm(one.row.verdict) : one.row.verdict;
    const verdict = one.evidence === null ? measured : (concluded?.[index] ?? measured);
    const row = { ...one.row, verdict };
    return {
      rule,
      compared: { ...one, row },
      verdict,
      said:
        verdict === "inconclusive" && measured !== verdict && one.evidence !== null
          ? explainOpenLooks(row, one.evidence.difference.clusters)
          : explainVerdict(row, one.evidence, metricRule, pairs.missing.length),
    };
  });
}

/** The verdict when a drop is not significant after correction for several rules; "not worse" needs no correction. */
function withoutHarm(verdict: Verdict): Verdict {
  if (verdict === "regressed") return "inconclusive";
  return verdict === "small_drop" ? "no_regression" : verdict;
}

/** Rows for the gating metrics as the rules see them, then for all other metrics that both sides have. */
function allMetrics(
  base: Side,
  candidate: Side,
  pairs: Pairing,
  findings: readonly RuleFinding[],
  options: CompareOptions,
) {
  const gating = gatingRows(findings);
  const k = Math.min(base.trials, candidate.trials);
  const names = [
    "pass_rate",
    ...[...candidate.scores.keys()].map((name) => `score.${name}`),
    ...(k > 1 && haveEach(k, base, pairs.base) && haveEach(k, candidate, pairs.candidate)
      ? [`pass^${k}`]
      : []),
    ...PRESSURE_KINDS.filter((kind) => base.flips?.has(kind) && candidate.flips?.has(kind)).map(flipMetric),
  ];
  const informing: MetricRule = {
    max_drop: 0.03,
    relative: false,
    scope: "suite",
    mode: "test",
    exact: false,
    confidence: 0.95,
    bounds: options.bounds?.[0] ?? fixedBounds(0.95),
    anyMissing: pairs.missing.length > 0,
  };
  return [...new Set([...names, ...gating.keys()])].map(
    (metric) =>
      gating.get(metric) ??
      compareMetric(metric, metricColumns(metric, base, candidate, pairs), informing).row,
  );
}

function haveEach(trials: number, { answered }: Side, indexes: Int32Array): boolean {
  return indexes.every((index) => itemAt(answered, index) >= trials);
}

/** One row per gating metric. If several rules use a metric, the row has the worst verdict, like the comparison. */
function gatingRows(findings: readonly RuleFinding[]): ReadonlyMap<string, MetricComparison> {
  const rows = new Map<string, MetricComparison>();
  for (const { compared } of findings) {
    const { row } = compared;
    const other = rows.get(row.metric);
    if (other === undefined || worstVerdict([row.verdict, other.verdict]) !== other.verdict)
      rows.set(row.metric, row);
  }
  return rows;
}

function sideOf(side: Side): ComparisonSide {
  return {
    side: side.label,
    ...(side.file === undefined ? {} : { file: side.file }),
    run: side.run,
    target: side.target,
    fingerprint: side.fingerprint,
    trials: side.trials,
    pass_rate: passRate(side),
  };
}

function passRate({ answered, passed }: Side): number | null {
  const shares: number[] = [];
  for (let i = 0; i < answered.length; i++)
    if (itemAt(answered, i) > 0) shares.push(itemAt(passed, i) / itemAt(answered, i));
  // Summed exactly, because the cases are in another order in a baseline file than in the run that it was made from.
  return shares.length === 0 ? null : exactSum(shares) / shares.length;
}

function populationOf({ compared: { evidence } }: RuleFinding): Comparison["population"] {
  if (evidence === null) return null;
  const { low, high } = evidence.population;
  return low === null || high === null ? null : { low, high };
}

/** The sentence of the deciding rule. */
function sentenceOf(findings: readonly RuleFinding[], verdict: Verdict): string {
  return findings.find((one) => one.verdict === verdict)?.said ?? "";
}

function noPairs(base: Side, candidate: Side): string {
  if (candidate.trials === 0)
    return `nothing was answered, so there is nothing to compare with ${base.label}`;
  return `no case of ${candidate.label} can be compared with ${base.label}: none has the same id and content and an answer on both sides`;
}
