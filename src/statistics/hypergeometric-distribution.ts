import { requireCount, requirePart } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";

/** Consecutive probabilities: `probabilities[i]` belongs to the value `lowest + i`. */
export type ProbabilityTable = { readonly lowest: number; readonly probabilities: Float64Array };

/**
 * Every possible number of marked items in a draw without replacement, with its probability.
 *
 * Computed by the ratio of neighbours outward from the mode and scaled to sum 1: no factorial, no overflow, relative
 * error about 1e-14 times the number of possible values.
 *
 * @param population number of items, at least 0
 * @param marked number of marked items, in [0, population]
 * @param drawn number of items drawn, in [0, population]
 * @throws {RangeError} on counts that cannot belong together
 */
export function hypergeometricTable(population: number, marked: number, drawn: number): ProbabilityTable {
  requireCount("population", population);
  requirePart("marked", marked, population);
  requirePart("drawn", drawn, population);
  const lowest = Math.max(0, drawn - (population - marked));
  const highest = Math.min(drawn, marked);
  const mode = Math.min(
    highest,
    Math.max(lowest, Math.floor(((drawn + 1) * (marked + 1)) / (population + 2))),
  );
  const unmarkedLeft = population - marked - drawn;
  const probabilities = new Float64Array(highest - lowest + 1);
  probabilities[mode - lowest] = 1;
  let total = 1;
  for (let x = mode, value = 1; x < highest; x++) {
    value *= ((marked - x) * (drawn - x)) / ((x + 1) * (unmarkedLeft + x + 1));
    probabilities[x + 1 - lowest] = value;
    total += value;
  }
  for (let x = mode, value = 1; x > lowest; x--) {
    value *= (x * (unmarkedLeft + x)) / ((marked - x + 1) * (drawn - x + 1));
    probabilities[x - 1 - lowest] = value;
    total += value;
  }
  for (let i = 0; i < probabilities.length; i++) probabilities[i] = numberAt(probabilities, i) / total;
  return { lowest, probabilities };
}

/**
 * Probability of exactly `x` marked items among `drawn` of `population` items, of which `marked` are marked.
 *
 * @param x an integer; impossible values have probability 0
 * @throws {RangeError} on counts that cannot belong together
 */
export function hypergeometricPmf(x: number, population: number, marked: number, drawn: number): number {
  const { lowest, probabilities } = hypergeometricTable(population, marked, drawn);
  return probabilities[x - lowest] ?? 0;
}
