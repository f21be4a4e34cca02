import Table from "cli-table3";
import type { Matrix, MatrixCase, MatrixDifference, MatrixTarget } from "../../domain/matrix.ts";
import { count, dollars, duration, percent, plural, points } from "../format-numbers.ts";
import { cut, plainLine } from "../plain-text.ts";
import { fold } from "./fold.ts";
import { lengthOf, type Style, styleFor, type TerminalOptions } from "./style.ts";

/** More cases than these are a wall: then those are listed on which the targets differ most. */
const MAX_CASES = 30;
/** More trials of a case are told as counts. */
const MAX_MARKS = 12;
const MAX_CASE_WIDTH = 28;
const MAX_HEAD_WIDTH = 22;
const GAP = 3;

/** How a trial is drawn. */
const UNICODE = { "1": "●", "0": "○", e: "!", "?": "?", "-": "·" } as const;
const ASCII = { "1": "+", "0": "x", e: "!", "?": "?", "-": "." } as const;
type Marks = typeof UNICODE | typeof ASCII;

export interface MatrixOptions extends TerminalOptions {
  /** The terminal shows more than ASCII; false where nobody knows. */
  readonly unicode?: boolean | undefined;
}

/**
 * A suite over several targets: a mark a trial, below each target its pass rate with its interval, cost and p95, then which
 * differences are sure. Ends with a line feed.
 */
export function matrixReport(matrix: Matrix, { width, color, unicode = false }: MatrixOptions): string {
  const style = styleFor(color);
  const marks = unicode ? UNICODE : ASCII;
  const shown = shownCases(matrix.cases);
  const body = [
    [headLine(matrix, style)],
    ...tables(matrix, shown, { marks, width }),
    notesOf(matrix, shown, marks),
    differenceLines(matrix, style),
  ];
  const text = body
    .map((lines) => lines.flatMap((line) => fold(line, width)).join("\n"))
    .filter((block) => block !== "");
  return `${text.join("\n\n")}\n`;
}

function headLine({ suite, targets, cases }: Matrix, style: Style): string {
  return `${style.strong(plainLine(suite))}   ${targets.length} targets · ${plural(cases.length, "case")}`;
}

/** All of them in the dataset's order, or those on which the targets differ most and then those that fail most. */
function shownCases(cases: readonly MatrixCase[]): readonly MatrixCase[] {
  if (cases.length <= MAX_CASES) return cases;
  const rated = cases.map((one, at) => {
    const shares = one.marks.flatMap((marks) => shareOf(marks) ?? []);
    const lowest = Math.min(1, ...shares);
    return { one, at, lowest, spread: Math.max(0, ...shares) - lowest };
  });
  rated.sort((a, b) => b.spread - a.spread || a.lowest - b.lowest || a.at - b.at);
  return rated.slice(0, MAX_CASES).map(({ one }) => one);
}

/** Share of the scored trials that passed; undefined without one. */
function shareOf(marks: string): number | undefined {
  const passed = Array.from(marks).filter((mark) => mark === "1").length;
  const scored = passed + Array.from(marks).filter((mark) => mark === "0").length;
  return scored === 0 ? undefined : passed / scored;
}

/** As many targets side by side as the width has room for. */
function tables(
  { targets }: Matrix,
  cases: readonly MatrixCase[],
  { marks, width }: { readonly marks: Marks; readonly width: number },
): string[][] {
  const first = ["", "", ...cases.map((one) => cut(plainLine(one.case), MAX_CASE_WIDTH)), "", ...FOOT];
  const columns = targets.map((target, at) => [
    ...headCells(target),
    ...cases.map((one) => drawn(one.marks[at] ?? "", marks)),
    "",
    ...footCells(target),
  ]);
  const room = width - 2 - widthOf(first);
  const groups: string[][][] = [];
  let used = 0;
  for (const column of columns) {
    const wide = widthOf(column) + GAP;
    const group = groups.at(-1);
    if (group !== undefined && used + wide <= room) {
      group.push(column);
      used += wide;
    } else {
      groups.push([column]);
      used = wide;
    }
  }
  return groups.map((group) => tableLines([first, ...group]));
}

const widthOf = (cells: readonly string[]): number => Math.max(0, ...cells.map(lengthOf));

const FOOT = ["pass rate", "95 %", "cost", "p95"] as const;

