import type { CalibrationReport } from "../../domain/calibration.ts";
import type { DocumentHead } from "./documents.ts";

/** What `evals calibrate --json` prints; the figures are absent when something was wrong. */
export interface CalibrateDocument extends DocumentHead, Partial<CalibrationReport> {
  readonly schema: "evals.calibrate/1";
}

/** The figures that matter most stand first. */
export function calibrationDocument(exit: number, report: CalibrationReport): CalibrateDocument {
  const { judge, suite, labels, confusion, agreement, kappa, ac1, sensitivity, specificity, ...more } =
    report;
  return {
    schema: "evals.calibrate/1",
    exit,
    ...{ judge, suite, labels, confusion, agreement, kappa, ac1, sensitivity, specificity, ...more },
  };
}
