import type { DriftEntry, DriftReport, JudgeDrift } from "../../domain/drift.ts";
import { percent, plural, points } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { fold } from "./fold.ts";
import { columns, type Style } from "./style.ts";

/** Maximum number of recent runs listed. */
const SHOWN = 15;

/**
 * The report of `evals drift`: the verdict, the numbers behind it, then the newest runs. Ends with a line feed.
 */
export function driftText(report: DriftReport, style: Style, width: number): string {
  const { suite, target, statistic, threshold, notes, retirements } = report;
  const lines = [
    `${headline(report, style)}   ${plainLine(suite)}, ${plainLine(target)}`,
    `  ${whatItMeans(report)}`,
    `  Evidence ${statistic.toFixed(1)}; more than ${threshold} means drift. ${falseAlarms(report)}`,
    ...(report.judge === null ? [] : [`  ${judgeLine(report.judge)}`]),
    ...retirements.map((one) => `  ${plainLine(one)}`),
    ...notes.map((one) => `  ${plainLine(one)}`),
  ].flatMap((line) => fold(line, width));
  return `${[...lines, "", ...seriesLines(report.series)].join("\n")}\n`;
}

function headline({ verdict, direction }: DriftReport, style: Style): string {
  if (verdict === "drift") return style.bad(`DRIFT, ${direction}`);
  return verdict === "no_drift" ? style.good("NO DRIFT") : style.unsure("NOT ENOUGH EVIDENCE");
}

function whatItMeans({ verdict, since, finds, series }: DriftReport): string {
  const change = `${points(finds.change).slice(1)} points`;
  if (verdict === "drift") {
    const began = series.find(({ run }) => run === since);
    return `The evidence has been growing since run ${since ?? "?"}${began === undefined ? "" : ` of ${began.at.slice(0, 10)}`}. evals diff ${since ?? "<run>"} shows which cases moved.`;
  }
  if (finds.runs === null)
    return `A change of ${change} is too small to be found by runs of this size: more cases or trials are needed.`;
  const found = `A change of ${change} would be found in ${plural(finds.runs, "run")}`;
  const counted = series.filter(({ z }) => z !== null).length;
  return verdict === "no_drift"
    ? `${found}; there are ${counted} since the baseline.`
    : `${found}; there ${counted === 1 ? "is 1" : `are ${counted}`} so far.`;
}

function falseAlarms({ false_alarm: { runs, probability } }: DriftReport): string {
  return probability === null
    ? ""
    : `Even if nothing has changed, ${percent(probability)} of such series of runs raise an alarm within ${runs} runs, with a baseline of this size.`;
}

function judgeLine({ verdict, statistic, threshold, newest }: JudgeDrift): string {
  const words = {
    drift: "The judge itself has drifted",
    no_drift: "The judge has not drifted",
    not_enough_evidence: "Not enough is known about the judge",
  };
  const moved =
    newest === null
      ? ""
      : `; its pass rate on ${plural(newest.answers, "stored answer")} has changed by ${points(newest.delta)} points, which is subtracted from the target's change`;
  return `${words[verdict]} (evidence ${statistic.toFixed(1)}; more than ${threshold} means drift)${moved}.`;
}

function seriesLines(series: readonly DriftEntry[]): string[] {
  const shown = series.slice(-SHOWN);
  const row = ({ run, at, delta, statistic }: DriftEntry): string[] => [
    run,
    at.slice(0, 16).replace("T", " "),
    delta === null ? "—" : points(delta),
    statistic.toFixed(1),
  ];
  const hidden = series.length - shown.length;
  return [
    ...columns([["run", "at", "points", "evidence"], ...shown.map(row)], "  "),
    ...(hidden > 0 ? [`  and ${plural(hidden, "run")} before these; --json lists all`] : []),
  ];
}