function headCells({ name, gated }: MatrixTarget): [string, string] {
  const [prompt = "", ...model] = plainLine(name).split(" · ");
  const second = model.join(" · ");
  return [
    cut(prompt, MAX_HEAD_WIDTH),
    cut([second, gated ? "(gated)" : ""].filter((one) => one !== "").join(" "), MAX_HEAD_WIDTH),
  ];
}

function footCells({ pass_rate, cost_usd, latency_p95 }: MatrixTarget): string[] {
  const { value, low, high } = pass_rate;
  const end = (share: number | null | undefined): string => (share == null ? "—" : (share * 100).toFixed(1));
  return [
    value === null ? "unknown" : percent(value),
    low == null && high == null ? "unknown" : `${end(low)} – ${end(high)}`,
    cost_usd === null ? "unknown" : dollars(cost_usd),
    latency_p95 === null ? "unknown" : duration(latency_p95),
  ];
}

/** `●●●○○`, or `12/15` where so many marks would be no picture; a dash where the target was not asked the case. */
function drawn(trials: string, marks: Marks): string {
  if (trials === "") return "—";
  if (trials.length <= MAX_MARKS)
    return Array.from(trials, (mark) => marks[mark as keyof Marks] ?? "?").join("");
  const passed = Array.from(trials).filter((mark) => mark === "1").length;
  const asked = Array.from(trials).filter((mark) => mark !== "-").length;
  return `${passed}/${asked}`;
}

/** Columns without a frame. */
function tableLines(columns: readonly (readonly string[])[]): string[] {
  const table = new Table({
    chars: NO_FRAME,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  const rows = columns[0]?.length ?? 0;
  for (let row = 0; row < rows; row++)
    table.push(columns.map((cells, at) => `${at === 0 ? "" : " ".repeat(GAP)}${cells[row] ?? ""}`));
  return table
    .toString()
    .split("\n")
    .map((line) => `  ${line}`.trimEnd());
}

const NO_FRAME = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "" },
  ...{ right: "", "right-mid": "", middle: "" },
};

function notesOf({ cases }: Matrix, shown: readonly MatrixCase[], marks: Marks): string[] {
  const used = new Set(shown.flatMap((one) => one.marks.flatMap((trials) => Array.from(trials))));
  const words: readonly (readonly [keyof Marks, string])[] = [
    ["1", "passed"],
    ["0", "failed"],
    ["e", "error"],
    ["?", "not scored"],
    ["-", "not asked"],
  ];
  const legend = words.flatMap(([mark, word]) => (used.has(mark) ? [`${marks[mark]} ${word}`] : []));
  const rest = cases.length - shown.length;
  return [
    ...(legend.length === 0 ? [] : [`  a mark a trial: ${legend.join("  ")}`]),
    ...(rest === 0
      ? []
      : [`  ${count(rest)} more cases, on which the targets differ less: --json lists all`]),
  ];
}

/** The sure ones with their sizes; how many others could be chance. */
function differenceLines({ differences }: Matrix, style: Style): string[] {
  if (differences.length === 0) return [];
  const sure = differences.filter((one) => one.sure).sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta));
  const others = differences.length - sure.length;
  if (sure.length === 0) {
    const [only, second] = differences;
    const size = only === undefined || second !== undefined ? "" : ` (${sizeOf(only)})`;
    return [
      `  No difference between these targets is sure: chance alone could make ${second === undefined ? "it" : "each"}${size}.`,
    ];
  }
  return [
    `  ${style.strong("sure differences")}, case by case${differences.length > 1 ? `, corrected for ${differences.length} comparisons` : ""}`,
    ...sure.map((one) => `  ${sentenceOf(one)}`),
    ...(others === 0 ? [] : [`  ${plural(others, "other difference is", "other differences are")} not sure`]),
  ];
}

function sentenceOf(one: MatrixDifference): string {
  const [better, worse] = one.delta > 0 ? [one.b, one.a] : [one.a, one.b];
  const p = one.p < 0.0001 ? "p < 0.0001" : `p ${one.p.toFixed(4)}`;
  return ` ${plainLine(better)} is better than ${plainLine(worse)} by ${sizeOf(one)}, ${p}`;
}

/** `8.3 points (3.1 to 13.5)`. */
function sizeOf({ delta, low, high }: MatrixDifference): string {
  const [from, to] = delta < 0 ? [-high, -low] : [low, high];
  const bare = (share: number): string => points(share).replace("+", "");
  return `${bare(Math.abs(delta))} points (${bare(from)} to ${bare(to)})`;
}
