import type { CalibrationReport } from "../../domain/calibration.ts";

/** The document of `evals calibrate --json`, `evals.calibrate/1`: the figures that matter most stand first. */
export function calibrationDocument(exit: number, report: CalibrationReport) {
  const { judge, suite, labels, confusion, agreement, kappa, ac1, sensitivity, specificity, ...more } =
    report;
  return {
    schema: "evals.calibrate/1",
    exit,
    ...{ judge, suite, labels, confusion, agreement, kappa, ac1, sensitivity, specificity, ...more },
  };
}
