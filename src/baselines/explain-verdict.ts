import type { MetricComparison } from "../domain/report.ts";
import { normalCdf } from "../statistics/normal-distribution.ts";
import { clustersNeeded, minimumDetectableEffect } from "../statistics/power.ts";
import type { MetricEvidence, MetricRule } from "./compare-metric.ts";

const points = (value: number): string => Math.abs(value * 100).toFixed(1);
const signed = (value: number): string =>
  Number(points(value)) === 0 ? "0.0" : `${value < 0 ? "−" : "+"}${points(value)}`;

/** `pass rate`, `score of tone`; the first word of a sentence. */
export function metricWords(metric: string): string {
  if (metric === "pass_rate") return "pass rate";
  return metric.startsWith("score.") ? metric.slice("score.".length) : metric;
}

/**
 * One sentence for a verdict, with its numbers: what was measured, between which bounds, on how many cases, what follows.
 *
 * @param missing cases of both sides without an answer on one of them
 */
export function explainVerdict(
  { metric, delta, p, verdict, candidate, ...onThese }: MetricComparison,
  evidence: MetricEvidence | null,
  rule: MetricRule,
  missing: number,
): string {
  const name = metricWords(metric);
  if (evidence === null || delta === null) {
    const needed = /^pass\^(\d+)$/.exec(metric)?.[1];
    if (metric.startsWith("score."))
      return `${name} cannot be compared: no case was scored alike by it on both sides`;
    const common = needed === undefined ? "" : `, or not every case has ${needed} answers on both sides`;
    return `${name} cannot be compared: the two sides were scored differently${common}`;
  }
  const n = evidence.difference.clusters;
  const { low, high } = rule.scope === "population" ? evidence.population : onThese;
  const on =
    rule.scope === "population"
      ? `on cases like these ${n}`
      : `on ${n === 1 ? "this case" : `these ${n} cases`}`;
  const allowed = points(evidence.allowed).replace(/\.0$/, "");
  if (rule.mode === "point") return pointSentence(name, delta, on, allowed, evidence);
  const range = low === null || high === null ? "" : `${signed(low)} to ${signed(high)}`;
  // What was shown is what the pass rule saw: its lower end reaches further where nothing varied.
  const lowest = low === null ? null : Math.max(-1, Math.min(low, evidence.notBelow ?? low));
  // After an early stop the word is the deciding look's, and the answers that came after it may lie elsewhere.
  const then = " when it was decided";
  const shown = lowest === null || lowest > -evidence.allowed ? "" : then;
  switch (verdict) {
    case "regressed":
      return delta < 0
        ? `${name} fell ${points(delta)} points${bounds(low, high)} ${on}: regressed`
        : `${name} ${signed(delta)} points${bounds(low, high)} ${on}: regressed${then}`;
    case "small_drop":
      return delta < 0
        ? `${name} fell ${points(delta)} points${bounds(lowest, high)} ${on}: a real drop, shown to be smaller than ${allowed} points${shown}`
        : `${name} ${signed(delta)} points${bounds(lowest, high)} ${on}: a real drop smaller than ${allowed} points${then}`;
    case "improved":
      return delta > 0
        ? `${name} rose ${points(delta)} points (${range}) ${on}: improved`
        : `${name} ${signed(delta)} points (${range}) ${on}: improved${then}`;
    case "no_regression":
      return `${name} ${signed(delta)} points, ${signed(lowest ?? delta)} to ${signed(high ?? delta)}: shown not to be more than ${allowed} points worse ${on}${shown}`;
    default:
      return inconclusiveSentence({ name, delta, high, allowed, p, candidate }, evidence, rule, missing);
  }
}

/** What was measured against a baseline that the provider has left behind: the difference, and no verdict. */
export function explainStale(
  { metric, delta, low, high }: Pick<MetricComparison, "metric" | "delta" | "low" | "high">,
  cases: number,
): string {
  const name = metricWords(metric);
  const moved =
    delta === null ? "" : delta < 0 ? ` fell ${points(delta)} points` : ` ${signed(delta)} points`;
  const on = cases === 1 ? "this case" : `these ${cases} cases`;
  return `${name}${moved}${bounds(low, high)} on ${on}, but the provider has moved since the baseline was made: not enough evidence`;
}

