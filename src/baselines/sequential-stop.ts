import { itemAt } from "../domain/item-at.ts";
import type { RegressionRule } from "../domain/suite.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { information, type Look, planLooks, plannedInformation } from "../statistics/look-schedule.ts";
import { seededOrder } from "../statistics/seeded-random.ts";
import { boundsAtLooks } from "../statistics/sequential-plan.ts";
import type { TestBounds } from "./compare-metric.ts";
import { type ComparedSides, compareSides } from "./compare-sides.ts";
import type { Side, SideScores } from "./side.ts";

/**
 * Suites with fewer cases are tested by the exact p-value instead of the mid-p value. The bounds of several looks
 * rest on a normal approximation, which is inaccurate for the mid-p values of so few cases (docs/statistics.md).
 */
const SMALL_SUITE = 20;

/** The data of an answered or errored trial that a look needs. */
export interface LookTrial {
  readonly case_no: number;
  /** Number of the trial within its case, from 1. */
  readonly trial: number;
  /** Whether the trial passed; null for an errored trial. */
  readonly pass: boolean | null;
  /** Score of each scorer in the run's order; null for a missing score. */
  readonly scores: readonly (number | null)[];
}

/**
 * Returns the results that the rules other than the regression rules already have. `bound` is the look's bound on z,
 * from which the interval of a mean is made.
 */
export type OtherRules = (bound: number | null) => readonly RuleResult["outcome"][];

export interface SequentialInput {
  readonly baseline: Side;
  /** The candidate's ids, contents, tags and scorers; its columns are filled from the trials so far. */
  readonly candidate: Omit<Side, "answered" | "passed" | "scores"> & {
    readonly scorers: readonly Pick<SideScores, "hash" | "required" | "binary" | "exempt">[];
    readonly names: readonly string[];
  };
  /** Trials per case (k). */
  readonly trials: number;
  readonly rules: readonly RegressionRule[];
  readonly narrowed: boolean;
  /** Seed of the random order in which the cases are asked; it has no effect on outcomes. */
  readonly seed: string;
  readonly others: OtherRules;
}

/**
 * Decides whether a run may stop, at fixed positions (looks) of the seeded order in which its trials are asked
 * (docs/statistics.md, Stopping early).
 */
export interface SequentialStop {
  /** Case numbers in the order of asking. */
  readonly order: Int32Array;
  /** Positions in the order of asking at which looks are taken: tests whether the run may stop. */
  readonly looks: readonly number[];
  /** How many trials may be asked beyond the position of a look before that look is decided: one round. */
  readonly ahead: number;
  note(trial: LookTrial): void;
  /** @returns true when the run may stop */
  decide(look: number): boolean;
  /** The last look; undefined before the first. */
  latest(): SequentialLook | undefined;
}

/** The findings of one look. */
export interface SequentialLook {
  readonly compared: ComparedSides;
  /** Number of answers that the look used. */
  readonly trials: number;
}

/**
 * The stopping rule of a run: it may stop when a rule has certainly failed, or when every rule is decided. Uses
 * Lan–DeMets bounds with Hwang–Shih–DeCani spending (γ = −2) and alpha divided among the rules. Each bound is
 * computed from the number of answers that the looks so far actually had, not from the planned number.
 */
export function sequentialStop(input: SequentialInput): SequentialStop {
  const n = input.candidate.ids.length;
  const { trials } = input;
  const order = seededOrder(n, input.seed);
  const looks = planLooks(n, trials);
  const seen = trialColumns(n, trials, input.candidate.names.length);
  const baseCounts = baselineCounts(input, order);
  const planned = plannedInformation(looks, baseCounts);
  const total = planned.at(-1) ?? 0;
  const realised: number[] = [];
  let latest: SequentialLook | undefined;

  const decide = (look: number): boolean => {
    const at = looks[look];
    if (at === undefined || total <= 0) return false;
    const cases = at.kind === "partial" ? order.subarray(0, at.clusters) : order;
    const candidate = sideAtLook(input, seen, cases, at.kind === "partial" ? 1 : at.round);
    realised.push(information(baseCounts.subarray(0, cases.length), candidate.answered));
    const bounds = lookBounds(looks, realised, total, input.rules);
    const compared = compareSides(input.baseline, candidate, {
      rules: input.rules.map((rule) => (n < SMALL_SUITE ? { ...rule, exact: true } : rule)),
      narrowed: input.narrowed || at.kind === "partial",
      bounds,
    });
    latest = { compared, trials: sumOf(candidate.answered) };
    const regression = compared.findings.map(({ verdict }) => outcomeOf(verdict, at));
    const all = [...regression, ...input.others(bounds[0]?.pass ?? null)];
    return all.includes("failed") || all.every((one) => one === "passed");
  };
  return {
    order,
    looks: looks.map((look) => (look.kind === "partial" ? look.clusters : look.round * n)),
    ahead: n,
    note: seen.note,
    decide,
    latest: () => latest,
  };
}

