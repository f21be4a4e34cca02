import { itemAt } from "../domain/item-at.ts";
import { normalUpperTail } from "../statistics/normal-distribution.ts";
import { flipRate } from "../statistics/pass-k.ts";
import { mean, sampleVariance } from "../statistics/sample-moments.ts";

/** The fields of a trial that stability needs; rows of the store have more. */
export interface OutcomeRow {
  readonly case_no: number;
  /** Number of the trial within its case, from 1. */
  readonly trial: number;
  readonly kind: "answered" | "errored";
  readonly cached: boolean;
  readonly pass: boolean | null;
}

/** One run of a fingerprint with its trials. */
export interface RunOutcomes {
  readonly id: string;
  /** Whether the run did not ask the target: it replayed recorded answers, or scored an earlier run's answers again. */
  readonly recorded: boolean;
  /** Case ids by case number. */
  readonly ids: readonly string[];
  readonly rows: Iterable<OutcomeRow>;
}

/** Larger than any trial number, so that case index × MAX_TRIALS + trial number identifies a trial. */
const MAX_TRIALS = 2 ** 20;

/** Numbers of answered and passed trials by case, in the order of the `ids` of `PooledOutcomes`. */
export interface OutcomeColumns {
  readonly answered: Uint32Array;
  readonly passed: Uint32Array;
}

/** Several runs of one fingerprint, with each answer counted once. */
export interface PooledOutcomes extends OutcomeColumns {
  /** Case ids in the order of their first occurrence, beginning with the oldest run. */
  readonly ids: readonly string[];
  /** The counts of each run by itself, oldest run first. */
  readonly runs: readonly ({ readonly id: string } & OutcomeColumns)[];
}

/**
 * Pools runs of one fingerprint. A cached or recorded answer that an earlier run already counted is not counted again,
 * because it is no new evidence: a suite that is run twice from the cache would otherwise look perfectly stable.
 *
 * @param runs oldest first
 */
export function poolOutcomes(runs: Iterable<RunOutcomes>): PooledOutcomes {
  const pool = outcomePool();
  for (const { rows, ...run } of runs) {
    const add = pool.run(run);
    for (const row of rows) add(row);
  }
  return pool.pooled();
}

/** Collects the outcomes of several runs as they are read. */
export interface OutcomePool {
  /** Adds a run without trials. @returns a function that counts one trial of the run */
  run(run: Omit<RunOutcomes, "rows">): (row: OutcomeRow) => void;
  /** The counts so far. */
  pooled(): PooledOutcomes;
}

/** Like `poolOutcomes`, for rows that arrive in parts. */
export function outcomePool(): OutcomePool {
  const places = new Map<string, number>();
  const seen = new Set<number>();
  const counted: { id: string; answered: number[]; passed: number[] }[] = [];
  const placeOf = (id: string): number => {
    const index = places.get(id) ?? places.size;
    places.set(id, index);
    return index;
  };
  return {
    run: ({ id, recorded, ids }) => {
      const own = ids.map(placeOf);
      const columns = { id, answered: [] as number[], passed: [] as number[] };
      counted.push(columns);
      return (row) => {
        if (row.kind === "errored" || row.pass === null) return;
        const index = own[row.case_no];
        if (index === undefined) throw new RangeError(`run ${id} has no case ${row.case_no}`);
        const key = index * MAX_TRIALS + row.trial;
        if ((recorded || row.cached) && seen.has(key)) return;
        seen.add(key);
        columns.answered[index] = (columns.answered[index] ?? 0) + 1;
        columns.passed[index] = (columns.passed[index] ?? 0) + (row.pass ? 1 : 0);
      };
    },
    pooled: () => {
      const length = places.size;
      const column = (values: readonly number[]): Uint32Array =>
        Uint32Array.from({ length }, (_, index) => values[index] ?? 0);
      const runs = counted.map(({ id, answered, passed }) => ({
        id,
        answered: column(answered),
        passed: column(passed),
      }));
      return {
        ids: [...places.keys()],
        runs,
        answered: total(
          length,
          runs.map((run) => run.answered),
        ),
        passed: total(
          length,
          runs.map((run) => run.passed),
        ),
      };
    },
  };
}

function total(length: number, columns: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from({ length }, (_, index) =>
    columns.reduce((sum, column) => sum + (column[index] ?? 0), 0),
  );
}

/** A case of which some answers passed and others failed. */
export interface FlakyCase {
  readonly id: string;
  /** Number of answered trials over all runs; `passed` of them passed. */
  readonly answered: number;
  readonly passed: number;
  /** Estimated probability that two trials of the case disagree, in (0, 1]; about ½ for a case that passes at random. */
  readonly flip_rate: number;
  /** Share of passed trials in each run, oldest first; null for a run without a new answer to the case. */
  readonly shares: readonly (number | null)[];
}

/** Number of cases with two answers or more. Whether any other case is flaky is unknown. */
export function twiceAnswered({ answered }: PooledOutcomes): number {
  return answered.filter((one) => one > 1).length;
}

