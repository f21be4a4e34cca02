import type { CalibrationReport, DriftCheck, SuiteCalibration } from "../../domain/calibration.ts";
import type { OpenJudge } from "../../domain/judge.ts";
import { modelFamily, sharedFamilies } from "../../labels/biases.ts";
import type { CalibrationResult } from "../../labels/calibrate.ts";
import { labelHash } from "../../labels/calibration-file.ts";
import { countedPart, trustIn } from "../../labels/trust.ts";
import { wantedLabels } from "../../labels/wanted-labels.ts";
import type { CalibrationSubject } from "./calibrated-judge.ts";

/** The part of a result that the calibration file stores. */
export function suiteCalibration(
  { labels }: Pick<CalibrationSubject, "labels">,
  judge: Pick<OpenJudge, "hash" | "models">,
  result: CalibrationResult,
): SuiteCalibration {
  return {
    judge: judge.hash,
    models: [...judge.models],
    labels: labels.map(labelHash).sort(),
    all: result.all,
    test: result.test,
    inconsistent: result.positionBias?.inconsistent.value ?? null,
  };
}

export interface ReportParts {
  readonly result: CalibrationResult;
  /** Null when the judge's file is not in this project. */
  readonly judge: Pick<OpenJudge, "hash" | "models"> | null;
  readonly unlabelled: Parameters<typeof wantedLabels>[3];
  readonly check: DriftCheck | null;
  /** Path of the calibration file that was written; null when none was. */
  readonly file: string | null;
}

/** Joins everything that a calibration has measured into its report. */
export function calibrationReport(subject: CalibrationSubject, parts: ReportParts): CalibrationReport {
  const { result, judge, check, file } = parts;
  const { plain } = result;
  const counted = countedPart(result, subject.bar);
  const targets = (subject.loaded?.models ?? []).map((one) => modelName(one.settings) ?? one.alias);
  const families = (judge?.models ?? []).flatMap((model) => modelFamily(model) ?? []);
  return {
    judge: subject.judge,
    version: subject.version,
    suite: subject.suite,
    labels: result.labels,
    confusion: plain.confusion,
    agreement: plain.agreement,
    kappa: plain.kappa,
    ac1: plain.ac1,
    sensitivity: plain.sensitivity,
    specificity: plain.specificity,
    unjudged: result.unjudged,
    counted: { part: counted.part, ...counted.measures },
    dev: result.dev,
    test: result.test,
    raters: result.raters,
    consistency: result.consistency,
    length_bias: result.lengthBias,
    position_bias: result.positionBias,
    self_preference: {
      judge: [...new Set(families)].sort(),
      shared: sharedFamilies(judge?.models ?? [], targets),
    },
    tags: result.tags?.map(({ confusion: _, ...tag }) => tag) ?? null,
    wanted: {
      ...wantedLabels(result, counted.measures, subject.bar, parts.unlabelled),
      command: subject.labelCommand,
    },
    gate: { ...subject.bar, ...standing(subject, parts) },
    check,
    file,
  };
}

/** How the gate will treat the judge after this calibration. */
function standing(
  subject: CalibrationSubject,
  { judge, result }: ReportParts,
): Pick<CalibrationReport["gate"], "state" | "why" | "next"> {
  const { judge: name, version, suite, labels, labelCommand, bar } = subject;
  const { state, why, next } = trustIn({
    judge: { name, version, hash: judge?.hash ?? "" },
    suite,
    calibration: suiteCalibration(subject, judge ?? { hash: "", models: [] }, result),
    elsewhere: [],
    labels,
    labelCommand,
    bar,
  });
  return { state, why, next };
}

function modelName(settings: unknown): string | null {
  const { model } = (settings ?? {}) as { model?: unknown };
  return typeof model === "string" ? model : null;
}
