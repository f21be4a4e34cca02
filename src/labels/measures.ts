import { type Confusion, type Estimate, type Measures, UNKNOWN_ESTIMATE } from "../domain/calibration.ts";
import type { Agreement } from "../statistics/agreement-table.ts";
import { cohenKappa } from "../statistics/cohen-kappa.ts";
import { gwetAc1 } from "../statistics/gwet-ac1.ts";
import { normalQuantile } from "../statistics/normal-distribution.ts";
import { wilsonInterval } from "../statistics/wilson-interval.ts";

/** An answer with people's decision and the judge's verdict. */
export interface JudgedLabel {
  readonly truth: "pass" | "fail";
  readonly verdict: "pass" | "fail";
  /** How many answers of the run this answer represents; above 0. */
  readonly weight: number;
}

const Z95 = normalQuantile(0.975);
/**
 * Weighted shares are multiplied by this number and rounded, because the statistics of a table need integer counts.
 */
const SHARES = 1_000_000_000;

/** Measures how far verdicts agree with the truth. @param weighted false counts every answer once */
export function measure(pairs: readonly JudgedLabel[], weighted: boolean): Measures {
  const confusion = confusionOf(pairs);
  const unequal = weighted && pairs.some((one) => one.weight !== pairs[0]?.weight);
  const weight = (one: JudgedLabel): number => (unequal ? one.weight : 1);
  const positives = pairs.filter((one) => one.truth === "pass");
  const negatives = pairs.filter((one) => one.truth === "fail");
  const size = effectiveSize(pairs, weight);
  const table = tableOf(pairs, weight, unequal);
  const share = (among: readonly JudgedLabel[], hit: (one: JudgedLabel) => boolean): Estimate =>
    shareOf(among, hit, weight);
  const agreement = share(pairs, (one) => one.truth === one.verdict);
  return {
    n: pairs.length,
    confusion,
    weighted: unequal,
    agreement,
    kappa: around(table === null ? null : cohenKappa(table), Math.sqrt(sumOf(table) / size), agreement),
    // The standard error of AC1 (Gwet's agreement coefficient) contains √(n − 1), that of kappa contains √n.
    ac1: around(
      table === null || pairs.length < 2 ? null : gwetAc1(table),
      Math.sqrt((sumOf(table) - 1) / (size - 1)),
      agreement,
    ),
    sensitivity: share(positives, (one) => one.verdict === "pass"),
    specificity: share(negatives, (one) => one.verdict === "fail"),
    positives: effectiveSize(positives, weight),
    negatives: effectiveSize(negatives, weight),
  };
}

export function confusionOf(pairs: readonly Pick<JudgedLabel, "truth" | "verdict">[]): Confusion {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (const { truth, verdict } of pairs) {
    if (truth === "pass") counts[verdict === "pass" ? "tp" : "fn"]++;
    else counts[verdict === "pass" ? "fp" : "tn"]++;
  }
  return counts;
}

/** Kish's effective size: the number of equally weighted answers with the same information. */
function effectiveSize(among: readonly JudgedLabel[], weight: (one: JudgedLabel) => number): number {
  let sum = 0;
  let squares = 0;
  for (const one of among) {
    sum += weight(one);
    squares += weight(one) ** 2;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}

/** A share with its Wilson interval. */
function shareOf(
  among: readonly JudgedLabel[],
  hit: (one: JudgedLabel) => boolean,
  weight: (one: JudgedLabel) => number,
): Estimate {
  if (among.length === 0) return UNKNOWN_ESTIMATE;
  let all = 0;
  let hits = 0;
  for (const one of among) {
    all += weight(one);
    if (hit(one)) hits += weight(one);
  }
  const value = Math.min(1, hits / all);
  return { value, ...wilsonInterval(value, effectiveSize(among, weight), Z95) };
}

/** The table of verdicts: people's in rows, the judge's in columns, pass first. Null without answers. */
function tableOf(
  pairs: readonly JudgedLabel[],
  weight: (one: JudgedLabel) => number,
  asShares: boolean,
): number[][] | null {
  if (pairs.length === 0) return null;
  const table = [
    [0, 0],
    [0, 0],
  ];
  let total = 0;
  for (const one of pairs) {
    const row = table[one.truth === "pass" ? 0 : 1];
    const column = one.verdict === "pass" ? 0 : 1;
    if (row !== undefined) row[column] = (row[column] ?? 0) + weight(one);
    total += weight(one);
  }
  return asShares ? table.map((row) => row.map((sum) => Math.round((sum / total) * SHARES))) : table;
}

function sumOf(table: number[][] | null): number {
  return (table ?? []).flat().reduce((sum, count) => sum + count, 0);
}

/** A standard error below this number is only rounding error. */
const NO_SPREAD = 1e-9;

/**
 * Cohen's kappa or Gwet's AC1 with its interval.
 *
 * @param scale adapts the standard error to the effective number of answers
 */
function around(found: Agreement | null, scale: number, agreement: Estimate): Estimate {
  if (found === null) return UNKNOWN_ESTIMATE;
  const value = found.estimate;
  if (found.standardError * scale > NO_SPREAD) {
    const half = Z95 * found.standardError * scale;
    return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) };
  }
  return { value, ...withoutSpread(value, agreement) };
}

/**
 * If judge and people agree on every answer, or on none, the standard error is 0 and gives no interval. The bounds
 * are then computed from the bounds of the plain agreement, with a chance agreement of 0.5, the highest that AC1
 * can have.
 */
function withoutSpread(value: number, agreement: Estimate): { low: number; high: number } {
  const beyondChance = (share: number): number => (share - 0.5) / 0.5;
  return {
    low: Math.min(value, beyondChance(agreement.low ?? 0)),
    high: Math.max(value, Math.min(1, beyondChance(agreement.high ?? 1))),
  };
}
