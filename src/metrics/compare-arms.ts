import type {
  ArmAnswer,
  ArmMetric,
  ArmMetricName,
  ArmStratum,
  ArmsComparison,
  ArmVerdict,
} from "../domain/arms.ts";
import {
  type AlwaysValid,
  boundedMeanInterval,
  normalMeanInterval,
  quantileBounds,
} from "../statistics/always-valid.ts";
import { benjaminiHochberg } from "../statistics/multiple-comparisons.ts";
import { quantile7 } from "../statistics/quantile.ts";
import { mean } from "../statistics/sample-moments.ts";
import { type ArmSession, type PairedArms, pairArms, type SessionPair } from "./pair-sessions.ts";

/**
 * The verdicts of a judge that saw both arms' answers to the same input. The key is the answer of arm a; the value is
 * the arm whose answer the judge preferred.
 */
export type Preferences = ReadonlyMap<ArmAnswer, "a" | "b" | "tie">;

type Compared = Omit<ArmsComparison, "arms" | "notes"> & {
  readonly sessions: { readonly a: number; readonly b: number };
  /** Number of tags with too few sessions to be compared. */
  readonly leftOut: number;
};

/** Minimum number of sessions in each arm for a stratum to be compared. */
const LEAST_SESSIONS = 10;

/**
 * Compares two arms by all metrics, over all sessions and by tag.
 *
 * @param preferences empty when no judge compared the answers
 */
export function compareArms(
  a: readonly ArmAnswer[],
  b: readonly ArmAnswer[],
  preferences: Preferences = new Map(),
): Compared {
  const arms = pairArms(a, b);
  const { metrics, decided_by, verdict } = measure(arms, preferences);
  const parts = byTag(a, b);
  const large = parts.flatMap(({ tag, ...own }) => {
    // There are at most as many sessions as answers.
    if (Math.min(own.a.length, own.b.length) < LEAST_SESSIONS) return [];
    const arms = pairArms(own.a, own.b);
    return Math.min(arms.a.length, arms.b.length) < LEAST_SESSIONS ? [] : [{ tag, arms }];
  });
  return {
    ...{ verdict, decided_by, design: arms.design, pairs: arms.pairs.length, metrics },
    sessions: { a: arms.a.length, b: arms.b.length },
    strata: stratify(large.map(({ tag, arms }) => ({ tag, ...measure(arms, preferences) }))),
    leftOut: parts.length - large.length,
  };
}

interface Tagged {
  readonly tag: string;
  readonly a: readonly ArmAnswer[];
  readonly b: readonly ArmAnswer[];
}

/** The answers that have each tag, by name of the tag. */
function byTag(a: readonly ArmAnswer[], b: readonly ArmAnswer[]): Tagged[] {
  const found = new Map<string, { readonly tag: string; readonly a: ArmAnswer[]; readonly b: ArmAnswer[] }>();
  for (const [arm, answers] of [["a", a] as const, ["b", b] as const])
    for (const answer of answers)
      for (const tag of new Set(answer.tags)) {
        const part = found.get(tag) ?? { tag, a: [], b: [] };
        found.set(tag, part);
        part[arm].push(answer);
      }
  return [...found.values()].sort((one, other) => (one.tag < other.tag ? -1 : 1));
}

interface Measured {
  readonly metrics: readonly ArmMetric[];
  /** The deciding metric's e-value against "no difference"; its reciprocal is a p-value. Null when unknown. */
  readonly evidence: number | null;
  readonly decided_by: ArmsComparison["decided_by"];
  readonly verdict: ArmVerdict;
}

function measure(arms: PairedArms, preferences: Preferences): Measured {
  const measured = [
    share("pass_rate", arms, ({ pass }) => pass),
    ...(preferences.size === 0 ? [] : [preferred(arms.pairs, preferences)]),
    share("error_rate", arms, ({ failed }) => failed),
    share("refusal_rate", arms, ({ refused }) => refused),
    ...([0.5, 0.95, 0.99] as const).map((q) => latency(q, arms)),
    average(
      "cost_per_trial",
      arms,
      ifAnswered(({ cost_usd }) => cost_usd),
    ),
    average(
      "output_length",
      arms,
      ifAnswered(({ output }) => output.length),
    ),
    average("feedback", arms, ({ feedback }) => feedback),
  ];
  const deciding =
    measured.find(({ metric }) => metric.metric === "pass_rate" && metric.delta !== null) ??
    measured.find(({ metric }) => metric.metric === "preference");
  return {
    metrics: measured.map(({ metric }) => metric),
    evidence: deciding?.evidence ?? null,
    decided_by: (deciding?.metric.metric ?? null) as Measured["decided_by"],
    verdict: verdictOf(deciding?.metric),
  };
}

/** Reads a value of an answer that did not fail; a failed one counts in the error rate. */
function ifAnswered(read: (answer: ArmAnswer) => number | null): (answer: ArmAnswer) => number | null {
  return (answer) => (answer.failed === true ? null : read(answer));
}

function verdictOf(metric: ArmMetric | undefined): ArmVerdict {
  if (metric === undefined || metric.low === null || metric.high === null) return "undecided";
  return metric.low > 0 ? "b_better" : metric.high < 0 ? "a_better" : "undecided";
}

function stratify(parts: readonly (Measured & { readonly tag: string })[]): ArmStratum[] {
  const known = parts.filter(({ evidence }) => evidence !== null);
  const p = known.map(({ evidence }) => Math.min(1, 1 / (evidence ?? 1)));
  const adjusted = benjaminiHochberg(p);
  return parts.map((part) => {
    const { tag, metrics, decided_by } = part;
    const at = known.indexOf(part);
    const [own = null, after = null] = [p[at], adjusted[at]];
    const delta = metrics.find(({ metric }) => metric === decided_by)?.delta ?? 0;
    const isCalled = after !== null && after <= 0.05;
    const verdict = !isCalled ? "undecided" : delta > 0 ? "b_better" : "a_better";
    return { stratum: `tag:${tag}`, metrics, p: own, p_adjusted: after, verdict };
  });
}

