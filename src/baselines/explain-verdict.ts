import { flippedKind } from "../domain/flip-metric.ts";
import { isBetterLow, metricUnit } from "../domain/metric-unit.ts";
import type { MetricComparison } from "../domain/report.ts";
import { normalCdf } from "../statistics/normal-distribution.ts";
import { clustersNeeded, minimumDetectableEffect } from "../statistics/power.ts";
import { type MetricEvidence, type MetricRule, turned } from "./compare-metric.ts";

/** The words for changes of one metric. Changes are passed as in the rows that `turned` returns: below 0 is worse. */
interface ChangeWords {
  readonly name: string;
  readonly fell: "fell" | "rose";
  readonly rose: "fell" | "rose";
  readonly drop: "drop" | "rise";
  /** The unit ` points`; empty for a metric that is not a share. */
  readonly unit: string;
  size(value: number): string;
  signed(value: number): string;
  /** The text for a range of changes, the lower one first. */
  range(low: number, high: number): string;
}

function wordsOf(metric: string): ChangeWords {
  const isShare = metricUnit(metric) === "ratio";
  const size = (value: number): string => Math.abs(isShare ? value * 100 : value).toFixed(isShare ? 1 : 2);
  const signed = (value: number): string =>
    Number(size(value)) === 0 ? size(0) : `${value < 0 ? "−" : "+"}${size(value)}`;
  const low = isBetterLow(metric);
  const own = (value: number): number => (low ? -value : value);
  return {
    name: metricWords(metric),
    fell: low ? "rose" : "fell",
    rose: low ? "fell" : "rose",
    drop: low ? "rise" : "drop",
    unit: isShare ? " points" : "",
    size,
    signed: (value) => signed(own(value)),
    range: (from, to) =>
      low ? `${signed(own(to))} to ${signed(own(from))}` : `${signed(from)} to ${signed(to)}`,
  };
}

/** The metric's name at the start of a sentence: `pass rate`, `flip rate under typos`, or a scorer's name. */
export function metricWords(metric: string): string {
  if (metric === "pass_rate") return "pass rate";
  const kind = flippedKind(metric);
  if (kind !== undefined) return `flip rate under ${kind}`;
  return metric.startsWith("score.") ? metric.slice("score.".length) : metric;
}

/**
 * One sentence that explains a verdict: what was measured, its bounds, the number of cases, and the conclusion.
 *
 * @param missing number of cases that both sides have, but that have no answer on one side
 */
export function explainVerdict(
  row: MetricComparison,
  evidence: MetricEvidence | null,
  rule: MetricRule,
  missing: number,
): string {
  const { metric, delta, p, verdict, candidate, ...onThese } = turned(row);
  const words = wordsOf(metric);
  const { name, size, signed, unit } = words;
  if (evidence === null || delta === null) {
    const needed = /^pass\^(\d+)$/.exec(metric)?.[1];
    if (metric.startsWith("score."))
      return `${name} cannot be compared: no case was scored in the same way on both sides`;
    if (flippedKind(metric) !== undefined)
      return `${name} cannot be compared: no case has passing trials under this pressure, scored in the same way, on both sides`;
    const common = needed === undefined ? "" : `, or not every case has ${needed} answers on both sides`;
    return `${name} cannot be compared: the two sides were scored differently${common}`;
  }
  const n = evidence.difference.clusters;
  const { low, high } = rule.scope === "population" ? evidence.population : onThese;
  const on =
    rule.scope === "population"
      ? `on cases like these ${n}`
      : `on ${n === 1 ? "this case" : `these ${n} cases`}`;
  const allowed = `${size(evidence.allowed).replace(/\.0$/, "")}${unit}`;
  if (rule.mode === "point") return pointSentence(words, delta, on, evidence);
  const range = low === null || high === null ? "" : words.range(low, high);
  // After an early stop the verdict is that of the deciding look. The numbers include later answers, and may no
  // longer support that verdict.
  const then = " when it was decided";
  const notBelow = Math.min(low ?? -1, evidence.notBelow ?? -1);
  const shown = notBelow > -evidence.allowed ? "" : then;
  switch (verdict) {
    case "regressed":
      return delta < 0
        ? `${name} ${words.fell} ${size(delta)}${unit}${bounds(words, low, high)} ${on}: regressed`
        : `${name} ${signed(delta)}${unit}${bounds(words, low, high)} ${on}: regressed${then}`;
    case "small_drop":
      return delta < 0
        ? `${name} ${words.fell} ${size(delta)}${unit}${bounds(words, low, high)} ${on}: a real ${words.drop}, shown to be smaller than ${allowed}${shown}`
        : `${name} ${signed(delta)}${unit}${bounds(words, low, high)} ${on}: a real ${words.drop} smaller than ${allowed}${then}`;
    case "improved":
      return delta > 0
        ? `${name} ${words.rose} ${size(delta)}${unit} (${range}) ${on}: improved`
        : `${name} ${signed(delta)}${unit} (${range}) ${on}: improved${then}`;
    case "no_regression":
      return `${name} ${signed(delta)}${unit}, ${range}: shown not to be more than ${allowed} worse ${on}${shown}`;
    default:
      return inconclusiveSentence({ words, delta, low, high, allowed, candidate }, evidence, rule, missing);
  }
}

