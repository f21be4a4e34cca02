import * as z from "zod";
import type { JudgeBar } from "./judge-bar.ts";
import { onFirstUse } from "./on-first-use.ts";

export const CALIBRATION_SCHEMA = "evals.calibration/1";

const hash = onFirstUse(() => z.string().regex(/^[0-9a-f]{64}$/));
const count = onFirstUse(() => z.int().min(0));

/**
 * Minimum number of answers to test whether a judge prefers longer answers. With fewer, the power to detect a correlation
 * of 0.4 is below 80 %.
 */
export const LEAST_FOR_LENGTH = 50;

/** An estimate with a 95 % interval; null when unknown. */
export const estimateSchema = onFirstUse(() =>
  z.strictObject({
    value: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
  }),
);
export type Estimate = z.output<ReturnType<typeof estimateSchema>>;

export const UNKNOWN_ESTIMATE: Estimate = { value: null, low: null, high: null };

/**
 * Numbers of answers, by the verdict of people and of the judge. Positive means pass; the people's verdict counts as
 * the truth.
 */
export const confusionSchema = onFirstUse(() =>
  z.strictObject({ tp: count(), fp: count(), fn: count(), tn: count() }),
);
export type Confusion = z.output<ReturnType<typeof confusionSchema>>;

/** How well a judge agrees with people on a set of answers. */
export const measuresSchema = onFirstUse(() =>
  z.strictObject({
    n: count().describe(
      "Number of answers that have both a label that decides pass or fail and a judge's verdict",
    ),
    confusion: confusionSchema().describe("Every answer counts once, whatever its weight"),
    weighted: z.boolean().describe("Whether answers weigh differently in the figures below"),
    agreement: estimateSchema(),
    kappa: estimateSchema(),
    ac1: estimateSchema(),
    sensitivity: estimateSchema(),
    specificity: estimateSchema(),
    positives: z
      .number()
      .min(0)
      .describe("Kish's effective number of answers that people pass, from which sensitivity is computed"),
    negatives: z
      .number()
      .min(0)
      .describe("Kish's effective number of answers that people fail, from which specificity is computed"),
  }),
);
export type Measures = z.output<ReturnType<typeof measuresSchema>>;

/** A test for an unwanted tendency of a judge, such as to prefer long answers. */
export const tendencySchema = onFirstUse(() =>
  z.strictObject({
    n: count().describe("Number of answers or pairs that were tested"),
    value: z.number().nullable(),
    p: z
      .number()
      .nullable()
      .describe("Two-sided p-value; null when there are too few answers or pairs to test"),
    found: z.boolean(),
  }),
);
export type Tendency = z.output<ReturnType<typeof tendencySchema>>;

/** The calibration of a judge on one suite's labels. */
export const suiteCalibrationSchema = onFirstUse(() =>
  z.strictObject({
    judge: hash().describe("Hash of the judge: its file, its models with their settings"),
    models: z.array(z.string()).describe("Names of the models that judged, for people"),
    labels: z.array(z.string().regex(/^[0-9a-f]{16}$/)).describe("Hash of each label that was used, sorted"),
    all: measuresSchema(),
    test: measuresSchema().describe("From the hold-out cases, on which nobody tunes the judge"),
    inconsistent: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe(
        "For a judge that compares two answers: share of pairs whose verdict changes when the answers swap places; null for other judges",
      ),
  }),
);
export type SuiteCalibration = z.output<ReturnType<typeof suiteCalibrationSchema>>;

/** The file `judges/<name>/<version>.calibration.json`. */
export const calibrationFileSchema = onFirstUse(() =>
  z.strictObject({
    schema: z.literal(CALIBRATION_SCHEMA),
    suites: z.record(z.string(), suiteCalibrationSchema()),
  }),
);
export type CalibrationFile = z.output<ReturnType<typeof calibrationFileSchema>>;

