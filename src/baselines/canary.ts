import { itemAt } from "../domain/item-at.ts";
import type { Json } from "../domain/json.ts";
import type { CanaryResult, Comparison } from "../domain/report.ts";
import { storedReport } from "../domain/stored-report.ts";
import type { Verdict } from "../domain/verdict.ts";
import { type RandomSource, seededOrder, seededRandom } from "../statistics/seeded-random.ts";
import { stratifiedTest } from "../statistics/stratified-test.ts";
import type { ComparedSides, RuleFinding } from "./compare-sides.ts";
import { explainStale } from "./explain-verdict.ts";
import type { Side } from "./side.ts";

/**
 * Two-sided significance level: the maximum rate of false alarms for an unchanged provider
 * (docs/decisions/0001-canary.md).
 */
const ALPHA = 0.01;
/** Number of baseline trials by which a case is selected as stable; the case's other trials are used for the test. */
const PICKING = 2;
/** Minimum number of answered canaries for a test. */
export const LEAST_CANARIES = 5;

/** A case that is asked again, with the counts of the baseline trials that it is compared with. */
export interface Canary {
  readonly id: string;
  readonly trials: number;
  readonly passed: number;
}

/** A case's baseline trials, split into the trials that select the case and the trials for the test. */
interface Split {
  /** 1 when all selection trials have the same result; 0 when they differ, or when there are none. */
  readonly stability: number;
  readonly picking: number;
  readonly kept: Canary;
}

/**
 * The most stable cases of a baseline, judged by two random trials of each. The test uses only the other trials,
 * because the trials that selected a case would bias the test.
 *
 * @param eligible ids of cases that can be asked again in exactly the same way
 */
export function chooseCanaries(
  baseline: Side,
  eligible: ReadonlySet<string>,
  size: number,
  seed: string,
): Canary[] {
  const random = seededRandom(seed);
  const splits = Array.from(seededOrder(baseline.ids.length, seed)).flatMap((index) => {
    const id = itemAt(baseline.ids, index);
    const trials = itemAt(baseline.answered, index);
    return trials === 0 || !eligible.has(id)
      ? []
      : [split(id, trials, itemAt(baseline.passed, index), random)];
  });
  return splits
    .sort((a, b) => b.stability - a.stability || b.picking - a.picking)
    .slice(0, size)
    .map(({ kept }) => kept);
}

/**
 * Splits a case's trials at random into the trials that select the case and the trials for the test. The trials of a
 * case are exchangeable, so it suffices to draw how many of the selection trials passed.
 */
function split(id: string, trials: number, passed: number, random: RandomSource): Split {
  const picking = Math.min(PICKING, Math.floor(trials / 2));
  let picked = 0;
  for (let drawn = 0; drawn < picking; drawn++) {
    if (random() * (trials - drawn) < passed - picked) picked++;
  }
  return {
    stability: picking === 0 ? 0 : Math.abs((2 * picked) / picking - 1),
    picking,
    kept: { id, trials: trials - picking, passed: passed - picked },
  };
}

/** Today's answers of the canaries, by case id. */
export type CanaryAnswers = ReadonlyMap<string, { readonly answered: number; readonly passed: number }>;

/**
 * Tests whether today's answers differ from the baseline's.
 *
 * @param run id of the stored run with today's answers
 */
export function judgeCanaries(
  canaries: readonly Canary[],
  answers: CanaryAnswers,
  run: string,
): CanaryResult {
  const answeredCanaries = canaries.flatMap((one) => {
    const { answered, passed } = answers.get(one.id) ?? { answered: 0, passed: 0 };
    return answered === 0 ? [] : [{ m: one.trials, b: one.passed, k: answered, x: passed }];
  });
  const counts = { run, asked: canaries.length, answered: answeredCanaries.length };
  if (answeredCanaries.length < LEAST_CANARIES) {
    return { ...counts, baseline: null, today: null, p: null, stale: false };
  }
  const { p, pRise } = stratifiedTest(answeredCanaries);
  const both = Math.min(1, 2 * Math.min(p, pRise));
  return {
    ...counts,
    baseline: meanOf(answeredCanaries.map(({ m, b }) => b / m)),
    today: meanOf(answeredCanaries.map(({ k, x }) => x / k)),
    p: both,
    stale: both <= ALPHA,
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / values.length;

const share = (value: number | null): string => `${((value ?? 0) * 100).toFixed(0)} %`;

/** One sentence for the report; null when the canaries found no change of the provider. */
export function canarySentence({ asked, answered, baseline, today, p, stale }: CanaryResult): string | null {
  if (p === null) {
    return `The canary shows nothing: ${answered} of ${asked} canary cases were answered, and a test needs ${LEAST_CANARIES}.`;
  }
  if (!stale) return null;
  const odds = p < 0.0001 ? "p < 0.0001" : `p ${p.toPrecision(1)}`;
  return `baseline_stale: ${answered} canary cases, asked again exactly as for the baseline, passed ${share(today)} now and ${share(baseline)} in the baseline (${odds}). The provider's model has changed; promote a new baseline to see the effect of your change alone.`;
}

/** The result of the canaries in a stored report, if the report compares with this baseline; else null. */
export function canaryAgainst({ fingerprint }: Pick<Side, "fingerprint">, report: Json): CanaryResult | null {
  const comparison = storedReport({ report })?.comparison;
  if (comparison?.canary === undefined || fingerprint === null) return null;
  return comparison.baseline.fingerprint === fingerprint ? comparison.canary : null;
}

/**
 * Adds the canaries' result to a comparison. If the baseline is stale, every verdict but `incomparable` becomes
 * `inconclusive`, because a comparison with a stale baseline says nothing about the change.
 */
export function withCanary(compared: ComparedSides, canary: CanaryResult | null): ComparedSides {
  if (canary === null) return compared;
  const { comparison, findings } = compared;
  if (!canary.stale) return { findings, comparison: { ...comparison, canary } };
  const unsettledFindings = findings.map((one) => staleFinding(one, comparison.cases.paired));
  const deciding = findings.findIndex((one) => one.verdict === comparison.verdict);
  const sentence = unsettledFindings[deciding]?.said ?? comparison.said;
  return { comparison: staleComparison(comparison, canary, sentence), findings: unsettledFindings };
}

function staleFinding(finding: RuleFinding, cases: number): RuleFinding {
  const { compared, verdict, said: sentence } = finding;
  return {
    ...finding,
    verdict: unsettled(verdict),
    said: verdict === "incomparable" ? sentence : explainStale(compared.row, cases),
    compared: { ...compared, row: { ...compared.row, verdict: unsettled(compared.row.verdict) } },
  };
}

/** A comparison whose baseline is stale because the provider changed. @param sentence the deciding rule's sentence */
function staleComparison(comparison: Comparison, canary: CanaryResult, sentence: string): Comparison {
  return {
    ...comparison,
    verdict: unsettled(comparison.verdict),
    said: sentence,
    metrics: comparison.metrics.map((row) => ({ ...row, verdict: unsettled(row.verdict) })),
    canary,
    warnings: ["baseline_stale"],
  };
}

const unsettled = (verdict: Verdict): Verdict => (verdict === "incomparable" ? verdict : "inconclusive");