/**
 * The sentence for a rule that the looks of a sequential test left open, although one look at all answers would
 * settle it.
 */
export function explainOpenLooks(row: MetricComparison, cases: number): string {
  const { metric, delta, low, high } = turned(row);
  const words = wordsOf(metric);
  const range = low === null || high === null ? "" : ` (${words.range(low, high)})`;
  const moved = delta === null ? "" : ` ${words.signed(delta)}${words.unit}${range}`;
  const on = cases === 1 ? "this case" : `these ${cases} cases`;
  return `${words.name}${moved} on ${on}: not enough evidence for a run that could stop early, which needs a wider interval`;
}

/** The sentence for a stale baseline: the difference without a verdict. */
export function explainStale(row: MetricComparison, cases: number): string {
  const { metric, delta, low, high } = turned(row);
  const words = wordsOf(metric);
  const { name, size, signed, unit } = words;
  const moved =
    delta === null ? "" : delta < 0 ? ` ${words.fell} ${size(delta)}${unit}` : ` ${signed(delta)}${unit}`;
  const on = cases === 1 ? "this case" : `these ${cases} cases`;
  return `${name}${moved}${bounds(words, low, high)} on ${on}, but the provider's model has changed since the baseline was made: not enough evidence`;
}

/**
 * One sentence about a run that could stop early: what was measured at the look that decided the verdict. The
 * interval at this look is wider than that of a single look, because there may be several looks.
 */
export function explainDecision(
  trials: number,
  { metric, delta, low, high }: Pick<MetricComparison, "metric" | "delta" | "low" | "high">,
): string {
  const when = `It was decided on ${trials} ${trials === 1 ? "answer" : "answers"}`;
  if (delta === null) return `${when}.`;
  const { name, signed, unit, range: between } = wordsOf(metric);
  const range =
    low === null || high === null
      ? ""
      : ` (${between(low, high)}, an interval that is wider because the run could stop early)`;
  return `${when}, when ${name} was at ${signed(delta)}${unit}${range}.`;
}

function bounds({ size, range }: ChangeWords, low: number | null, high: number | null): string {
  if (low === null || high === null) return "";
  return high < 0 ? ` (${size(high)} to ${size(low)})` : ` (${range(low, high)})`;
}

