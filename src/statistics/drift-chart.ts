import { requireCount, requireProportion } from "./argument-checks.ts";
import { CUSUM_START, type CusumState, cusumStep, shiryaevRoberts } from "./drift-detectors.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { seededRandom } from "./seeded-random.ts";

/** Half of the shift that the chart detects fastest, in standard deviations of one value. */
const ALLOWANCE = 0.5;

/**
 * The chart raises an alarm when its statistic is above this threshold. Without a change and with an exactly known
 * reference, there is one false alarm in some 430 values.
 */
export const DRIFT_THRESHOLD = 5;

/** At this threshold a Shiryaev–Roberts chart is proven to raise at most one false alarm in 500 values. */
export const SHIRYAEV_ROBERTS_THRESHOLD = 500;

/** The state of a chart after a value. */
export interface ChartPoint {
  /** The evidence for a rise of the values or for a fall of the values, whichever is larger; at least 0. */
  readonly statistic: number;
  readonly direction: "up" | "down";
  readonly alarm: boolean;
  /** Index of the value at which the evidence started to accumulate; the point's own index without any evidence. */
  readonly since: number;
}

/**
 * A two-sided CUSUM chart. After an alarm the evidence restarts at the threshold: the alarm goes on while the shift
 * lasts, and ends with the first value that shows that the shift is over.
 *
 * @param values standardised differences from the reference, in time order
 * @returns one point per value
 */
export function driftChart(values: readonly number[]): ChartPoint[] {
  let state: CusumState = CUSUM_START;
  const began = { high: 0, low: 0 };
  return values.map((value, index) => {
    if (state.high === 0) began.high = index;
    if (state.low === 0) began.low = index;
    const { high, low } = cusumStep(state, value, ALLOWANCE);
    state = { high: Math.min(high, DRIFT_THRESHOLD), low: Math.min(low, DRIFT_THRESHOLD) };
    const side = high >= low ? "high" : "low";
    return {
      statistic: Math.max(high, low),
      direction: side === "high" ? "up" : "down",
      alarm: Math.max(high, low) > DRIFT_THRESHOLD,
      since: began[side],
    };
  });
}

/** The current statistic of a Shiryaev–Roberts chart of the same values; null without values. */
export function shiryaevRobertsNow(values: readonly number[]): number | null {
  return shiryaevRoberts(values).at(-1) ?? null;
}

/**
 * Average number of values until a shift raises an alarm: the threshold divided by what each value adds.
 *
 * @param shift size, in standard deviations of one value, at least 0
 * @returns Infinity for a shift not larger than the allowance
 */
export function valuesToFind(shift: number): number {
  return shift <= ALLOWANCE
    ? Number.POSITIVE_INFINITY
    : Math.max(1, Math.ceil(DRIFT_THRESHOLD / (shift - ALLOWANCE)));
}

/**
 * Number of simulated series of values from which a probability is estimated. The standard error of the probability
 * is then at most half a percentage point.
 */
const PLAYED = 10_000;

/**
 * Probability that the chart raises a false alarm within `count` values. All values are compared with the same
 * estimated reference, so the error of the reference affects all of them. The smaller the reference sample, the more
 * often that error alone raises an alarm.
 *
 * @param count values, at least 1
 * @param shared the reference's share of a value's variance, in [0, 1]
 * @returns a probability in [0, 1], from a seeded simulation
 * @throws {RangeError} on arguments outside those ranges
 */
export function falseAlarmProbability(count: number, shared: number): number {
  requireCount("count", count, 1);
  requireProportion("shared", shared);
  const random = seededRandom("false alarms");
  const normal = (): number => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())));
  const [own, common] = [Math.sqrt(1 - shared), Math.sqrt(shared)];
  let alarms = 0;
  for (let played = 0; played < PLAYED; played++) {
    const off = common * normal();
    let state = CUSUM_START;
    for (let at = 0; at < count; at++) {
      state = cusumStep(state, own * normal() + off, ALLOWANCE);
      if (Math.max(state.high, state.low) <= DRIFT_THRESHOLD) continue;
      alarms++;
      break;
    }
  }
  return alarms / PLAYED;
}

/**
 * Converts one-sided p-values to a z value with the same tail probabilities.
 *
 * @param low probability of a value as low as the observed one, or lower; `high`: as high, or higher. Both are in
 * [0, 1], and not both are 0.
 */
export function deviationOf({ low, high }: { readonly low: number; readonly high: number }): number {
  const tail = Math.max(1e-20, Math.min(low, high, 0.5));
  return low <= high ? normalQuantile(tail) : -normalQuantile(tail);
}
