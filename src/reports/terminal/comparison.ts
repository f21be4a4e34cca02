import { isBetterLow, metricUnit } from "../../domain/metric-unit.ts";
import type { Comparison, MetricComparison } from "../../domain/report.ts";
import type { Verdict } from "../../domain/verdict.ts";
import { count, plural } from "../format-numbers.ts";
import { comparedName } from "../headline.ts";
import { differenceText, isWorse, metricLabel } from "../metric-rows.ts";
import { plainLine } from "../plain-text.ts";
import { answerDiff } from "./answer-diff.ts";
import {
  brokenLines,
  contractLines,
  fixedLines,
  growthLines,
  indent,
  listLines,
  sentence,
  tagLine,
} from "./comparison-lines.ts";
import { cut, cutName, shortened } from "./cut.ts";
import { columns, type Style } from "./style.ts";

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  regressed: "REGRESSED",
  incomparable: "INCOMPARABLE",
  inconclusive: "NOT ENOUGH EVIDENCE",
  small_drop: "SMALL DROP",
  no_regression: "NO REGRESSION",
  improved: "IMPROVED",
};

/** The report of one comparison: verdict, metrics, regressed and fixed cases, tags, and what was not compared. */
export function comparisonReport(comparison: Comparison, style: Style, width: number): string {
  const tone =
    comparison.verdict === "regressed"
      ? style.bad
      : comparison.verdict === "inconclusive" || comparison.verdict === "incomparable"
        ? style.unsure
        : style.good;
  const blocks = [
    [
      `${tone(VERDICT_WORDS[comparison.verdict])}  ${style.strong(plainLine(comparedName(comparison)))}`,
      cut(
        indent(
          `baseline   ${plainLine(comparison.baseline.side)}   ${plainLine(comparison.baseline.target)}`,
        ),
        width,
      ),
      cut(
        indent(
          `candidate  ${plainLine(comparison.candidate.side)}   ${plainLine(comparison.candidate.target)}`,
        ),
        width,
      ),
    ],
    sentence(comparison.said, width),
    metricTable(comparison.metrics),
    scopeLines(comparison),
    [
      ...brokenLines(comparison, width, 10, "--json lists all"),
      ...fixedLines(comparison, width, 5, "--json lists all"),
    ].slice(1),
    growthLines(comparison, width).slice(1),
    [...tagLine(comparison, width), ...flakyLine(comparison), ...listLines(comparison, width)],
    answerLines(comparison, style, width),
    contractLines(comparison, width).slice(1),
    againLines(comparison),
  ];
  return `${blocks
    .map((lines) => lines.join("\n"))
    .filter((text) => text !== "")
    .join("\n\n")}\n`;
}

const metricName = (metric: string): string => (metric.startsWith("pass^") ? metric : metricLabel(metric));

function metricTable(metrics: readonly MetricComparison[]): string[] {
  const rows = metrics.map((row) => [
    indent(plainLine(metricName(row.metric))),
    wasIs(row),
    row.delta === null ? "—" : differenceText(row.delta, metricUnit(row.metric)),
    row.low === null || row.high === null ? "—" : rangeText(row.low, row.high, row.metric),
    dropText(row),
    row.verdict.replace("_", " "),
  ]);
  return columns([[indent(""), "", "points", "90 %", "p of a drop", ""], ...rows], "  ");
}

function wasIs({ metric, baseline, candidate }: MetricComparison): string {
  const isShare = metricUnit(metric) === "ratio";
  const number = (value: number | null): string =>
    value === null ? "—" : isShare ? (value * 100).toFixed(1) : value.toFixed(2);
  return `${number(baseline)} → ${number(candidate)}${isShare ? " %" : ""}`;
}

function rangeText(low: number, high: number, metric: string): string {
  const unit = metricUnit(metric);
  return `${differenceText(low, unit)} to ${differenceText(high, unit)}`;
}

/**
 * The probability that chance alone causes a drop as large as this one; empty when the metric did not get worse, or
 * when no probability was computed.
 */
function dropText(row: MetricComparison): string {
  const { p } = row;
  if (p === null || !isWorse(row)) return "";
  return `${p < 0.0001 ? "< 0.0001" : p.toFixed(4)}`;
}

/** The intervals of the difference: one for the compared cases, one estimated for other cases like these. */
function scopeLines({ population, detectable_drop, cases, metrics, metric }: Comparison): string[] {
  const row = metrics.find((one) => one.metric === (metric ?? "pass_rate"));
  if (row === undefined || row.low === null || row.high === null) return [];
  const unit = metricUnit(row.metric) === "ratio" ? " points" : "";
  const range = (low: number, high: number): string => `${rangeText(low, high, row.metric)}${unit}`;
  const rows = [
    [
      indent(`on ${cases.paired === 1 ? "this case" : `these ${count(cases.paired)} cases`}`),
      range(row.low, row.high),
    ],
    ...(population === null ? [] : [[indent("on cases like these"), range(population.low, population.high)]]),
  ];
  const name = plainLine(metricName(row.metric));
  const lines = [indent(`${name}, 90 % interval of the difference`), ...columns(rows, "  ").map(indent)];
  if (detectable_drop !== null)
    lines.push(
      indent(
        `a suite of this size notices a real ${isBetterLow(row.metric) ? "rise" : "drop"} of ${(detectable_drop * 100).toFixed(1)} points in 4 of 5 runs`,
      ),
    );
  return lines;
}

/** Maximum number of cases whose answers are shown from both the baseline and the candidate. */
const MAX_ANSWERS = 3;
const ANSWER_LINES = 4;

/**
 * The first regressed cases with their answers in baseline and candidate; if no case regressed, the first fixed
 * case.
 */
function answerLines({ cases, examples }: Comparison, style: Style, width: number): string[] {
  const known = new Map(examples.map((one) => [one.id, one]));
  const ids = cases.broken.length > 0 ? cases.broken.slice(0, MAX_ANSWERS) : cases.fixed.slice(0, 1);
  const lines = ids.flatMap((id) => {
    const { before = null, after = null, input } = known.get(id) ?? {};
    return before === null || after === null
      ? []
      : [
          indent(` ${cutName(plainLine(id), width - 3)}`),
          ...(input === undefined ? [] : [`    asked: ${shortened(plainLine(input), width - 11)}`]),
          ...answerDiff(before, after, { style, width, limit: ANSWER_LINES }),
        ];
  });
  return lines.length === 0 ? [] : [indent("answers before and after: [-gone-] {+new+}"), ...lines];
}

/** The suggestion for two stored runs with different scorers: to rescore the baseline. */
function againLines({ verdict, baseline, cases }: Comparison): string[] {
  return verdict === "incomparable" && cases.paired > 0 && baseline.run !== null
    ? [indent(`to score the baseline's answers with today's scorers: evals rescore ${baseline.run}`)]
    : [];
}

function flakyLine({ cases }: Comparison): string[] {
  return cases.flaky.length === 0
    ? []
    : [
        indent(
          `${plural(cases.flaky.length, "case")} of the candidate ${cases.flaky.length === 1 ? "is" : "are"} flaky`,
        ),
      ];
}
