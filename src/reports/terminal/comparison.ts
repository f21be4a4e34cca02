import type { RunReport } from "../../domain/report.ts";
import { plainLine } from "../plain-text.ts";
import type { Style } from "./style.ts";

/** The sentence of a verdict that a person must see first: a regression. */
export function headVerdictLines(report: RunReport, style: Style, _width: number): string[] {
  if (report.comparison === null || report.gate.verdict !== "regressed") return [];
  return [`  ${style.strong(plainLine(report.comparison.said))}`];
}

/** What the comparison with the baseline shows. */
export function comparisonLines(report: RunReport, _width: number): string[] {
  const { comparison } = report;
  if (comparison === null) return [];
  return [
    `  against ${plainLine(comparison.baseline.side)} (${plainLine(comparison.baseline.target)}, ${comparison.baseline.trials} trials a case)`,
    ...(report.gate.verdict === "regressed" ? [] : [`  ${plainLine(comparison.said)}`]),
  ];
}
