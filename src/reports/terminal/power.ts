import type { PowerAssumptions, SizePlan, SuiteSize } from "../../domain/size-plan.ts";
import { count, dollars, plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { fold } from "./fold.ts";
import { columns, type Style } from "./style.ts";

/** The data of a report of `evals power`. */
interface PowerReport
  extends Omit<SizePlan, "assumptions" | "runs">,
    Omit<PowerAssumptions, "cases" | "trials"> {
  readonly size: SuiteSize;
}

/** The report of `evals power`. */
export function sizePlanText({ assumptions, ...plan }: SizePlan, style: Style, width: number): string {
  const { cases, trials } = assumptions;
  return powerReport({ ...assumptions, ...plan, size: { cases, trials } }, style, width);
}

/**
 * The needed size in words, then the drop that each size can detect, then the cost of a run. Ends with a line
 * feed.
 */
function powerReport(report: PowerReport, style: Style, width: number): string {
  const blocks = [
    answerLines(report, style).flatMap((line) => fold(line, width)),
    report.from.flatMap((line) => fold(`  ${plainLine(line)}`, width)),
    tableLines(report),
    plotLines(report, width),
    costLines(report),
    ["  early stopping costs a little power: 10 % more cases or trials make up for it"],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** A drop in percentage points without a trailing zero: `3`, `4.5`. */
const points = (drop: number): string => (drop * 100).toFixed(1).replace(/\.0$/, "");
const sizeWords = ({ cases, trials }: SuiteSize): string => `${plural(cases, "case")} × ${trials}`;

function answerLines(report: PowerReport, style: Style): string[] {
  const { size, detectable_drop: seen, drop } = report;
  const shows =
    seen === null
      ? "that cannot detect any drop, not even if every case failed"
      : `that detects a drop of ${points(seen)} points`;
  return [
    `${style.strong(plainLine(report.suite))}   to detect ${pointsWord(drop)} with ${points(report.power)} % power: ${choices(report)}`,
    `  The suite has ${sizeWords(size)} against ${report.baseline_trials ?? size.trials} baseline trials a case: ${shows}${seen !== null && seen <= drop ? ", which is enough" : ""}.`,
    ...(report.larger_baseline === null || (seen !== null && seen <= drop)
      ? []
      : [
          `  A baseline of ${report.larger_baseline.baseline_trials} trials a case, paid once, reduces the needed size to ${sizeWords(report.larger_baseline)}.`,
        ]),
  ];
}

const pointsWord = (drop: number): string => `${points(drop)} ${points(drop) === "1" ? "point" : "points"}`;

/**
 * The sizes that suffice: with the suite's own number of trials first, then with more trials and fewer cases.
 */
function choices({ needed, size }: PowerReport): string {
  const own = needed.find((one) => one.trials === size.trials);
  const fewer = needed.filter(
    (one) => one.trials > size.trials && own !== undefined && one.cases < own.cases,
  );
  const listed = [...(own === undefined ? [] : [own]), ...fewer.slice(0, 1)];
  return listed
    .map((one, index) => (index === 0 ? sizeWords(one) : `${count(one.cases)} × ${one.trials}`))
    .join(", or ");
}

function tableLines({ table, size, power }: PowerReport): string[] {
  const trials = [...new Set(table.map((one) => one.trials))];
  const cases = [...new Set(table.map((one) => one.cases))];
  const cell = (n: number, k: number): string => {
    const drop = table.find((one) => one.cases === n && one.trials === k)?.detectable_drop;
    const text = drop === null || drop === undefined ? "—" : (drop * 100).toFixed(1);
    return n === size.cases && k === size.trials ? `[${text}]` : `${text} `;
  };
  const rows = cases.map((n) => [count(n).padStart(7), ...trials.map((k) => cell(n, k).padStart(7))]);
  const head = ["cases".padStart(7), ...trials.map((k) => `× ${k} `.padStart(7))];
  return [
    `  smallest drop in points detected with ${points(power)} % power, by cases × trials`,
    ...columns([head, ...rows], "  "),
    "  [ ] marks this suite's size",
  ];
}

const BAR = 40;

/**
 * A bar for each number of cases. Its length is the smallest drop that so many cases detect with the suite's number of
 * trials. Each bar marks the drop that the user wants to detect.
 */
function plotLines({ table, size, drop }: PowerReport, width: number): string[] {
  const rows = table.filter((one) => one.trials === size.trials && one.detectable_drop !== null);
  const longest = Math.max(drop, ...rows.map((one) => one.detectable_drop ?? 0));
  const space = Math.max(10, Math.min(BAR, width - 20));
  const at = (value: number): number => Math.round((value / longest) * space);
  const mark = Math.max(0, at(drop) - 1);
  const bar = (value: number): string => {
    const cells = Array.from({ length: space }, (_, i): string => (i < at(value) ? "█" : " "));
    cells[mark] = mark < at(value) ? "▓" : "┊";
    return cells.join("").trimEnd();
  };
  return [
    `  smallest drop with ${plural(size.trials, "trial")} a case; ┊ marks the drop to detect, ${pointsWord(drop)}`,
    ...rows.map(({ cases, detectable_drop: seen }) =>
      `${count(cases).padStart(7)}  ${((seen ?? 0) * 100).toFixed(1).padStart(5)}  ${bar(seen ?? 0)}`.trimEnd(),
    ),
  ];
}

function costLines({ calls, cost_per_trial: each, drop }: PowerReport): string[] {
  const money = (n: number): string => (each === null ? "" : `, ${dollars(n * each)}`);
  const row = (when: string, n: number): string[] => [
    `    ${when}`,
    `${plural(n, "call")}${money(n)}`,
    `${Math.round((1 - n / calls.all) * 100)} % fewer`,
  ];
  return [
    `  all trials: ${plural(calls.all, "call")}${money(calls.all)}; stopping early, on average`,
    ...columns([
      row("if nothing changed", calls.unchanged),
      row(`after a drop of ${pointsWord(drop)}`, calls.drop),
    ]),
    ...(each === null ? ["  cost unknown: no price in evalconfig.yaml, none in the history"] : []),
  ];
}