interface MeasuredMetric {
  readonly metric: ArmMetric;
  readonly evidence: number | null;
}

/** Mean of a session's known values; null when none is known. */
function sessionMean({ answers }: ArmSession, read: (answer: ArmAnswer) => number | null): number | null {
  const known = answers.map(read).filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

/**
 * Compares the arms' means. Each arm's mean, and the difference of the two means, are over all sessions. The interval
 * and the evidence come from the differences within the pairs.
 */
function means(
  name: ArmMetricName,
  { a, b, pairs }: PairedArms,
  read: (answer: ArmAnswer) => number | null,
  interval: (differences: readonly number[]) => AlwaysValid | null,
): MeasuredMetric {
  const of = (sessions: readonly ArmSession[]) => known(sessions.map((one) => sessionMean(one, read)));
  const [allA, allB] = [of(a), of(b)];
  const differences = pairs.flatMap((pair) => {
    const [fromA, fromB] = [of(pair.a), of(pair.b)];
    return fromA.length === 0 || fromB.length === 0 ? [] : mean(fromB) - mean(fromA);
  });
  const found = differences.length === 0 ? null : interval(differences);
  const sides = { a: allA.length === 0 ? null : mean(allA), b: allB.length === 0 ? null : mean(allB) };
  return {
    metric: { metric: name, ...aroundDelta(sides, found), sessions: { a: allA.length, b: allB.length } },
    evidence: found?.evidence ?? null,
  };
}

/**
 * Both means, their difference b − a and its interval. Unpaired sessions count in the means but not in the
 * interval, so the interval might not contain the difference. Then the interval is widened until it does.
 */
function aroundDelta(
  { a, b }: { readonly a: number | null; readonly b: number | null },
  bounds: { readonly low: number | null; readonly high: number | null } | null,
): Pick<ArmMetric, "a" | "b" | "delta" | "low" | "high"> {
  if (a === null || b === null) return { a, b, delta: null, low: null, high: null };
  const delta = b - a;
  const { low = null, high = null } = bounds ?? {};
  return {
    ...{ a, b, delta },
    low: low === null ? null : Math.min(low, delta),
    high: high === null ? null : Math.max(high, delta),
  };
}

function share(
  name: ArmMetricName,
  arms: PairedArms,
  holds: (answer: ArmAnswer) => boolean | null,
): MeasuredMetric {
  const read = (answer: ArmAnswer): number | null => {
    const held = holds(answer);
    return held === null ? null : held ? 1 : 0;
  };
  return means(name, arms, read, boundedMeanInterval);
}

function average(
  name: ArmMetricName,
  arms: PairedArms,
  read: (answer: ArmAnswer) => number | null,
): MeasuredMetric {
  return means(name, arms, read, normalMeanInterval);
}

/** For each arm, the mean over the pairs of the share of answers that the judge preferred. A tie counts for neither. */
function preferred(pairs: readonly SessionPair[], preferences: Preferences): MeasuredMetric {
  const won = pairs.flatMap(({ a }) => {
    const given = a.flatMap(({ answers }) => answers.map((answer) => preferences.get(answer)));
    const known = given.filter((one) => one !== undefined);
    if (known.length === 0) return [];
    const shareOf = (arm: "a" | "b") => known.filter((one) => one === arm).length / known.length;
    return [{ a: shareOf("a"), b: shareOf("b") }];
  });
  const metric = "preference" as const;
  const sessions = { a: won.length, b: won.length };
  if (won.length === 0)
    return { metric: { metric, ...aroundDelta({ a: null, b: null }, null), sessions }, evidence: null };
  const found = boundedMeanInterval(won.map(({ a, b }) => b - a));
  const sides = { a: mean(won.map(({ a }) => a)), b: mean(won.map(({ b }) => b)) };
  return { metric: { metric, ...aroundDelta(sides, found), sessions }, evidence: found.evidence };
}

const PERCENTILES = { 0.5: "latency_p50", 0.95: "latency_p95", 0.99: "latency_p99" } as const;

/**
 * Latency percentile `q` of both arms, with bounds of their difference. The bounds of each arm have level 97.5 %,
 * so the bounds of the difference have at least 95 %.
 */
function latency(q: keyof typeof PERCENTILES, { a, b }: PairedArms): MeasuredMetric {
  const times = (sessions: readonly ArmSession[]) =>
    sessions
      .map(({ answers }) => known(answers.map(ifAnswered(({ latency_ms }) => latency_ms))))
      .filter((cluster) => cluster.length > 0);
  const [ofA, ofB] = [times(a), times(b)];
  const side = (clusters: readonly (readonly number[])[]) =>
    clusters.length === 0
      ? { value: null, low: null, high: null }
      : { value: quantile7(clusters.flat(), q), ...quantileBounds(clusters, q, 0.975) };
  const [fromA, fromB] = [side(ofA), side(ofB)];
  const less = (one: number | null, other: number | null) =>
    one === null || other === null ? null : one - other;
  const bounds = { low: less(fromB.low, fromA.high), high: less(fromB.high, fromA.low) };
  return {
    metric: {
      metric: PERCENTILES[q],
      ...aroundDelta({ a: fromA.value, b: fromB.value }, bounds),
      sessions: { a: ofA.length, b: ofB.length },
    },
    evidence: null,
  };
}