/** A pass rate corrected for the judge's known error, with a 95 % interval. */
export interface CorrectedRate {
  /** A share in [0, 1]; null when the corrected rate cannot be computed: `why` gives the reason. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /**
   * How the rate was corrected. `ppi++`: with labels of a random sample of the run. `rogan-gladen`: with the judge's
   * error rates. `labels`: at most one case has no label, so the rate is computed from labels alone. Null when it was
   * not corrected.
   */
  readonly method: "ppi++" | "rogan-gladen" | "labels" | null;
  /** Number of labelled answers used. */
  readonly labels: number;
  readonly why?: string;
}

/** The result of `evals calibrate` for a judge, printed as JSON under `--json`. */
export interface CalibrationReport {
  readonly judge: string;
  /** Exact semver. */
  readonly version: string;
  readonly suite: string;
  /** Number of labelled answers, by people's verdict; `unsure` includes ties. */
  readonly labels: {
    readonly n: number;
    readonly pass: number;
    readonly fail: number;
    readonly unsure: number;
  };
  /** This field and the next five count every usable label once, without weights. */
  readonly confusion: Confusion;
  readonly agreement: Estimate;
  readonly kappa: Estimate;
  readonly ac1: Estimate;
  readonly sensitivity: Estimate;
  readonly specificity: Estimate;
  /** Number of answers with labels but without a judge's verdict. */
  readonly unjudged: number;
  /** The measures that the gate uses, weighted; from the hold-out cases once they have enough labels. */
  readonly counted: Measures & { readonly part: "all" | "test" };
  /** The measures on the cases that people use to improve the judge. */
  readonly dev: Measures;
  /** The measures on the hold-out cases, which nobody uses to improve the judge. */
  readonly test: Measures;
  readonly raters: {
    /** Number of answers with a verdict of two or more raters. */
    readonly answers: number;
    readonly alpha: Estimate;
    /** Number of labels by rater. */
    readonly labels: Readonly<Record<string, number>>;
    /** Number of answers on which raters are evenly divided. */
    readonly tied: number;
  };
  readonly consistency: { readonly answers: number; readonly value: number | null; readonly always: number };
  readonly length_bias: Tendency;
  /** Null for a judge that does not compare two answers. */
  readonly position_bias: (Tendency & { readonly inconsistent: Estimate & { readonly n: number } }) | null;
  /** Vendors of the judge's models, and which of these vendors also made the judged models. */
  readonly self_preference: { readonly judge: readonly string[]; readonly shared: readonly string[] };
  /** Null when the dataset is not available. */
  readonly tags:
    | readonly {
        readonly tag: string;
        readonly n: number;
        readonly agreement: Estimate;
        readonly p: number | null;
        readonly differs: boolean;
      }[]
    | null;
  readonly wanted: {
    /** Number of further labels until the gate can trust the judge; null when no number is enough. */
    readonly more: number | null;
    readonly passes: number;
    readonly fails: number;
    readonly tags: readonly string[];
    readonly answers: readonly WantedLabel[];
    /** The command that labels answers for this judge. */
    readonly command: string;
    readonly disagreements: readonly WantedLabel[];
  };
  readonly gate: JudgeBar & {
    readonly state: "uncalibrated" | "stale" | "under_bar" | "believed";
    readonly why: string;
    readonly next: string | null;
  };
  readonly check: DriftCheck | null;
  /** Path of the committed calibration; null when the judge's file is not in this project. */
  readonly file: string | null;
}

export interface WantedLabel {
  readonly case: string;
  readonly answer_hash: string;
  readonly why: string;
}

/** How a judge's verdicts changed on answers that it judged again. */
export interface DriftCheck {
  readonly answers: number;
  readonly to_pass: number;
  readonly to_fail: number;
  /** p-value of a two-sided exact McNemar test for a judge that has become milder or stricter. */
  readonly p: number;
  /** Share of answers whose verdict changed when the answer was judged again. */
  readonly changed: number;
  /** Share of answers whose verdict changes between repeated judgements in one session; null when unknown. */
  readonly usual: number | null;
  readonly drifted: boolean;
  readonly before: { readonly sensitivity: Estimate; readonly specificity: Estimate };
  readonly now: { readonly sensitivity: Estimate; readonly specificity: Estimate };
  readonly said: string;
}
