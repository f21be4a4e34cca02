import { metricUnit } from "../../domain/metric-unit.ts";
import type { Comparison, RunReport } from "../../domain/report.ts";
import { count, plural } from "../format-numbers.ts";
import { decisionSentence } from "../headline.ts";
import { isWorse, metricText } from "../metric-rows.ts";
import { plainLine } from "../plain-text.ts";
import type { Limits } from "./case-blocks.ts";
import {
  brokenLines,
  contractLines,
  growthLines,
  indent,
  listLines,
  sentence,
  tagLine,
} from "./comparison-lines.ts";
import { cut } from "./cut.ts";
import type { Style } from "./style.ts";

/** The lines of a regression, which come before everything else; none for another verdict. */
export function headVerdictLines(report: RunReport, style: Style, width: number): string[] {
  const { comparison } = report;
  if (comparison === null || report.gate.verdict !== "regressed") return [];
  return [
    ...sentence(comparison.said, width).map((line) => style.strong(line)),
    ...wasIs(comparison),
    ...chanceLine(comparison),
    ...acceptedLines(report, width),
  ];
}

function wasIs({ metrics }: Comparison): string[] {
  const row = metrics.find((one) => one.verdict === "regressed") ?? metrics[0];
  if (row?.baseline === null || row?.candidate === null || row === undefined) return [];
  const text = (value: number): string => metricText(value, metricUnit(row.metric));
  return [indent(`It was ${text(row.baseline)}, it is ${text(row.candidate)}.`)];
}

/**
 * The sentence "By chance alone this happens once in 4,000 runs.", with the number rounded to two digits. Empty when the
 * answers of all cases together show no drop.
 */
function chanceLine({ metrics }: Comparison): string[] {
  const row = metrics.find((one) => one.verdict === "regressed");
  if (row === undefined || row.p === null || !isWorse(row)) return [];
  const { p } = row;
  const odds =
    p < 1e-9 ? "less than once in a billion runs" : `once in ${count(Number((1 / p).toPrecision(2)))} runs`;
  return [indent(`By chance alone this happens ${odds}.`)];
}

/** The sentences that say that the user accepted the regression, and why. */
function acceptedLines({ gate }: RunReport, width: number): string[] {
  const sentences = gate.rules.flatMap((rule) =>
    rule.outcome === "passed" && rule.said !== undefined && / accepted: /.test(rule.said) ? [rule.said] : [],
  );
  return sentences.flatMap((text) => sentence(text, width));
}

/** The lines about the comparison with the baseline, which follow the run's own metrics. */
export function comparisonLines(report: RunReport, { width, limit }: Limits): string[] {
  const { comparison } = report;
  if (comparison === null) return [];
  const against = `against ${plainLine(comparison.baseline.side)} (${plainLine(comparison.baseline.target)}, ${plural(comparison.baseline.trials, "trial")} a case)`;
  return [
    cut(indent(against), width),
    ...(report.gate.verdict === "regressed" ? [] : sentence(comparison.said, width)),
    ...stopLines(report, width),
    ...brokenLines(comparison, width, limit, `evals diff ${report.header.id}`),
    ...growthLines(comparison, width),
    ...tagLine(comparison, width),
    ...contractLines(comparison, width),
    ...listLines(comparison, width),
  ];
}

function stopLines(report: RunReport, width: number): string[] {
  const { end, counts } = report;
  const decision = decisionSentence(report);
  const basis = decision === "" ? [] : sentence(decision, width);
  if (end.kind !== "decided") return basis;
  const ended = counts.trials - counts.not_needed;
  return [
    indent(`stopped after ${ended} of ${counts.trials} trials: the rest could not change the verdict`),
    ...basis,
    indent("(an estimate after an early stop tends to be exaggerated)"),
  ];
}
