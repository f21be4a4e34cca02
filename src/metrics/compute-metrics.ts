import { flipMetric } from "../domain/flip-metric.ts";
import { itemAt } from "../domain/item-at.ts";
import type { Metrics, MetricValue } from "../domain/run.ts";
import { type ClusterSums, clusterMeans } from "../statistics/cluster-mean.ts";
import { clusteredQuantiles } from "../statistics/clustered-quantile.ts";
import { flipRate, passAtK, passHatK } from "../statistics/pass-k.ts";
import { wilsonNeff, wilsonShare } from "../statistics/wilson-interval.ts";
import type { KnownSum, Tally } from "./tally.ts";

const UNKNOWN: MetricValue = { value: null };
const LATENCY_PERCENTILES = [50, 90, 95, 99] as const;

/**
 * All metrics of a run, or of some of its cases. The mean metrics are macro means over cases, with a 95 % interval
 * that treats each case as one cluster. Errored trials count only in `error_rate` and `simulator_error_rate`.
 *
 * @param trials pass^k and pass@k are computed for k from 1 to this number; each is unknown while a case has fewer than
 * k answered trials
 * @param scorers names, in the order of the tally's scores
 * @param only numbers of the cases to measure, such as the cases of a tag; the metrics of the whole run (cost, latency,
 * tokens, …) are then left out. Absent: all cases
 */
export function computeMetrics(
  tally: Tally,
  {
    trials,
    scorers,
    only,
  }: { trials: number; scorers: readonly string[]; only?: readonly number[] | undefined },
): Metrics {
  const cases = only ?? Array.from({ length: tally.cases }, (_, caseNo) => caseNo);
  const metrics: Record<string, MetricValue> = {
    pass_rate: meanOf(pick(cases, tally.answered, tally.passed)),
  };
  for (let k = 1; k <= trials; k++) metrics[`pass^${k}`] = perCase(tally, cases, k, passHatK);
  for (let k = 1; k <= trials; k++) metrics[`pass@${k}`] = perCase(tally, cases, k, passAtK);
  for (const [index, name] of scorers.entries()) {
    const sums = tally.scores[index];
    metrics[`score.${name}`] = sums === undefined ? UNKNOWN : meanOf(pick(cases, sums.count, sums.sum));
    const agreement = sums?.agreement;
    if (agreement) metrics[`judge.${name}.agreement`] = meanOf(pick(cases, agreement.count, agreement.sum));
  }
  for (const [kind, { tried, flipped }] of tally.flips ?? [])
    metrics[flipMetric(kind)] = shareOf(pick(cases, tried, flipped));
  metrics.flaky_rate = perCase(tally, cases, 2, (n, c) => flipRate(n, c));
  metrics.error_rate = errorRate(tally, cases);
  return only === undefined ? { ...metrics, ...runTotals(tally) } : metrics;
}

function pick(cases: readonly number[], count: ArrayLike<number>, sum: ArrayLike<number>): ClusterSums {
  const measured = cases.filter((caseNo) => itemAt(count, caseNo) > 0);
  return {
    count: measured.map((caseNo) => itemAt(count, caseNo)),
    sum: measured.map((caseNo) => itemAt(sum, caseNo)),
  };
}

function meanOf(clusters: ClusterSums): MetricValue {
  const n = clusters.count.length;
  if (n === 0) return UNKNOWN;
  let total = 0;
  for (const one of clusterMeans(clusters)) total += one;
  const value = total / n;
  if (n === 1) return { value, low: null, high: null };
  const { low, high } = wilsonNeff(clusters);
  return { value, low, high };
}

/** A share of all trials (not a mean over cases). Its interval treats each case as one cluster. */
function shareOf(clusters: ClusterSums): MetricValue {
  const n = clusters.count.length;
  if (n === 0) return UNKNOWN;
  const { value, low, high } = wilsonShare(clusters);
  return n === 1 ? { value, low: null, high: null } : { value, low, high };
}

