import type { Matrix } from "../../domain/matrix.ts";
import { count, plural } from "../format-numbers.ts";
import { differenceSentences, drawn, FOOT, footCells, shownCases, UNICODE } from "../matrix-words.ts";
import { inlineCode, inlineText } from "./markdown-text.ts";

/**
 * Maximum number of targets shown as columns. If there are more targets, each target has a line, and the cases are
 * left out.
 */
const MAX_COLUMNS = 6;
const MAX_TARGETS = 30;
/** Maximum number of differences listed. */
const MAX_SENTENCES = 12;

/**
 * A suite with several targets: one line per case, one column per target, one mark per trial; then pass rates with
 * intervals, cost and p95; then the significant differences.
 */
export function matrixBlock(matrix: Matrix): string {
  const { suite, targets, cases } = matrix;
  const head = `### ${inlineText(suite, 100)}: ${targets.length} targets · ${plural(cases.length, "case")}`;
  const table = targets.length > MAX_COLUMNS ? lines(matrix) : columns(matrix);
  return `\n${head}\n\n${table}\n${differences(matrix)}`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function columns({ targets, cases }: Matrix): string {
  const shown = shownCases(cases);
  const feet = targets.map(footCells);
  const rest = cases.length - shown.length;
  return [
    row(["case", ...targets.map(({ name, gated }) => `${inlineText(name, 60)}${gated ? " (gated)" : ""}`)]),
    row(["---", ...targets.map(() => "---")]),
    ...shown.map((one) =>
      row([
        inlineCode(one.case, 60),
        ...targets.map((_, at) => inlineText(drawn(one.marks[at] ?? "", UNICODE))),
      ]),
    ),
    ...FOOT.map((name, at) => row([`**${name}**`, ...feet.map((cells) => inlineText(cells[at] ?? ""))])),
    ...(rest > 0 ? ["", `${count(rest)} more cases, on which the targets differ less.`] : []),
    "",
    "One mark per trial: ● passed, ○ failed, ! error, ? not scored, · not asked.",
  ].join("\n");
}

function lines({ targets }: Matrix): string {
  const rest = targets.length - MAX_TARGETS;
  return [
    row(["target", ...FOOT]),
    row(["---", ...FOOT.map(() => "---:")]),
    ...targets
      .slice(0, MAX_TARGETS)
      .map((target) =>
        row([inlineText(target.name, 60), ...footCells(target).map((cell) => inlineText(cell))]),
      ),
    ...(rest > 0 ? ["", `${count(rest)} more targets.`] : []),
  ].join("\n");
}

function differences(matrix: Matrix): string {
  const [head, ...sentences] = differenceSentences(matrix);
  if (head === undefined) return "";
  const shown = sentences.slice(0, MAX_SENTENCES);
  const rest = sentences.length - shown.length;
  const list = [...shown, ...(rest > 0 ? [`${count(rest)} more`] : [])].map(
    (one) => `- ${inlineText(one, 200)}`,
  );
  return [`\n${inlineText(head)}${list.length > 0 ? ":\n" : ""}`, ...list].join("\n").concat("\n");
}