/** What a run that stopped early had seen when it was decided: a repeated interval, since it was looked at before. */
export function explainDecision(
  trials: number,
  { metric, delta, low, high }: Pick<MetricComparison, "metric" | "delta" | "low" | "high">,
): string {
  const when = `It was decided on ${trials} ${trials === 1 ? "answer" : "answers"}`;
  if (delta === null) return `${when}.`;
  const range =
    low === null || high === null ? "" : ` (${signed(low)} to ${signed(high)}, a repeated interval)`;
  return `${when}, when ${metricWords(metric)} was at ${signed(delta)} points${range}.`;
}

function bounds(low: number | null, high: number | null): string {
  if (low === null || high === null) return "";
  return high < 0 ? ` (${points(high)} to ${points(low)})` : ` (${signed(low)} to ${signed(high)})`;
}

function inconclusiveSentence(
  {
    name,
    delta,
    high,
    allowed,
    candidate,
  }: {
    name: string;
    delta: number;
    high: number | null;
    allowed: string;
    p: number | null;
    candidate: number | null;
  },
  evidence: MetricEvidence,
  rule: MetricRule,
  missing: number,
): string {
  if (missing > 0 && evidence.notBelow !== null && evidence.notBelow > -evidence.allowed) {
    return `${name} ${signed(delta)} points, but ${missing} ${missing === 1 ? "case has" : "cases have"} no answer on one side: not enough evidence`;
  }
  if (evidence.difference.clusters < 2)
    return `${name} ${signed(delta)} points: one case alone cannot show that nothing fell: not enough evidence`;
  if (evidence.notBelow === null) return `${name} ${signed(delta)} points: too early to say`;
  if (evidence.allowed <= 0)
    return `${name} ${signed(delta)} points: the baseline is at 0, so no share of it can be allowed: not enough evidence`;
  const range = `${signed(Math.max(-1, evidence.notBelow))} to ${signed(high ?? 1)}`;
  // The interval is a normal one and the test counts: of a few answers they need not say the same.
  if (high !== null && high < -evidence.allowed)
    return `${name} ${signed(delta)} points: the interval ${range} lies below the allowed ${allowed} points, but so few answers do not prove a drop: not enough evidence; more trials of each case would settle it`;
  const spans = `${name} ${signed(delta)} points: the interval ${range} spans the allowed ${allowed} points: not enough evidence`;
  const more = moreEvidence(evidence, rule, candidate);
  return more === "" ? spans : `${spans}; ${more} would settle it 4 times in 5 if nothing changed`;
}

/** More than this is no advice. */
const MAX_CASES = 100_000;

/** How many more cases, or trials of each, would show in 4 runs of 5 that nothing fell by more than is allowed. */
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
  // Variance falls with the trials of the candidate only as far as the baseline's own trials allow.
  const k = difference.meanCandidateCount;
  const factor = (n + cases) / n;
  const trials = Math.ceil(k * factor) - Math.floor(k);
  return `${cases} more ${cases === 1 ? "case" : "cases"}${rule.scope === "population" || trials > 50 ? "" : `, or about ${trials} more ${trials === 1 ? "trial" : "trials"} of each on both sides,`}`;
}

function pointSentence(
  name: string,
  delta: number,
  on: string,
  allowed: string,
  evidence: MetricEvidence,
): string {
  const error = evidence.difference.sePermutation;
  const falseAlarm = error === 0 ? 0 : normalCdf(-evidence.allowed / error);
  const rate = (falseAlarm * 100).toFixed(0);
  return `${name} ${signed(delta)} points ${on}, ${allowed} allowed, by the bare numbers: with nothing changed this rule blocks ${rate} % of the time`;
}

/** Smallest drop that a comparison of this size shows 4 times in 5, in points of [0, 1]; null when it shows none. */
export function detectableDrop({ difference, allowed }: MetricEvidence, confidence: number): number | null {
  const n = difference.clusters;
  const floor = (allowed * (1 - allowed)) / difference.meanCandidateCount;
  const variance = Math.max(difference.sePermutation ** 2 * n, floor);
  if (variance === 0) return null;
  const drop = minimumDetectableEffect(n, variance, { alpha: 1 - confidence });
  return drop > 1 ? null : drop;
}
