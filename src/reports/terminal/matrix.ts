import Table from "cli-table3";
import type { Matrix, MatrixCase, MatrixTarget } from "../../domain/matrix.ts";
import { count, plural } from "../format-numbers.ts";
import {
  ASCII,
  differenceSentences,
  drawn,
  FOOT,
  footCells,
  type Marks,
  shownCases,
  UNICODE,
} from "../matrix-words.ts";
import { plainLine } from "../plain-text.ts";
import { cut, cutName } from "./cut.ts";
import { fold } from "./fold.ts";
import { lengthOf, type Style, styleFor, type TerminalOptions } from "./style.ts";

const MAX_CASE_WIDTH = 28;
const MAX_HEAD_WIDTH = 22;
const GAP = 3;

export interface MatrixOptions extends TerminalOptions {
  /** Whether the terminal supports Unicode; false when unknown. */
  readonly unicode?: boolean | undefined;
}

/**
 * The report of a suite with several targets. Each case has one mark per trial; below each target are its pass
 * rate with interval, cost and p95; then come the significant differences. Ends with a line feed.
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

/** The tables of all targets, each with as many targets side by side as fit into the width. */
function tables(
  { targets }: Matrix,
  cases: readonly MatrixCase[],
  { marks, width }: { readonly marks: Marks; readonly width: number },
): string[][] {
  const first = ["", "", ...cases.map((one) => cutName(plainLine(one.case), MAX_CASE_WIDTH)), "", ...FOOT];
  const columns = targets.map((target, at) => [
    ...headCells(target),
    ...cases.map((one) => drawn(one.marks[at] ?? "", marks)),
    "",
    ...footCells(target),
  ]);
  const available = width - 2 - widthOf(first);
  const groups: string[][][] = [];
  let used = 0;
  for (const column of columns) {
    const wide = widthOf(column) + GAP;
    const group = groups.at(-1);
    if (group !== undefined && used + wide <= available) {
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

function headCells({ name, gated }: MatrixTarget): [string, string] {
  const [prompt = "", ...model] = plainLine(name).split(" · ");
  const second = model.join(" · ");
  return [
    cutName(prompt, MAX_HEAD_WIDTH),
    cut([second, gated ? "(gated)" : ""].filter((one) => one !== "").join(" "), MAX_HEAD_WIDTH),
  ];
}

/** Aligns columns of cells into lines, without a frame. */
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
    ...(legend.length === 0 ? [] : [`  one mark per trial: ${legend.join("  ")}`]),
    ...(rest === 0
      ? []
      : [`  ${count(rest)} more cases, on which the targets differ less: --json lists all`]),
  ];
}

/** The lines with the significant differences and their sizes, and the number of the other differences. */
function differenceLines(matrix: Matrix, style: Style): string[] {
  const [head, ...sentences] = differenceSentences(matrix);
  if (head === undefined) return [];
  const [, strong = "", rest = head] = /^(sure differences)(.*)$/.exec(head) ?? [];
  return [`  ${strong === "" ? "" : style.strong(strong)}${rest}`, ...sentences.map((one) => `   ${one}`)];
}
