import type { CalibrationReport } from "../../domain/calibration.ts";
import type { DocumentHead } from "./documents.ts";

/** The output of `evals calibrate --json`; the measures are absent after a mistake. */
export interface CalibrateDocument extends DocumentHead, Partial<CalibrationReport> {
  readonly schema: "evals.calibrate/1";
}

/** The document of `evals calibrate --json`, with the most important measures first. */
export function calibrationDocument(exit: number, report: CalibrationReport): CalibrateDocument {
  const { judge, suite, labels, confusion, agreement, kappa, ac1, sensitivity, specificity, ...more } =
    report;
  return {
    schema: "evals.calibrate/1",
    exit,
    ...{ judge, suite, labels, confusion, agreement, kappa, ac1, sensitivity, specificity, ...more },
  };
}
