import { raggedRowProblem, scanCsv } from "../domain/csv-rows.ts";
import { didYouMean } from "../domain/did-you-mean.ts";
import { type Label, labelSchema } from "../domain/label.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { answerHash } from "../labels/label-file.ts";
import { textOfCell } from "./csv-cell.ts";
import {
  otherAnswer,
  otherCase,
  otherSuite,
  type Place,
  problemAt,
  unknownRaters,
} from "./label-problems.ts";
import { CRITERION, type ReadLabels, type ReadLabelsOptions } from "./label-task.ts";
import { latestOfEach } from "./merge-labels.ts";

const COLUMNS = [
  "suite",
  "case",
  "answer_hash",
  "input",
  "expected",
  "answer",
  "rater",
  "verdict",
  "comment",
  "at",
  "picked",
  "weight",
  "of",
];
const NEEDED = ["case", "answer", "verdict"];
const VERDICTS = ["pass", "fail", "unsure"] as const;

type Row = Readonly<Record<string, string>>;
type Mistake = Pick<Problem, "code" | "why" | "fix"> & { readonly what: string };

/**
 * Reads labels from a table with at least `case`, `answer` and `verdict`. A row without a verdict is an answer
 * without a label; `skipped` means that a rater skipped it.
 *
 * @throws {EvalsError} with every mistake, each with its line
 */
export function readLabelCsv(text: string, options: ReadLabelsOptions): ReadLabels {
  const { path } = options;
  const format = { path, code: FORMAT.code, column: "case" };
  const { rows: all, separator, problem } = scanCsv(text, format);
  const [header, ...rows] = all;
  const columns = (header?.cells ?? []).map((cell) => cell.trim());
  const problems: Problem[] = [
    ...(header === undefined && problem !== undefined ? [] : columnProblems(columns, path)),
    ...unknownRaters(options.raters.keys(), new Set(), { path, line: 1, column: 1 }),
  ];
  const unread = problem === undefined ? [] : [problem];
  if (problems.length > 0 || header === undefined) throw new EvalsError([...problems, ...unread]);
  const labels: Label[] = [];
  const skipped = new Map<string, number>();
  let open = 0;
  for (const row of rows) {
    const { cells, line } = row;
    const at = { path, line, column: 1 };
    const read = readRow(
      Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ""])),
      at,
      options,
    );
    if (cells.length !== columns.length)
      problems.push(raggedRowProblem(row, columns.length, { format, separator }));
    else if (read.kind === "mistakes") problems.push(...read.problems);
    else if (read.kind === "label") labels.push(read.label);
    else if (read.kind === "open") open++;
    else skipped.set(read.rater, (skipped.get(read.rater) ?? 0) + 1);
  }
  problems.push(...unread);
  if (problems.length > 0) throw new EvalsError(problems);
  const latest = latestOfEach(labels);
  return { labels: latest, skipped, open, repeated: labels.length - latest.length };
}

const FORMAT = {
  code: "EVALS_IMPORT_FORMAT",
  why: "A misread row would become a label of another answer.",
  fix: "Use the columns that `evals export labels --format csv` writes.",
};

function columnProblems(columns: readonly string[], path: string): Problem[] {
  const at = { path, line: 1, column: 1 };
  const missing = NEEDED.filter((name) => !columns.includes(name));
  const unknown = columns.filter((name) => !COLUMNS.includes(name) && !isCriterion(name));
  const twice = columns.filter((name, index) => columns.indexOf(name) < index);
  return [
    ...missing.map((name) => problemAt(at, `There is no column "${name}".`, FORMAT)),
    ...unknown.map((name) => problemAt(at, `Unknown column "${name}".${didYouMean(name, COLUMNS)}`, FORMAT)),
    ...twice.map((name) => problemAt(at, `There are two columns "${name}".`, FORMAT)),
  ];
}

/** Whether a column is for a criterion. `criteria.__proto__` is not, because it cannot be an object key. */
function isCriterion(column: string): boolean {
  return column.startsWith(CRITERION) && column !== `${CRITERION}__proto__`;
}

type Read =
  | { readonly kind: "label"; readonly label: Label }
  | { readonly kind: "open" }
  | { readonly kind: "skipped"; readonly rater: string }
  | { readonly kind: "mistakes"; readonly problems: readonly Problem[] };