function inconclusiveSentence(
  {
    words: { name, fell, drop, unit, signed, range: between },
    delta,
    low,
    high,
    allowed,
    candidate,
  }: {
    words: ChangeWords;
    delta: number;
    low: number | null;
    high: number | null;
    allowed: string;
    candidate: number | null;
  },
  evidence: MetricEvidence,
  rule: MetricRule,
  missing: number,
): string {
  const moved = `${name} ${signed(delta)}${unit}`;
  if (missing > 0 && evidence.notBelow !== null && evidence.notBelow > -evidence.allowed) {
    return `${moved}, but ${missing} ${missing === 1 ? "case has" : "cases have"} no answer on one side: not enough evidence`;
  }
  if (evidence.difference.clusters < 2) return `${moved}, but one case alone is not enough evidence`;
  if (evidence.notBelow === null) return `${moved}: too early to say`;
  if (evidence.allowed <= 0)
    return `${moved}; the allowed drop is a percentage of the baseline, which is 0, so no drop is allowed, and that cannot be proved: not enough evidence`;
  const range = between(low ?? -1, high ?? 1);
  // The interval is a normal approximation and the test is exact, so they may disagree for few answers.
  if (high !== null && high < -evidence.allowed)
    return `${moved}: the interval ${range} lies ${drop === "drop" ? "below" : "above"} the allowed ${allowed}, but so few answers do not prove a ${drop}: not enough evidence; more trials of each case would settle it`;
  // When few answers varied, the lower bound that the rule uses is below the lower end of the interval.
  const open =
    low !== null && low > -evidence.allowed
      ? `${moved} (${range}), but so few answers do not show that it ${fell} by less than the allowed ${allowed}`
      : `${moved}: the interval ${range} spans the allowed ${allowed}`;
  const more = moreEvidence(evidence, rule, candidate);
  const settled = more === "" ? "" : `; ${more} would settle it 4 times in 5 if nothing changed`;
  return `${open}: not enough evidence${settled}`;
}

/** If more additional cases than this would be needed, the sentence gives no advice. */
const MAX_CASES = 100_000;

/**
 * Text that says how many more cases, or trials of each case, would show with 80 % power that nothing fell by
 * more than allowed; empty when there is no useful number.
 */
export function moreEvidence(
  { difference, allowed }: MetricEvidence,
  rule: MetricRule,
  candidate: number | null,
): string {
  const n = difference.clusters;
  const alpha = 1 - rule.confidence;
  const rate = Math.min(1, Math.max(0, candidate ?? 0.5));
  const floor = (allowed * (1 - allowed)) / difference.meanCandidateCount;
  const between = Number.isFinite(difference.seBetween) ? difference.seBetween ** 2 * n : rate * (1 - rate);
  const variance = Math.max(difference.sePermutation ** 2 * n, between, floor);
  const cases = clustersNeeded(allowed, variance, { alpha }) - n;
  if (cases <= 0 || cases > MAX_CASES) return "";
  // More candidate trials reduce the variance only as far as the baseline's number of trials allows.
  const k = difference.meanCandidateCount;
  const factor = (n + cases) / n;
  const trials = Math.ceil(k * factor) - Math.floor(k);
  return `${cases} more ${cases === 1 ? "case" : "cases"}${rule.scope === "population" || trials > 50 ? "" : `, or about ${trials} more ${trials === 1 ? "trial" : "trials"} of each case on both sides,`}`;
}

function pointSentence(
  { name, size, signed, unit }: ChangeWords,
  delta: number,
  on: string,
  evidence: MetricEvidence,
): string {
  const error = evidence.difference.sePermutation;
  const falseAlarm = error === 0 ? 0 : normalCdf(-evidence.allowed / error);
  const rate = (falseAlarm * 100).toFixed(0);
  return `${name} ${signed(delta)}${unit} ${on}, ${size(evidence.allowed).replace(/\.0$/, "")} allowed, compared without a statistical test: this rule fails ${rate} % of runs in which nothing changed`;
}

/**
 * Smallest drop that a comparison of this size detects with 80 % power, as a difference of values in [0, 1]; null
 * when it detects no drop at all.
 */
export function detectableDrop({ difference, allowed }: MetricEvidence, confidence: number): number | null {
  const n = difference.clusters;
  const floor = (allowed * (1 - allowed)) / difference.meanCandidateCount;
  const variance = Math.max(difference.sePermutation ** 2 * n, floor);
  if (variance === 0) return null;
  const drop = minimumDetectableEffect(n, variance, { alpha: 1 - confidence });
  return drop > 1 ? null : drop;
}
