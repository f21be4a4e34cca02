import type { SpendingFunction } from "./alpha-spending.ts";
import { requirePositive } from "./argument-checks.ts";
import { ldBounds } from "./group-sequential-bounds.ts";
import { type Look, planLooks, plannedInformation } from "./look-schedule.ts";
import { numberAt } from "./number-at.ts";

/** Number of grid points of the density with which bounds are accurate to 1e-5 and fast enough for every look. */
export const SEQUENTIAL_POINTS = 401;

/** The type I error of a sequential test and how it is spent. Divide alpha when several tests are made at once. */
export type SequentialSettings = {
  /** One-sided type I error, for harm and for pass each; default 0.05. */
  readonly alpha?: number;
  /** The spending function; default `hsd-2`. */
  readonly spending?: SpendingFunction;
  /** Odd number of grid points; default 401. */
  readonly points?: number;
};

/** Bounds on z, one per look. The bound for pass is null at a look within the first round. */
export type LookBounds = {
  readonly harm: readonly number[];
  readonly pass: readonly (number | null)[];
};

/** Looks with the information and the bounds that they will have if no value is missing. */
export type SequentialPlan = LookBounds & {
  readonly looks: readonly Look[];
  /** Information at each look, in values; see the function `information`. */
  readonly information: readonly number[];
};

/**
 * Bounds for the looks that have happened, from their actual information.
 *
 * Harm and pass each spend their own alpha. The schedule may change if the change does not depend on the observed
 * values. A bound depends only on its own look and earlier ones, so earlier decisions stay valid. If the last planned
 * look has less information than planned, all remaining error is spent at that look.
 *
 * @param looks all planned looks
 * @param realised information at each look so far, at most as many as looks
 * @param total information planned for the last look, above 0
 * @returns one bound of each kind per look so far
 * @throws {RangeError} if information decreases, or is given for more looks than were planned
 */
export function boundsAtLooks(
  looks: readonly Look[],
  realised: readonly number[],
  total: number,
  settings: SequentialSettings = {},
): LookBounds {
  const { alpha = 0.05, spending = "hsd-2", points = SEQUENTIAL_POINTS } = settings;
  requirePositive("total", total);
  if (realised.length > looks.length) {
    throw new RangeError(`${realised.length} looks happened, but only ${looks.length} were planned`);
  }
  const times = realised.map((amount) => amount / total);
  const spendAt = times.map((time, i) => (i === looks.length - 1 ? 1 : Math.min(1, time)));
  const rounds = times.map((_, i) => i).filter((i) => looks[i]?.kind === "round");
  const harm = ldBounds({ times, spendAt, spending, alpha, points });
  const full = ldBounds({
    times: rounds.map((i) => numberAt(times, i)),
    spendAt: rounds.map((i) => numberAt(spendAt, i)),
    spending,
    alpha,
    points,
  });
  const pass = times.map((_, i): number | null => full[rounds.indexOf(i)] ?? null);
  return { harm, pass };
}

/**
 * The plan of a test that has not begun: all looks, with the information and the bounds that each will have.
 *
 * @param baseCounts base values per cluster, each at least 1, in the order clusters are run
 * @param rounds candidate trials per cluster, at least 1
 * @throws {RangeError} if there is no cluster, or no cluster has base values
 */
export function sequentialPlan(
  baseCounts: ArrayLike<number>,
  rounds: number,
  settings: SequentialSettings = {},
): SequentialPlan {
  const looks = planLooks(baseCounts.length, rounds);
  const planned = plannedInformation(looks, baseCounts);
  const total = numberAt(planned, planned.length - 1);
  return { looks, information: planned, ...boundsAtLooks(looks, planned, total, settings) };
}

/**
 * Replaces planned information by the actual information where looks have happened, to show the remaining bounds.
 *
 * @param planned information of every look
 * @param realised information of the looks so far
 * @returns one value per planned look: the actual values unchanged, then values that never decrease
 * @throws {RangeError} if more looks happened than were planned
 */
export function updatedInformation(planned: readonly number[], realised: readonly number[]): number[] {
  if (realised.length > planned.length) {
    throw new RangeError(`${realised.length} looks happened, but only ${planned.length} were planned`);
  }
  const latest = realised.at(-1) ?? 0;
  return planned.map((amount, i) => realised[i] ?? Math.max(amount, latest));
}
