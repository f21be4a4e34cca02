import { requireLevel } from "./argument-checks.ts";
import type { Interval } from "./interval.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { wilsonInterval } from "./wilson-interval.ts";

/** An item drawn from a population, and whether it has the property in question. */
export interface DrawnUnit {
  readonly has: boolean;
  /** Probability with which the item was drawn, in (0, 1]. */
  readonly probability: number;
}

export interface WeightedRate extends Interval {
  /** Share of the population that has the property, in [0, 1]. */
  readonly value: number;
  /** Estimated size of the population: the sum of the weights. */
  readonly population: number;
}

/**
 * Share of a population that has a property, from a sample in which each member had its own probability of being
 * drawn (Horvitz and Thompson 1952, as the ratio of Hájek 1971): each drawn item has weight 1 / probability.
 *
 * The interval keeps its coverage even when few items with a probability below 1 were drawn. Items with probability 1
 * are counted exactly. The share among all other members uses Wilson's interval with Kish's effective size and a
 * finite-population correction. The number of these members is itself estimated. The two errors are combined as
 * independent errors.
 *
 * @param units at least one
 * @throws {RangeError} if there is no unit, or a probability is outside (0, 1]
 */
export function weightedRate(units: readonly DrawnUnit[], confidence = 0.95): WeightedRate {
  requireLevel("confidence", confidence);
  if (units.length === 0) throw new RangeError("a rate needs at least one unit");
  let [certain, certainHas, weights, squares, has, drawn] = [0, 0, 0, 0, 0, 0];
  for (const { has: it, probability } of units) {
    if (!(probability > 0 && probability <= 1))
      throw new RangeError(`probability must be in (0, 1], not ${probability}`);
    if (probability === 1) {
      certain += 1;
      certainHas += Number(it);
      continue;
    }
    const weight = 1 / probability;
    drawn += 1;
    weights += weight;
    squares += weight * weight;
    if (it) has += weight;
  }
  const population = certain + weights;
  const value = (certainHas + has) / population;
  if (drawn === 0) return { value, low: value, high: value, population };
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const share = Math.min(1, has / weights);
  const effective = (weights * weights) / squares;
  const among = wilsonInterval(share, effective / Math.max(1 - drawn / weights, Number.EPSILON), z);
  const whole = (one: number): number => (certainHas + weights * one) / population;
  const slope = Math.abs(share * certain - certainHas) / (population * population);
  const bySize = z * Math.sqrt(Math.max(0, squares - weights)) * slope;
  return {
    value,
    low: Math.max(0, value - Math.hypot(value - Math.min(value, whole(among.low)), bySize)),
    high: Math.min(1, value + Math.hypot(Math.max(value, whole(among.high)) - value, bySize)),
    population,
  };
}