/** Cases that pass only sometimes, flakiest first; on a tie, the case with more answers first. */
export function flakyCases({ ids, runs, answered, passed }: PooledOutcomes): FlakyCase[] {
  return ids
    .map((id, index): FlakyCase => {
      const n = itemAt(answered, index);
      const c = itemAt(passed, index);
      return {
        id,
        answered: n,
        passed: c,
        flip_rate: n < 2 ? 0 : flipRate(n, c),
        shares: runs.map((run) => {
          const own = itemAt(run.answered, index);
          return own === 0 ? null : itemAt(run.passed, index) / own;
        }),
      };
    })
    .filter((one) => one.flip_rate > 0)
    .sort((a, b) => b.flip_rate - a.flip_rate || b.answered - a.answered || (a.id < b.id ? -1 : 1));
}

/** The test of whether the pass rate of a fingerprint varies between runs by more than chance. */
export interface SuiteStability {
  /** Number of runs with a new answer to every case; only these are compared. */
  readonly runs: number;
  /** Standard deviation between the runs' pass rates, as a share in [0, 1]; null with fewer than two runs. */
  readonly deviation: number | null;
  /** The deviation expected if each case's results vary by chance alone; null with fewer than two runs. */
  readonly expected: number | null;
  /** Probability of at least this much variation by chance alone; null with fewer than two runs. */
  readonly p: number | null;
  readonly verdict: "stable" | "unstable" | "unknown";
}

/**
 * A suite counts as unstable when p is below this level. It is stricter than the level of a gate, because every
 * `evals history` of a suite makes the test again, and each test may give a false alarm.
 */
const UNSTABLE_P = 0.01;

/**
 * Compares the pass rates of runs of one fingerprint: Σ (rate − mean)² / SE² is chi-square with runs − 1 degrees of
 * freedom when all trials of a case are exchangeable. SE² = n⁻² Σ s²/k, with s² the variance of the case's trials of
 * all runs, and k its trials in one run. A sum too large for this distribution means that something outside the
 * fingerprint changed.
 */
export function suiteStability(pooled: PooledOutcomes): SuiteStability {
  const whole = pooled.runs.filter((run) => run.answered.every((one) => one > 0));
  const unknown = {
    runs: whole.length,
    deviation: null,
    expected: null,
    p: null,
    verdict: "unknown",
  } as const;
  if (whole.length < 2 || pooled.ids.length === 0) return unknown;
  const n = pooled.ids.length;
  const measured = whole.map((run) => ({ rate: meanShare(run), variance: 0 }));
  for (let position = 0; position < n; position++) {
    const total = itemAt(pooled.answered, position);
    const passed = itemAt(pooled.passed, position);
    const within = (passed * (total - passed)) / (total * (total - 1));
    for (const [index, run] of whole.entries()) {
      const one = measured[index];
      if (one !== undefined) one.variance += within / itemAt(run.answered, position) / (n * n);
    }
  }
  const rates = measured.map((one) => one.rate);
  const deviation = Math.sqrt(sampleVariance(rates));
  const expected = Math.sqrt(mean(measured.map((one) => one.variance)));
  if (expected === 0) return { ...unknown, deviation, expected, p: 1, verdict: "stable" };
  const weight = measured.reduce((sum, one) => sum + 1 / one.variance, 0);
  const centre = measured.reduce((sum, one) => sum + one.rate / one.variance, 0) / weight;
  const statistic = measured.reduce((sum, one) => sum + (one.rate - centre) ** 2 / one.variance, 0);
  const p = chiSquareUpperTail(statistic, whole.length - 1);
  return { ...unknown, deviation, expected, p, verdict: p < UNSTABLE_P ? "unstable" : "stable" };
}

function meanShare({ answered, passed }: OutcomeColumns): number {
  let sum = 0;
  for (let index = 0; index < answered.length; index++)
    sum += itemAt(passed, index) / itemAt(answered, index);
  return sum / answered.length;
}

/**
 * P(χ² ≥ x): the finite sums for a whole number of degrees of freedom (Abramowitz & Stegun 26.4.4, 26.4.5).
 *
 * @param degrees an integer of at least 1
 */
export function chiSquareUpperTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  const half = x / 2;
  const even = degrees % 2 === 0;
  let tail = even ? 0 : 2 * normalUpperTail(Math.sqrt(x));
  let term = even ? Math.exp(-half) : Math.sqrt((2 * x) / Math.PI) * Math.exp(-half);
  for (let j = even ? 0 : 1; j <= (even ? degrees / 2 - 1 : (degrees - 1) / 2); j++) {
    tail += term;
    term *= even ? half / (j + 1) : x / (2 * j + 1);
  }
  return Math.min(1, tail);
}

/** One sentence on a suite's stability; points are percentage points. */
export function stabilitySentence({ runs, deviation, expected, p, verdict }: SuiteStability): string {
  if (verdict === "unknown" || deviation === null || expected === null || p === null) {
    return `stability unknown: two runs with new answers to all cases are needed, and there is ${runs === 1 ? "one" : "none"}; to add a run: evals run --no-cache --all-trials`;
  }
  const points = (value: number): string => (value * 100).toFixed(1);
  const over = `over ${runs} runs of one fingerprint`;
  if (expected === 0) return `stable: every case gave the same result ${over}`;
  const odds = p < 0.0001 ? "p < 0.0001" : `p ${p.toPrecision(2)}`;
  return verdict === "stable"
    ? `stable: ${over} the pass rate varies by ${points(deviation)} points, of which chance explains ${points(expected)} (${odds})`
    : `not stable: ${over} the pass rate varies by ${points(deviation)} points, of which chance explains only ${points(expected)} (${odds}): something outside the fingerprint changed, for instance the provider`;
}
