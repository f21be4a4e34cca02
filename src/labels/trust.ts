import type { Measures, SuiteCalibration } from "../domain/calibration.ts";
import type { JudgeRef } from "../domain/judge.ts";
import type { JudgeBar } from "../domain/judge-bar.ts";
import type { Label } from "../domain/label.ts";
import { twoDecimals } from "../domain/two-decimals.ts";
import { ROGAN_GLADEN_LEAST_YOUDEN } from "../statistics/rogan-gladen.ts";
import { MAX_INCONSISTENT } from "./biases.ts";
import { labelHash } from "./calibration-file.ts";

/** The version of a model-based scorer without a judge file. It has no version of its own; its hash identifies it. */
export const SCORER_VERSION = "0.0.0";

/** The gate's decision to trust a judge or not, with the reason. */
export interface Trust {
  readonly judge: Pick<JudgeRef, "name" | "version">;
  readonly state: "uncalibrated" | "stale" | "under_bar" | "believed";
  /** The reason, in one sentence with numbers. */
  readonly why: string;
  /** The next step for the user; null when none is needed. */
  readonly next: string | null;
  /** The measures that the decision uses; null without a valid calibration. */
  readonly measures: Measures | null;
  /** The cases that `measures` covers: all cases, or only the held-out cases (`test`). */
  readonly part: "all" | "test";
}

/** What is known about a judge, and the limits for trusting it. */
export interface TrustInput {
  readonly judge: JudgeRef;
  readonly suite: string;
  /** The calibration for this suite; null when there is none. */
  readonly calibration: SuiteCalibration | null;
  /** Names of the other suites on whose answers the judge was calibrated. */
  readonly elsewhere: readonly string[];
  /** The current labels that measure the judge. */
  readonly labels: readonly Label[];
  /** The command that adds labels; default `evals label <suite>`. */
  readonly labelCommand?: string;
  readonly bar: JudgeBar;
}

/** Decides whether a gate rule that depends on this judge is allowed to fail the gate. */
export function trustIn(input: TrustInput): Trust {
  const { judge, calibration, bar } = input;
  const trust = (state: Trust["state"], why: string, next: string | null): Trust => ({
    judge: { name: judge.name, version: judge.version },
    state,
    why,
    next,
    measures: state === "uncalibrated" || state === "stale" ? null : (counted?.measures ?? null),
    part: counted?.part ?? "all",
  });
  const counted = calibration === null ? undefined : countedPart(calibration, bar);
  if (calibration === null || counted === undefined) {
    const { why, next } = uncalibrated(input);
    return trust("uncalibrated", why, next);
  }
  const stale = staleBecause(input, calibration);
  if (stale !== null) return trust("stale", stale, calibrateAgain(input));
  const under = underBar(counted.measures, calibration, bar);
  if (under !== null) return trust("under_bar", under.why, under.next(input));
  return trust("believed", believedBecause(counted.measures), suggestion(input, calibration));
}

/**
 * The measures that decide: the measures of the held-out cases once these cases have enough labels, and until then
 * the measures of all cases.
 */
export function countedPart(
  { all, test }: Pick<SuiteCalibration, "all" | "test">,
  bar: JudgeBar,
): { readonly measures: Measures; readonly part: "all" | "test" } {
  return test.n >= bar.min_labels ? { measures: test, part: "test" } : { measures: all, part: "all" };
}

const named = ({ judge: { name, version } }: Pick<TrustInput, "judge">): string =>
  version === SCORER_VERSION ? name : `${name} ${version}`;
const calibrateAgain = ({ judge, suite }: TrustInput): string =>
  `evals calibrate ${judge.name} --suite ${suite}`;

const label = ({ suite, labelCommand }: TrustInput): string => labelCommand ?? `evals label ${suite}`;

function uncalibrated(input: TrustInput): { why: string; next: string } {
  const { suite, elsewhere, labels } = input;
  const on =
    elsewhere.length === 0
      ? ""
      : `; its calibration on ${elsewhere.join(", ")} says nothing about this suite`;
  return {
    why: `judge ${named(input)} was never calibrated on ${suite}${on}`,
    next: labels.length === 0 ? `${label(input)}, then ${calibrateAgain(input)}` : calibrateAgain(input),
  };
}

/** Why a calibration is out of date for this judge or these labels; null when it is valid. */
function staleBecause({ judge, labels }: TrustInput, calibration: SuiteCalibration): string | null {
  if (calibration.judge !== judge.hash) {
    return `judge ${named({ judge })} has changed since it was calibrated: its file, its model or its settings`;
  }
  const now = new Set(labels.map(labelHash));
  const gone = calibration.labels.filter((hash) => !now.has(hash)).length;
  if (gone === 0) return null;
  return `${gone} of the ${calibration.labels.length} labels behind the calibration of ${named({ judge })} ${gone === 1 ? "has" : "have"} changed or been deleted`;
}

function underBar(
  measures: Measures,
  calibration: SuiteCalibration,
  bar: JudgeBar,
): { readonly why: string; readonly next: (input: TrustInput) => string } | null {
  if (measures.n < bar.min_labels) {
    return {
      why: `${measures.n} usable ${measures.n === 1 ? "label" : "labels"}, and gate.judge.min_labels is ${bar.min_labels}`,
      next: (input) => `${label(input)}, then ${calibrateAgain(input)}`,
    };
  }
  const low = measures.ac1.low ?? -1;
  if (low < bar.min_ac1) {
    return {
      why: `its agreement with people (AC1) is ${rounded(measures.ac1.value)}, and may be as low as ${rounded(low)}; gate.judge.min_ac1 is ${bar.min_ac1}`,
      next: (input) => `a better rubric, or more labels; to list answers to label: ${calibrateAgain(input)}`,
    };
  }
  const blind = whyUninformative(measures);
  if (blind !== null) return { why: blind, next: () => "a better rubric, or another model" };
  const turning = calibration.inconsistent;
  if (turning !== null && turning > MAX_INCONSISTENT) {
    return {
      why: `its verdict changes with the order of the answers in ${Math.round(turning * 100)} % of the pairs, and more than ${MAX_INCONSISTENT * 100} % is too often`,
      next: () => "a better rubric, or another model",
    };
  }
  return null;
}

/** A judge that gives nearly every answer the same verdict may agree with people often and still be useless. */
function whyUninformative({ sensitivity, specificity }: Measures): string | null {
  if (sensitivity.value === null || specificity.value === null) return null;
  const youden = sensitivity.value + specificity.value - 1;
  if (youden >= ROGAN_GLADEN_LEAST_YOUDEN) return null;
  return `it hardly tells good answers from bad ones: sensitivity ${rounded(sensitivity.value)}, specificity ${rounded(specificity.value)}`;
}

function believedBecause({ ac1, n }: Measures): string {
  return `agreement with people (AC1) ${rounded(ac1.value)}, at least ${rounded(ac1.low)}, on ${n} labels`;
}

function suggestion(input: TrustInput, calibration: SuiteCalibration): string | null {
  const used = new Set(calibration.labels);
  const fresh = input.labels.filter((label) => !used.has(labelHash(label))).length;
  if (fresh === 0) return null;
  return `${fresh} new ${fresh === 1 ? "label" : "labels"}: ${calibrateAgain(input)}`;
}

/**
 * A number with two decimals, rounded down, so that a number below a bound never appears to reach the bound;
 * `unknown` for null.
 */
function rounded(value: number | null): string {
  // What is added keeps 0.29, of which a hundredfold is 28.999…, from being rounded down to 0.28.
  return value === null ? "unknown" : twoDecimals(Math.floor(value * 100 + 1e-9) / 100);
}