function readRow(row: Row, at: Place, options: ReadLabelsOptions): Read {
  const id = textOfCell(row.case ?? "");
  const answer = answerOf(row);
  const cell = (row.verdict ?? "").trim().toLowerCase();
  const rater = textOfCell((row.rater ?? "").trim()) || options.rater || "";
  const suite = textOfCell(row.suite ?? "");
  if (suite !== "" && suite !== options.suite)
    return { kind: "mistakes", problems: [otherSuite(at, "this row", suite, options.suite)] };
  const problems: Problem[] = [
    ...(options.cases.has(id) ? [] : [otherCase(at, "this row", id, didYouMean(id, [...options.cases]))]),
    ...(answer === null ? [otherAnswer(at, "this row")] : []),
  ];
  const report = (mistake: Mistake): void => void problems.push(problemAt(at, mistake.what, mistake));
  if (cell === "" && problems.length === 0) return { kind: "open" };
  if (cell !== "" && rater === "") report(NO_RATER);
  if (cell === "skipped" && problems.length === 0) return { kind: "skipped", rater };
  const verdict = VERDICTS.find((one) => one === cell);
  if (verdict === undefined && cell !== "" && cell !== "skipped")
    report(noVerdict("verdict", row.verdict ?? ""));
  const criteria = criteriaOf(row, report);
  const time = timeOf(row.at ?? "", options.now);
  if (time === null) report(unreadable("at", row.at ?? "", "a time, for instance 2025-03-01T12:00:00Z"));
  const weight = (row.weight ?? "") === "" ? 1 : Number(row.weight);
  if (!labelSchema().shape.weight.safeParse(weight).success)
    report(unreadable("weight", row.weight ?? "", "a number above 0, at most 1000000000"));
  const picked = (row.picked ?? "") === "" ? "stratified" : row.picked;
  if (picked !== "random" && picked !== "stratified")
    report(unreadable("picked", picked ?? "", "random or stratified"));
  if (problems.length > 0 || verdict === undefined || answer === null || time === null)
    return { kind: "mistakes", problems };
  const comment = textOfCell(row.comment ?? "");
  const of = textOfCell((row.of ?? "").trim()) || options.of;
  return {
    kind: "label",
    label: {
      ...{ case: id, answer_hash: answerHash(answer), answer, rater, verdict },
      ...(Object.keys(criteria).length === 0 ? {} : { criteria }),
      ...(comment === "" ? {} : { comment }),
      ...{ at: time, picked: picked as Label["picked"], weight },
      ...(of === undefined ? {} : { of }),
    },
  };
}

/**
 * The row's answer, without the apostrophe that an export puts before some texts. Where the row has a hash, the text
 * with or without the apostrophe, whichever has that hash; null when neither has.
 */
function answerOf({ answer = "", answer_hash = "" }: Row): string | null {
  const candidates = [textOfCell(answer), answer];
  if (answer_hash === "") return candidates[0] ?? null;
  return candidates.find((one) => answerHash(one) === answer_hash) ?? null;
}

function criteriaOf(row: Row, report: (mistake: Mistake) => void): NonNullable<Label["criteria"]> {
  const criteria: Record<string, Label["verdict"]> = {};
  for (const [column, cell] of Object.entries(row)) {
    if (!column.startsWith(CRITERION) || cell.trim() === "") continue;
    const verdict = VERDICTS.find((one) => one === cell.trim().toLowerCase());
    if (verdict === undefined) report(noVerdict(column, cell));
    else criteria[column.slice(CRITERION.length)] = verdict;
  }
  return criteria;
}

function timeOf(cell: string, now: string): string | null {
  if (cell.trim() === "") return now;
  const time = Date.parse(cell);
  if (Number.isNaN(time)) return null;
  const text = new Date(time).toISOString();
  return labelSchema().shape.at.safeParse(text).success ? text : null;
}

const NO_RATER: Mistake = {
  what: "This row does not say who judged.",
  code: "EVALS_IMPORT_RATER",
  why: "Each label names its rater, so that two people's judgements can be compared.",
  fix: "Fill in the column rater, or give --rater NAME for all rows without one.",
};

function noVerdict(column: string, cell: string): Mistake {
  return {
    what: `${column} is ${JSON.stringify(cell)}.`,
    code: "EVALS_IMPORT_VERDICT",
    why: "A label is pass, fail or unsure; anything else would have to be guessed.",
    fix: "Write pass, fail or unsure, or `skipped` for an answer that the rater skipped. Leave the cell empty where nobody judged.",
  };
}

function unreadable(column: string, cell: string, wanted: string): Mistake {
  return {
    what: `${column} is ${JSON.stringify(cell)}, not ${wanted}.`,
    code: "EVALS_IMPORT_FORMAT",
    why: "A misread value would change what the label counts for.",
    fix: "Correct the value, or leave the column out.",
  };
}
