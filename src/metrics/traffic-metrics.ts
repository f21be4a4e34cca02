import { itemAt } from "../domain/item-at.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import type { Metrics, MetricValue } from "../domain/run.ts";
import type { TrafficDay } from "../domain/scored-traffic.ts";
import { groupedClusterMean } from "../statistics/cluster-mean.ts";
import { clusteredQuantiles } from "../statistics/clustered-quantile.ts";
import { studentTQuantile } from "../statistics/student-t-distribution.ts";
import { wilsonInterval } from "../statistics/wilson-interval.ts";

/** The data of one trace from which a day's metrics are computed. */
export interface MeasuredTrace {
  readonly session: string | null;
  readonly failed: boolean;
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly refused: boolean | null;
  /** Whether the trace passes; null when it was not scored, or when no scorer decides whether it passes. */
  readonly pass: boolean | null;
  /** One score per scorer, in the order of the scorers; null for a missing score. */
  readonly scores: readonly (number | null)[];
  readonly scored: boolean;
  /** The error of the trace or of a scorer; null without one. */
  readonly error: ErrorKind | null;
}

const UNKNOWN: MetricValue = { value: null };
const PERCENTILES = [50, 95, 99] as const;

/**
 * The metrics of some traces. Each trace counts once. Traces of one session are correlated, so intervals treat
 * sessions as the independent units.
 *
 * @param day for the result; null when the traces have no time, or are of all days
 * @param scorers names, in the order of the scores
 */
export function measureTraffic(
  day: string | null,
  traces: readonly MeasuredTrace[],
  scorers: readonly string[],
): TrafficDay {
  // A trace without a session forms its own group.
  const groups = traces.map(({ session }, at) => (session === null ? `#${at}` : `s${session}`));
  const share = (read: (one: MeasuredTrace) => number | boolean | null): MetricValue =>
    shareOf(traces, groups, read);
  const metrics: Record<string, MetricValue> = { pass_rate: share(({ pass }) => pass) };
  for (const [at, name] of scorers.entries())
    metrics[`score.${name}`] = share(({ scores }) => scores[at] ?? null);
  metrics.error_rate = share(({ failed }) => failed);
  metrics.refusal_rate = traces.some(({ refused, failed }) => refused === null && !failed)
    ? UNKNOWN
    : share(({ refused }) => refused);
  return {
    day,
    traces: traces.length,
    sessions: new Set(groups).size,
    scored: traces.filter(({ scored }) => scored).length,
    metrics: { ...metrics, ...latencies(traces, groups), ...costs(traces) },
    errors: errorsOf(traces),
  };
}

/** The mean over traces of a number in [0, 1], with its interval; traces for which `read` gives null are left out. */
function shareOf(
  traces: readonly MeasuredTrace[],
  groups: readonly string[],
  read: (one: MeasuredTrace) => number | boolean | null,
): MetricValue {
  const sum: number[] = [];
  const own: string[] = [];
  for (const [at, trace] of traces.entries()) {
    const value = read(trace);
    if (value === null) continue;
    sum.push(Number(value));
    own.push(itemAt(groups, at));
  }
  if (sum.length === 0) return UNKNOWN;
  const sessions = new Set(own).size;
  const { mean, standardError } = groupedClusterMean({ count: sum.map(() => 1), sum }, own);
  if (sessions < 2) return { value: mean, low: null, high: null };
  const size = standardError === 0 ? sessions : (mean * (1 - mean)) / standardError ** 2;
  const effective = Math.min(Math.max(size, sessions), sum.length);
  return {
    value: mean,
    ...wilsonInterval(Math.min(1, Math.max(0, mean)), effective, studentTQuantile(0.975, sessions - 1)),
  };
}

/** Latency percentiles over the traces that did not fail and whose latency is known. */
function latencies(traces: readonly MeasuredTrace[], groups: readonly string[]): Metrics {
  const places = new Map<string, number>();
  const values: number[] = [];
  const clusters: number[] = [];
  for (const [at, { latency_ms, failed }] of traces.entries()) {
    if (latency_ms === null || failed) continue;
    const group = itemAt(groups, at);
    if (!places.has(group)) places.set(group, places.size);
    values.push(latency_ms);
    clusters.push(places.get(group) ?? 0);
  }
  const found =
    values.length === 0
      ? []
      : clusteredQuantiles(
          values,
          clusters,
          PERCENTILES.map((q) => q / 100),
        );
  return Object.fromEntries(PERCENTILES.map((q, at) => [`latency_p${q}`, found[at] ?? UNKNOWN]));
}

/** Total and mean cost; unknown when any trace's cost is unknown. */
function costs(traces: readonly MeasuredTrace[]): Metrics {
  const known = traces.flatMap(({ cost_usd }) => cost_usd ?? []);
  if (traces.length === 0 || known.length < traces.length)
    return { cost_usd: UNKNOWN, cost_per_trace: UNKNOWN };
  const sum = known.reduce((all, one) => all + one, 0);
  return { cost_usd: { value: sum }, cost_per_trace: { value: sum / traces.length } };
}

function errorsOf(traces: readonly MeasuredTrace[]): TrafficDay["errors"] {
  const counts: Partial<Record<ErrorKind, number>> = {};
  for (const { error } of traces) if (error !== null) counts[error] = (counts[error] ?? 0) + 1;
  return counts;
}
