import type { Comparison, PartDifference } from "../../domain/report.ts";
import { plainLine } from "../plain-text.ts";
import { comparisonReport, VERDICT_WORDS } from "./comparison.ts";
import { cut } from "./cut.ts";
import { styleFor, type TerminalOptions } from "./style.ts";
import { comparisonSummary } from "./summary.ts";

/** The comparison of one suite, and the parts of the two fingerprints that differ. */
interface ShownComparison {
  readonly comparison: Comparison;
  readonly differing: readonly PartDifference[];
}

/** The output of `evals diff`: each suite's comparison, then a summary line for each if there are several. */
export function comparedSuitesText(compared: readonly ShownComparison[], terminal: TerminalOptions): string {
  const { width, color } = terminal;
  const style = styleFor(color);
  const reports = compared.map(
    ({ comparison, differing }) =>
      comparisonReport(comparison, style, width) + differingText(differing, width),
  );
  const comparisons = compared.map(({ comparison }) => comparison);
  return reports.join("\n") + comparisonSummary(comparisons, VERDICT_WORDS, terminal);
}

function differingText(differing: readonly PartDifference[], width: number): string {
  if (differing.length === 0) return "";
  const lines = differing.map(({ part, said }) => cut(`    ${part.padEnd(9)}${plainLine(said)}`, width));
  return ["", "  what differs", ...lines, ""].join("\n");
}
