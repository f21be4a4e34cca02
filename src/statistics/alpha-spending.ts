import { requireLevel } from "./argument-checks.ts";
import { normalQuantile, normalUpperTail } from "./normal-distribution.ts";

/**
 * How the type I error is spent as information accumulates: `obf` (O'Brien–Fleming type), `pocock`, or `hsd` with its gamma,
 * such as `hsd-2` or `hsd-4` (Hwang, Shih & DeCani; negative values spend late, `hsd0` evenly).
 */
export type SpendingFunction = "obf" | "pocock" | `hsd${number}`;

/**
 * Type I error spent up to an information fraction (Lan & DeMets 1983; closed forms as in gsDesign's sfLDOF, sfLDPocock and
 * sfHSD).
 *
 * @param fraction of the final information, at least 0; above 1 counts as 1
 * @param spending the spending function
 * @param alpha total one-sided error, in (0, 1)
 * @returns 0 at fraction 0, `alpha` at 1
 * @throws {RangeError} on arguments outside those ranges or an unknown function
 */
export function spentAlpha(fraction: number, spending: SpendingFunction, alpha: number): number {
  requireLevel("alpha", alpha);
  if (!(fraction >= 0)) throw new RangeError(`fraction must be at least 0, not ${fraction}`);
  const t = Math.min(fraction, 1);
  if (t === 0) return 0;
  if (spending === "obf") return 2 * normalUpperTail(-normalQuantile(alpha / 2) / Math.sqrt(t));
  if (spending === "pocock") return alpha * Math.log1p((Math.E - 1) * t);
  const gamma = hsdGamma(spending);
  return gamma === 0 ? alpha * t : (alpha * Math.expm1(-gamma * t)) / Math.expm1(-gamma);
}

function hsdGamma(spending: string): number {
  const gamma = /^hsd-?\d+(\.\d+)?$/.test(spending) ? Number(spending.slice(3)) : Number.NaN;
  if (Number.isNaN(gamma)) throw new RangeError(`unknown spending function ${spending}`);
  return gamma;
}
