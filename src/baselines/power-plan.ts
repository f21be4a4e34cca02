import { itemAt } from "../domain/item-at.ts";
import type { ExpectedCalls, PowerAssumptions, PowerPlan, SuiteSize } from "../domain/size-plan.ts";
import { betaQuantile } from "../statistics/beta-distribution.ts";
import {
  clustersNeeded,
  type DesignAssumptions,
  differenceVariance,
  minimumDetectableEffect,
} from "../statistics/power.ts";
import { seededOrder, seededRandom } from "../statistics/seeded-random.ts";
import { sequentialGate } from "../statistics/sequential-gate.ts";

const TRIALS = [1, 3, 5, 10, 20] as const;
const CASES = [1, 10, 100, 1000, 10_000].flatMap((scale) => [10, 15, 20, 30, 50, 75].map((n) => n * scale));
const LARGER_BASELINE = 20;

/** The drop that suites of several sizes can detect, and the sizes of suite that detect the drop in `assumptions`. */
export function planPower(assumptions: PowerAssumptions): PowerPlan {
  const { cases, trials } = assumptions;
  const columns = withOwn(TRIALS, trials);
  const rows = nearby(cases);
  return {
    detectable_drop: detectableDrop(assumptions, { cases, trials }),
    table: rows.flatMap((n) =>
      columns.map((k) => ({
        cases: n,
        trials: k,
        detectable_drop: detectableDrop(assumptions, { cases: n, trials: k }),
        calls: n * k,
      })),
    ),
    needed: columns.map((k) => ({ cases: casesNeeded(assumptions, k), trials: k })),
    larger_baseline: largerBaseline(assumptions),
  };
}

/** Variance of one case's difference, as the history shows it. */
function shownVariance(
  { pass_rate, correlation, baseline_trials }: PowerAssumptions,
  trials: number,
): number {
  const design: DesignAssumptions = {
    rate: pass_rate,
    correlation,
    candidateTrials: trials,
    baseTrials: baseline_trials ?? trials,
  };
  return differenceVariance(design);
}

/**
 * Variance of one case's difference after the drop that is asked for. Near a pass rate of 1 the history shows no
 * variance, but after a drop the variance would be at least drop(1 − drop)/k. Without this minimum, a suite where
 * everything passes would seem to detect any drop.
 */
function varianceOf(assumptions: PowerAssumptions, trials: number): number {
  const { drop } = assumptions;
  return Math.max(shownVariance(assumptions, trials), (drop * (1 - drop)) / trials);
}

const levels = ({ confidence, power }: PowerAssumptions) => ({ alpha: 1 - confidence, power });

function detectableDrop(assumptions: PowerAssumptions, size: SuiteSize): number | null {
  const { cases, trials } = size;
  const drop = Math.max(
    minimumDetectableEffect(cases, shownVariance(assumptions, trials), levels(assumptions)),
    leastDetectableDrop(assumptions, size),
  );
  return drop > assumptions.pass_rate ? null : drop;
}

/**
 * The smallest drop d that exceeds the variation of the trials after this very drop: at least d(1 − d)/k a case where
 * the trials of a case are independent, and half of it however far they agree. It matters near a pass rate of 1,
 * where the history shows no variance.
 */
function leastDetectableDrop(assumptions: PowerAssumptions, { cases, trials }: SuiteSize): number {
  const { pass_rate, correlation } = assumptions;
  // Where every trial had the same result, nothing tells how far the trials of a case agree.
  const independent = pass_rate === 0 || pass_rate === 1 ? 1 : Math.max(1 - correlation, 0.5);
  const squared = minimumDetectableEffect(1, 1, levels(assumptions)) ** 2 * independent;
  return squared / (cases * trials + squared);
}

function casesNeeded(assumptions: PowerAssumptions, trials: number): number {
  return Math.max(1, clustersNeeded(assumptions.drop, varianceOf(assumptions, trials), levels(assumptions)));
}

function largerBaseline(assumptions: PowerAssumptions): PowerPlan["larger_baseline"] {
  const { trials, baseline_trials } = assumptions;
  if ((baseline_trials ?? trials) >= LARGER_BASELINE) return null;
  const cases = casesNeeded({ ...assumptions, baseline_trials: LARGER_BASELINE }, trials);
  const saves = casesNeeded(assumptions, trials) > cases;
  return saves ? { cases, trials, baseline_trials: LARGER_BASELINE } : null;
}