function sumOf(column: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += itemAt(column, i);
  return sum;
}

/** A rule is decided when its verdict is final; "inconclusive" is only final at the last look. */
function outcomeOf(verdict: ComparedSides["findings"][number]["verdict"], look: Look): RuleResult["outcome"] {
  if (verdict === "regressed") return "failed";
  if (look.kind === "partial" || verdict === "inconclusive" || verdict === "incomparable") return "undecided";
  return "passed";
}

function lookBounds(
  looks: readonly Look[],
  realised: readonly number[],
  total: number,
  rules: readonly RegressionRule[],
): TestBounds[] {
  return rules.map((rule) => {
    const alpha = (1 - rule.confidence) / rules.length;
    const { harm, pass } = boundsAtLooks(looks, realised, total, { alpha });
    return { harm: harm.at(-1) ?? Number.POSITIVE_INFINITY, pass: pass.at(-1) ?? null };
  });
}

/** Baseline trials of each case in asking order; 0 when the baseline does not have the case in its current form. */
function baselineCounts({ baseline, candidate }: SequentialInput, order: Int32Array): Int32Array {
  const places = new Map(baseline.ids.map((id, index) => [id, index]));
  return Int32Array.from(order, (caseNo) => {
    const index = places.get(itemAt(candidate.ids, caseNo));
    if (index === undefined || baseline.contents[index] !== candidate.contents[caseNo]) return 0;
    return itemAt(baseline.answered, index);
  });
}

/** The outcomes by case and trial, so that a look can ignore trials that arrived ahead of it. */
function trialColumns(n: number, trials: number, scorers: number) {
  const UNKNOWN = 2;
  const pass = new Uint8Array(n * trials).fill(UNKNOWN);
  const scores = Array.from({ length: scorers }, () => new Float64Array(n * trials).fill(Number.NaN));
  return {
    note: (trial: LookTrial): void => {
      if (trial.pass === null) return;
      const position = trial.case_no * trials + trial.trial - 1;
      pass[position] = trial.pass ? 1 : 0;
      for (const [index, column] of scores.entries()) column[position] = trial.scores[index] ?? Number.NaN;
    },
    /** Adds the first `upTo` trials of a case to a row of the columns. */
    addTo: (columns: FilledColumns, row: number, caseNo: number, upTo: number): void => {
      for (let trial = 0; trial < upTo; trial++) {
        const position = caseNo * trials + trial;
        const passed = pass[position];
        if (passed === undefined || passed === UNKNOWN) continue;
        add(columns.answered, row, 1);
        add(columns.passed, row, passed);
        for (const [index, sums] of columns.scores.entries()) {
          const score = scores[index]?.[position] ?? Number.NaN;
          if (Number.isNaN(score)) continue;
          add(sums.count, row, 1);
          add(sums.sum, row, score);
          add(sums.sumOfSquares, row, score * score);
        }
      }
    },
  };
}

interface FilledColumns {
  readonly answered: Uint16Array;
  readonly passed: Uint16Array;
  readonly scores: readonly { count: Uint16Array; sum: Float64Array; sumOfSquares: Float64Array }[];
}

function add(column: Uint16Array | Float64Array, row: number, more: number): void {
  column[row] = itemAt(column, row) + more;
}

/** The candidate as seen by one look: some cases, each with its first trials. */
function sideAtLook(
  { candidate }: SequentialInput,
  seen: ReturnType<typeof trialColumns>,
  cases: Int32Array,
  upTo: number,
): Side {
  const n = cases.length;
  const columns: FilledColumns = {
    answered: new Uint16Array(n),
    passed: new Uint16Array(n),
    scores: candidate.names.map(() => ({
      count: new Uint16Array(n),
      sum: new Float64Array(n),
      sumOfSquares: new Float64Array(n),
    })),
  };
  for (const [row, caseNo] of cases.entries()) seen.addTo(columns, row, caseNo, upTo);
  const { scorers, names, ids, contents, tagsOf, ...same } = candidate;
  const scores = new Map(
    names.flatMap((name, index) => {
      const sums = columns.scores[index];
      const scorer = scorers[index];
      if (sums === undefined || scorer === undefined) return [];
      const { exempt, ...rest } = scorer;
      // Here the cases are in the order in which they are asked, not in the suite's order.
      const left = exempt == null ? {} : { exempt: Array.from(cases, (caseNo) => itemAt(exempt, caseNo)) };
      return [[name, { ...rest, ...left, ...sums }] as const];
    }),
  );
  return {
    ...same,
    trials: upTo,
    ids: Array.from(cases, (caseNo) => itemAt(ids, caseNo)),
    contents: Array.from(cases, (caseNo) => itemAt(contents, caseNo)),
    tagsOf: (row) => tagsOf(itemAt(cases, row)),
    answered: columns.answered,
    passed: columns.passed,
    scores,
  };
}
