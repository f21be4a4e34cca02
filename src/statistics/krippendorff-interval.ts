import type { Interval } from "./interval.ts";
import { quantile7 } from "./quantile.ts";
import { seededRandom } from "./seeded-random.ts";

/** Numbers of votes on one unit for each of two categories. */
export type TwoWayVotes = { readonly first: number; readonly second: number };

/** Maximum product of units and resamples, so that the computation stays short. */
const MAX_WORK = 1_000_000;
const MAX_DRAWS = 1000;
const LEAST_DRAWS = 200;

/**
 * Interval of Krippendorff's nominal alpha for two categories: percentile bootstrap, which resamples units. The same
 * seed gives the same interval.
 *
 * @param units votes of each unit; units with fewer than two votes do not count
 * @param confidence two-sided, in (0, 1)
 * @returns null with fewer than two units that count, or when all votes are equal in more than half of the resamples
 */
export function krippendorffInterval(
  units: readonly TwoWayVotes[],
  seed: string,
  confidence = 0.95,
): Interval | null {
  const rated = units.filter(({ first, second }) => first + second >= 2);
  if (rated.length < 2) return null;
  const random = seededRandom(seed);
  const draws = Math.max(LEAST_DRAWS, Math.min(MAX_DRAWS, Math.floor(MAX_WORK / rated.length)));
  const alphas: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const alpha = alphaOfDraw(rated, random);
    if (alpha !== null) alphas.push(alpha);
  }
  if (alphas.length < draws / 2) return null;
  const tail = (1 - confidence) / 2;
  return { low: quantile7(alphas, tail), high: quantile7(alphas, 1 - tail) };
}

function alphaOfDraw(units: readonly TwoWayVotes[], random: () => number): number | null {
  let observed = 0;
  let first = 0;
  let second = 0;
  for (let i = 0; i < units.length; i++) {
    const unit = units[Math.floor(random() * units.length)];
    if (unit === undefined) continue;
    observed += (2 * unit.first * unit.second) / (unit.first + unit.second - 1);
    first += unit.first;
    second += unit.second;
  }
  const expected = (2 * first * second) / (first + second - 1);
  return expected === 0 ? null : 1 - observed / expected;
}
