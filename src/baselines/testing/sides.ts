import type { RegressionRule } from "../../domain/suite.ts";
import type { Side, SideScores } from "../side.ts";

/** Answered and passed trials of a case. */
export type Counts = readonly [answered: number, passed: number];

/** A rule with the defaults of a suite. */
export const ruleOf = (changes: Partial<RegressionRule> = {}): RegressionRule => ({
  metric: "pass_rate",
  max_drop: 0.03,
  relative: false,
  confidence: 0.95,
  undecided: "warn",
  scope: "suite",
  mode: "test",
  exact: false,
  ...changes,
});

/** A side whose one required scorer, `exact`, says what passes. */
export function sideOfCounts(counts: readonly Counts[], changes: Partial<Side> = {}): Side {
  const answered = counts.map(([trials]) => trials);
  const passed = counts.map(([, pass]) => pass);
  return {
    label: "run aa000001",
    run: "aa000001",
    suite: "triage",
    target: "prompt 1.0.0 · small",
    prompt: { name: "triage", version: "1.0.0" },
    model: "small",
    fingerprint: "f".repeat(64),
    trials: Math.max(0, ...answered),
    ids: counts.map((_, index) => `c${index}`),
    contents: counts.map(() => "same"),
    answered,
    passed,
    scores: new Map([["exact", scoreOf(answered, passed)]]),
    tagsOf: () => [],
    ...changes,
  };
}

/** Sums of a scorer that gives 0 or 1. */
export function scoreOf(
  count: readonly number[],
  sum: readonly number[],
  changes: Partial<SideScores> = {},
): SideScores {
  return { hash: "exact", required: true, binary: true, count, sum, sumOfSquares: sum, ...changes };
}

/** Sums of a scorer that gives each trial of each case a value in [0, 1]. */
export function gradedScore(
  values: readonly (readonly number[])[],
  changes: Partial<SideScores> = {},
): SideScores {
  const sumOf = (of: (value: number) => number) =>
    values.map((own) => own.reduce((sum, value) => sum + of(value), 0));
  return {
    hash: "graded",
    required: false,
    binary: false,
    count: values.map((own) => own.length),
    sum: sumOf((value) => value),
    sumOfSquares: sumOf((value) => value * value),
    ...changes,
  };
}

export const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
