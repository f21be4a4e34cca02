import type { CaseSource } from "../domain/case.ts";
import { rememberCells } from "../domain/csv-cells.ts";
import { type CsvFormat, raggedRowProblem, scanCsv } from "../domain/csv-rows.ts";
import { didYouMean } from "../domain/did-you-mean.ts";
import type { Json } from "../domain/json.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { type CaseDraft, isCase, toCase } from "./check-case.ts";
import { emptyDataset, problemList } from "./dataset-problems.ts";
import { finishListed, type ListedCase } from "./listed-cases.ts";

/**
 * Opens a CSV dataset with the columns `id`, `input` or `input.<key>`, `expected` or `expected.<key>`, `tags`
 * (separated by `;`), `metadata.<key>`, `trials`, `scorers` (separated by `;`). A cell is always text: 007 stays 007.
 * An empty cell counts as no value, except for `input`, where it is an empty text. For separators see `readCsv`.
 *
 * @throws {EvalsError} with all its problems
 */
export function openCsvCases(text: string, path: string): CaseSource {
  const format: CsvFormat = { path, code: "EVALS_DATASET_SYNTAX", column: "id" };
  const { rows: all, separator, problem } = scanCsv(text, format);
  const unread = problem === undefined ? [] : [problem];
  const [header, ...rows] = all;
  if (header === undefined) throw new EvalsError(problem ?? emptyDataset(path));
  const columns = header.cells.map((cell) => cell.trim());
  const headerProblems = checkColumns(columns, path, header.line);
  if (headerProblems.length > 0) throw new EvalsError([...headerProblems, ...unread]);
  const problems = problemList(path);
  for (const one of unread) problems.add(one);
  const cases: ListedCase[] = [];
  for (const row of rows) {
    const { cells, line } = row;
    const id = cells[columns.indexOf("id")] ?? "";
    if (cells.length !== columns.length)
      problems.add(raggedRowProblem(row, columns.length, { format, separator }));
    else if (id === "") problems.add(missingId(path, line));
    else {
      const draft = rowValue(columns, cells);
      if (isCase(draft)) cases.push({ golden: toCase(draft), line });
      else problems.add(badTrials(path, line, columns.indexOf("trials") + 1));
    }
  }
  return finishListed(cases, problems, path);
}

function rowValue(columns: readonly string[], cells: readonly string[]): CaseDraft {
  const draft: Record<string, Json> = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? "";
    const [head = "", ...keys] = column.split(".");
    if (cell === "" && head !== "input") continue;
    if (head === "tags" || head === "scorers") {
      const words = cell.split(";").map((word) => word.trim());
      if (words.some((word) => word !== "")) draft[head] = words.filter((word) => word !== "");
    } else if (head === "trials") draft.trials = Number(cell);
    else put(draft, [head, ...keys], cell);
  }
  return draft as unknown as CaseDraft;
}

/** `input.customer.name` becomes nested objects, as templates expect. */
function put(target: Record<string, Json>, path: readonly string[], value: string): void {
  let here = target as Record<string, Json>;
  for (const step of path.slice(0, -1)) {
    // Own properties only: a column may be named input.constructor.
    if (!Object.hasOwn(here, step)) {
      const made = {};
      rememberCells(made);
      here[step] = made;
    }
    here = here[step] as Record<string, Json>;
  }
  here[path.at(-1) ?? ""] = value;
}

const WHOLE = ["id", "input", "expected", "tags", "trials", "scorers"];
const KEYED = /^(?:input|expected|metadata)(?:\.[^.\s][^.]*)+$/;

function checkColumns(columns: readonly string[], path: string, line: number): Problem[] {
  const problems: Problem[] = [];
  for (const [index, column] of columns.entries()) {
    const parent = columns.find((other) => column.startsWith(`${other}.`));
    if (columns.indexOf(column) < index) problems.push(repeatedColumn(path, column));
    else if (!WHOLE.includes(column) && !isKeyed(column)) problems.push(unknownColumn(path, column));
    else if (parent !== undefined) problems.push(clashingColumns(path, parent, column));
  }
  if (!columns.includes("id")) problems.push(missingColumn(path, "id"));
  if (!columns.some((column) => column.split(".")[0] === "input"))
    problems.push(missingColumn(path, "input"));
  return problems.map((problem) => ({ ...problem, line }));
}

function isKeyed(column: string): boolean {
  return KEYED.test(column) && !column.split(".").includes("__proto__");
}

function columnProblem(path: string, what: string, fix: string): Problem {
  return {
    code: "EVALS_DATASET_COLUMNS",
    path,
    line: 1,
    column: 1,
    what,
    why: "The first line says what the cells of every case mean.",
    fix,
  };
}

function unknownColumn(path: string, column: string): Problem {
  const known = [...WHOLE, "metadata"];
  const dot = column.indexOf(".");
  const head = dot === -1 ? column : column.slice(0, dot);
  const fix =
    "Columns: id, input or input.<key>, expected or expected.<key>, tags, trials, scorers, metadata.<key>.";
  return columnProblem(
    path,
    `Unknown column "${column}".${known.includes(head) ? "" : didYouMean(head, known)}`,
    fix,
  );
}

function repeatedColumn(path: string, column: string): Problem {
  return columnProblem(path, `Two columns are named "${column}".`, "Remove or rename one of them.");
}

function clashingColumns(path: string, parent: string, column: string): Problem {
  return columnProblem(
    path,
    `"${parent}" and "${column}" cannot both be columns.`,
    `Rename "${parent}" to "${parent}.text", for instance.`,
  );
}

function missingColumn(path: string, column: string): Problem {
  return columnProblem(
    path,
    `There is no column "${column}".`,
    `Add the column to the first line, and a cell to every other line.`,
  );
}

function badTrials(path: string, line: number, cell: number): Problem {
  return {
    code: "EVALS_CASE_INVALID",
    path,
    line,
    column: 1,
    what: `The trials of this row (cell ${cell}) are not a whole number from 1 to 1000.`,
    why: "The number says how often this one case is asked.",
    fix: "Write a number such as 20, or leave the cell empty: then the suite's number applies.",
  };
}

function missingId(path: string, line: number): Problem {
  return {
    code: "EVALS_CASE_MISSING_KEY",
    path,
    line,
    column: 1,
    what: "This row has no id.",
    why: "Runs are compared case by case, so every case needs a name that stays.",
    fix: "Fill in the id column.",
  };
}
