import { requireCount, requireProportion } from "./argument-checks.ts";
import { CUSUM_START, type CusumState, cusumStep, shiryaevRoberts } from "./drift-detectors.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { seededRandom } from "./seeded-random.ts";

/** Half of the shift that the chart looks for first, in standard deviations of one value. */
const ALLOWANCE = 0.5;

/** Evidence above which the chart alarms: once in some 430 values without a change, against a perfect reference. */
export const DRIFT_THRESHOLD = 5;

/** At this value a Shiryaev–Roberts chart alarms at most once in 500 values without a change, by proof. */
export const SHIRYAEV_ROBERTS_THRESHOLD = 500;

/** Where a chart stands after a value. */
export interface ChartPoint {
  /** The larger of the evidence up and down, at least 0. */
  readonly statistic: number;
  readonly direction: "up" | "down";
  readonly alarm: boolean;
  /** Index of the value at which the evidence began to gather; its own where there is none. */
  readonly since: number;
}

/**
 * A two-sided CUSUM chart. After an alarm the evidence starts again at the threshold: a shift that lasts goes on
 * alarming, and one that is over stops with the first value that shows it.
 *
 * @param values standardised differences from the reference, in time order
 * @returns one point a value
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

/** Where a Shiryaev–Roberts chart of the same values stands; null before the first. */
export function shiryaevRobertsNow(values: readonly number[]): number | null {
  return shiryaevRoberts(values).at(-1) ?? null;
}

/**
 * How many values a shift takes to alarm, on average about: the threshold over what each adds.
 *
 * @param shift size, in standard deviations of one value, at least 0
 * @returns Infinity for a shift that the allowance swallows
 */
export function valuesToFind(shift: number): number {
  return shift <= ALLOWANCE
    ? Number.POSITIVE_INFINITY
    : Math.max(1, Math.ceil(DRIFT_THRESHOLD / (shift - ALLOWANCE)));
}

/** Series that are played for a probability: its standard error is below half a point. */
const PLAYED = 10_000;

/**
 * Chance that the chart alarms within so many values without a change. Every value is held against one and the same
 * reference, so all of them are off by what the reference is off: the smaller it is, the more often that alone alarms.
 *
 * @param count values, at least 1
 * @param shared share of a value's variance that is the reference's, in [0, 1]
 * @returns by seeded play, in [0, 1]
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
 * Standard deviations by which values fell or rose, from one-sided p-values: the normal value with the same tails.
 *
 * @param low chance of so little or less, `high` of so much or more; both in [0, 1], not both 0
 */
export function deviationOf({ low, high }: { readonly low: number; readonly high: number }): number {
  const tail = Math.max(1e-20, Math.min(low, high, 0.5));
  return low <= high ? normalQuantile(tail) : -normalQuantile(tail);
}