function withOwn(ladder: readonly number[], own: number): number[] {
  return [...new Set([...ladder, own])].sort((a, b) => a - b);
}

/** Numbers of cases for the plan: two below the suite's own number, the own number, and four above. */
function nearby(own: number): number[] {
  const ladder = withOwn(CASES, own);
  const at = ladder.indexOf(own);
  return ladder.slice(Math.max(0, at - 2), at + 5);
}

/** Total simulated trials per estimate: accurate to ± 3 % of the calls, in less than a second. */
const DRAWN_TRIALS = 300_000;

/**
 * The largest suite that is simulated trial by trial; a larger one is scaled down to it. `baselineTimesTrials` limits
 * the baseline's trials of a case, as a multiple of the run's trials of that case.
 */
const MODEL = { cases: 300, trials: 20, baselineTimesTrials: 10 } as const;

/**
 * Mean number of calls of the sequential gate, without a change and after the drop. Simulates cases whose pass
 * probabilities follow a Beta distribution with the assumed pass rate as its mean, and with the assumed correlation.
 * The seed is fixed, so that the same plan prints the same numbers.
 */
export function expectedCalls(assumptions: PowerAssumptions): ExpectedCalls {
  const model = modelOf(assumptions);
  const { cases, trials, drop, confidence, pass_rate, baseline_trials: baseline } = model;
  const chances = betaChances(model);
  const draws = Math.round(Math.min(300, Math.max(20, DRAWN_TRIALS / (cases * (trials + baseline)))));
  const calls = (kept: number): number => {
    let share = 0;
    for (let draw = 0; draw < draws; draw++) {
      const random = seededRandom(`power ${draw}`);
      const order = seededOrder(cases, `power order ${draw}`);
      const values = (chance: number, count: number): number[] =>
        Array.from({ length: count }, () => (random() < chance ? 1 : 0));
      const before = Array.from(order, (index) => values(itemAt(chances, index), baseline));
      const after = Array.from(order, (index) => values(itemAt(chances, index) * kept, trials));
      share += sequentialGate(before, after, { delta: drop, alpha: 1 - confidence }).calls / (cases * trials);
    }
    return Math.round((share / draws) * assumptions.cases * assumptions.trials);
  };
  return { unchanged: calls(1), drop: calls(Math.max(0, 1 - drop / pass_rate)) };
}

/**
 * A suite that is small enough to simulate and stops after the same share of its calls as the planned suite. The
 * share depends on the drop in units of its standard error, which decreases with the square root of cases × trials.
 */
function modelOf(assumptions: PowerAssumptions): PowerAssumptions & { readonly baseline_trials: number } {
  const cases = Math.min(assumptions.cases, MODEL.cases);
  const trials = Math.min(assumptions.trials, MODEL.trials);
  const shrunk = (assumptions.cases * assumptions.trials) / (cases * trials);
  const baseline = ((assumptions.baseline_trials ?? assumptions.trials) * trials) / assumptions.trials;
  const largest = Math.max(assumptions.drop, assumptions.pass_rate / 2);
  return {
    ...assumptions,
    cases,
    trials,
    baseline_trials: Math.min(Math.max(1, Math.round(baseline)), MODEL.baselineTimesTrials * trials),
    drop: Math.min(largest, assumptions.drop * Math.sqrt(shrunk)),
  };
}

/**
 * One pass probability per case, at the middle of each of n equal slices of Beta(rate·c, (1 − rate)·c), c =
 * 1/correlation − 1.
 */
function betaChances({ cases, pass_rate, correlation }: PowerAssumptions): number[] {
  const indexes = Array.from({ length: cases }, (_, index) => (index + 0.5) / cases);
  if (correlation <= 0.001 || pass_rate <= 0 || pass_rate >= 1) return indexes.map(() => pass_rate);
  if (correlation >= 0.999) return indexes.map((index) => (index < 1 - pass_rate ? 0 : 1));
  const c = 1 / correlation - 1;
  return indexes.map((index) => betaQuantile(index, pass_rate * c, (1 - pass_rate) * c));
}
