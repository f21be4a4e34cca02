import { requireProportion } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";

/**
 * Holm's step-down adjustment: rejecting adjusted values of at most alpha keeps the probability of any false
 * rejection at alpha under any dependence (Holm 1979).
 *
 * @param pValues each in [0, 1]
 * @returns adjusted p-values in the order given
 * @throws {RangeError} if a p-value is outside [0, 1]
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length).fill(0);
  let running = 0;
  ascending(pValues).forEach((index, rank) => {
    const scaled = Math.min(1, (pValues.length - rank) * numberAt(pValues, index));
    running = Math.max(running, scaled);
    adjusted[index] = running;
  });
  return adjusted;
}

/**
 * Benjamini–Hochberg adjustment: rejecting adjusted values of at most q keeps the expected share of false rejections
 * at q, for independent or positively dependent tests (Benjamini & Hochberg 1995).
 *
 * @param pValues each in [0, 1]
 * @returns adjusted p-values in the order given
 * @throws {RangeError} if a p-value is outside [0, 1]
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length).fill(0);
  let running = 1;
  const order = ascending(pValues);
  for (let rank = order.length; rank >= 1; rank--) {
    const index = numberAt(order, rank - 1);
    running = Math.min(running, (numberAt(pValues, index) * pValues.length) / rank);
    adjusted[index] = running;
  }
  return adjusted;
}

function ascending(pValues: readonly number[]): number[] {
  for (const p of pValues) requireProportion("p", p);
  return pValues
    .map((_, index) => index)
    .sort((one, other) => numberAt(pValues, one) - numberAt(pValues, other));
}