/**
 * Mean over the cases of a number in [0, 1] computed from (answered, passed, k). Unknown when any case has fewer than
 * k answered trials, because the other cases alone do not represent the suite.
 */
function perCase(
  tally: Tally,
  cases: readonly number[],
  k: number,
  of: (answered: number, passed: number, k: number) => number,
): MetricValue {
  if (cases.some((caseNo) => itemAt(tally.answered, caseNo) < k)) return UNKNOWN;
  return meanOf({
    count: cases.map(() => 1),
    sum: cases.map((caseNo) => of(itemAt(tally.answered, caseNo), itemAt(tally.passed, caseNo), k)),
  });
}

function errorRate(tally: Tally, cases: readonly number[]): MetricValue {
  let errored = 0;
  let ended = 0;
  for (const caseNo of cases) {
    errored += itemAt(tally.errored, caseNo);
    ended += itemAt(tally.errored, caseNo) + itemAt(tally.answered, caseNo);
  }
  return ended === 0 ? UNKNOWN : { value: errored / ended };
}

function runTotals(tally: Tally): Metrics {
  const totals: Record<string, MetricValue> = {};
  const percentiles = latencies(tally);
  for (const [index, q] of LATENCY_PERCENTILES.entries())
    totals[`latency_p${q}`] = percentiles?.[index] ?? UNKNOWN;
  totals.cost_usd = knownTotal(tally.cost, tally.totalAnswered);
  totals.cost_per_trial = knownMean(tally.cost, tally.totalAnswered);
  totals.input_tokens = knownMean(tally.inputTokens, tally.totalAnswered);
  totals.output_tokens = knownMean(tally.outputTokens, tally.totalAnswered);
  totals.refusal_rate = knownMean(tally.refusals, tally.totalAnswered);
  totals.tool_calls = knownMean(tally.toolCalls, tally.totalAnswered);
  totals.tool_error_rate = toolErrorRate(tally);
  totals.steps = knownMean(tally.steps, tally.totalAnswered);
  totals.turns = knownMean(tally.turns, tally.totalAnswered);
  totals.stopped_rate = knownMean(tally.stopped, tally.totalAnswered);
  totals.simulator_error_rate = simulatorErrorRate(tally);
  return totals;
}

/** Failed tool calls divided by all tool calls; unknown without calls, or when any answer does not report them. */
function toolErrorRate({ failedCalls, toolCalls, totalAnswered }: Tally): MetricValue {
  const isUnknown = totalAnswered === 0 || failedCalls.unknown + toolCalls.unknown > 0;
  return isUnknown || toolCalls.sum === 0 ? UNKNOWN : { value: failedCalls.sum / toolCalls.sum };
}

/** Trials spoiled by their simulated user, divided by all answered and errored trials. */
function simulatorErrorRate(tally: Tally): MetricValue {
  const ended = Array.from(
    { length: tally.cases },
    (_, caseNo) => itemAt(tally.answered, caseNo) + itemAt(tally.errored, caseNo),
  );
  const spoiled = tally.spoiled ?? new Uint16Array(tally.cases);
  return shareOf(pick([...ended.keys()], ended, spoiled));
}

/** Percentiles of only some trials would be a guess, so one unknown latency makes all percentiles unknown. */
function latencies({ latencies: { ms, case_no, unknown } }: Tally): MetricValue[] | null {
  if (ms.length === 0 || unknown > 0) return null;
  const levels = LATENCY_PERCENTILES.map((q) => q / 100);
  return clusteredQuantiles(ms, case_no, levels);
}

function knownTotal(total: KnownSum, trials: number): MetricValue {
  return trials === 0 || total.unknown > 0 ? UNKNOWN : { value: total.sum };
}

function knownMean(total: KnownSum, trials: number): MetricValue {
  return trials === 0 || total.unknown > 0 ? UNKNOWN : { value: total.sum / trials };
}
