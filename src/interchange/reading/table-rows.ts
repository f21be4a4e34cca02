import { didYouMean } from "../../domain/did-you-mean.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { Left, SourcePlace } from "../imported.ts";
import type { DatasetRow } from "../writing/dataset-rows.ts";

/** A row of a table, with its cells in the order of the columns; an absent cell is undefined. */
export interface TableRow {
  readonly place: SourcePlace;
  readonly cells: readonly (Json | undefined)[];
}

/** The destination of each column in a case: `id`, `input`, `input.question`, `expected.answer`, `tags`, `metadata.source`. */
export interface ColumnPlan {
  readonly columns: readonly string[];
  /** One element per column; undefined for a column that is skipped. */
  readonly targets: readonly (string | undefined)[];
  /** Whether the columns are those of evals' own datasets, in which a case may have an empty input. */
  readonly isOurs: boolean;
}

const TARGET = /^(?:id|tags|(?:input|expected)(?:\.[^.]+)*|metadata(?:\.[^.]+)+)$/;
/** Common names of columns with the question, and with the right answer. */
const ASKED = ["question", "prompt", "query", "instruction", "text", "message", "problem"];
const RIGHT = [
  "answer",
  "expected",
  "expected_output",
  "ideal",
  "target",
  "reference",
  "ground_truth",
  "label",
  "solution",
];

/**
 * Determines the destination of each column: from `--map`; without `--map`, by the column names of evals' own
 * datasets; in a table without a column for the input, by common names. Every other column becomes metadata.
 *
 * @param maps texts like `id=Nr,input.question=Frage`
 * @throws {EvalsError} EVALS_IMPORT_MAP for a missing column, EVALS_IMPORT_COLUMNS when no column has the question
 */
export function planColumns(columns: readonly string[], maps: readonly string[], path: string): ColumnPlan {
  const mapped = readMaps(maps, columns, path);
  const targets = columns.map(
    (column) => mapped.get(column) ?? (mapped.size > 0 ? undefined : known(column)),
  );
  if (mapped.size > 0)
    return checked(
      { columns, targets: targets.map((one, at) => one ?? leftOver(columns[at])), isOurs: false },
      path,
    );
  const isOurs = targets.some((target) => target?.split(".")[0] === "input");
  const guessed = columns.map((column, at) => targets[at] ?? (isOurs ? leftOver(column) : guess(column)));
  return checked({ columns, targets: guessed, isOurs }, path);
}

/** A row as a dataset item, or the reason why the row cannot be one. */
export function rowItem({ targets, isOurs }: ColumnPlan, { place, cells }: TableRow): DatasetRow | Left {
  const draft: Record<string, Json> = {};
  for (const [at, target] of targets.entries()) {
    const cell = cells[at];
    if (target === undefined || cell === undefined || cell === null) continue;
    if (cell === "" && !target.startsWith("input")) continue;
    put(draft, target.split("."), target === "tags" ? tagList(cell) : cell);
  }
  const { id, input, expected, tags, metadata } = draft as { [key: string]: Json | undefined };
  const isEmpty =
    !isOurs && typeof input === "object" && Object.values(input ?? {}).every((one) => one === "");
  return {
    place,
    ...(id === undefined ? {} : { id: typeof id === "string" ? id.trim() : JSON.stringify(id) }),
    input: isEmpty ? null : (input ?? null),
    ...(expected === undefined ? {} : { expected }),
    tags: (tags ?? []) as string[],
    metadata: (metadata ?? {}) as { [key: string]: Json },
  };
}

function tagList(cell: Json): Json {
  const all = Array.isArray(cell) ? (cell as Json[]) : String(cell).split(";");
  return all.map((tag) => String(tag).trim()).filter((tag) => tag !== "");
}

function put(target: Record<string, Json>, path: readonly string[], value: Json): void {
  let here = target;
  for (const step of path.slice(0, -1)) {
    if (!Object.hasOwn(here, step)) here[step] = {};
    here = here[step] as Record<string, Json>;
  }
  here[path.at(-1) ?? ""] = value;
}

const known = (column: string): string | undefined =>
  TARGET.test(column) && !column.split(".").includes("__proto__") ? column : undefined;

function guess(column: string): string | undefined {
  const name = column
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_");
  if (name === "id" || name === "_id") return "id";
  if (name === "tags") return "tags";
  if (ASKED.includes(name)) return `input.${name}`;
  return RIGHT.includes(name) ? `expected.${name}` : leftOver(column);
}

/**
 * Where a column without a meaning of its own goes: a path in the case's metadata. Undefined for a column to skip,
 * such as the row index that pandas writes.
 */
function leftOver(column: string | undefined): string | undefined {
  const name = (column ?? "").trim().replaceAll(".", "_");
  return name === "" || name === "__proto__" || /^Unnamed: \d+$/.test(name) ? undefined : `metadata.${name}`;
}

function checked(plan: ColumnPlan, path: string): ColumnPlan {
  const { columns, targets } = plan;
  const used = targets.filter((target) => target !== undefined);
  const clash = used.find(
    (one, at) => used.indexOf(one) < at || used.some((other) => other.startsWith(`${one}.`)),
  );
  if (clash !== undefined) throw new EvalsError(clashing(clash, columns, path));
  if (used.some((target) => target.split(".")[0] === "input")) return plan;
  throw new EvalsError(nothingAsked(columns, path));
}

function readMaps(maps: readonly string[], columns: readonly string[], path: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of maps.flatMap((one) => splitMap(one, columns))) {
    const at = part.indexOf("=");
    const [target, column] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (at < 1 || !TARGET.test(target)) throw new EvalsError(badMap(part));
    const actual = columns.find((one) => one === column) ?? columns.find((one) => one.trim() === column);
    if (actual === undefined) throw new EvalsError(noColumn(column, columns, path));
    found.set(actual, target);
  }
  return found;
}

/** Splits at the commas that are followed by another entry. Any other comma may belong to a column's name. */
function splitMap(text: string, columns: readonly string[]): string[] {
  const parts = text.split(/,(?=\s*(?:id|tags|input|expected|metadata)(?:\.[^=,]+)?=)/);
  return parts.filter((part) => part.trim() !== "" || columns.length === 0);
}

function badMap(part: string): Problem {
  return {
    code: "EVALS_IMPORT_MAP",
    what: `"${part}" does not say where in a case a column goes.`,
    why: "A case has an id, an input, perhaps something expected, tags and metadata, and nothing else.",
    fix: "--map id=<column>,input.question=<column>,expected.answer=<column>",
  };
}

function noColumn(column: string, columns: readonly string[], path: string): Problem {
  return {
    code: "EVALS_IMPORT_MAP",
    path,
    line: 1,
    column: 1,
    what: `There is no column "${column}".${didYouMean(column, columns)}`,
    why: "--map can name only columns of this table.",
    fix: `Its columns: ${columns.join(", ")}`,
  };
}

function clashing(target: string, columns: readonly string[], path: string): Problem {
  return {
    code: "EVALS_IMPORT_COLUMNS",
    path,
    line: 1,
    column: 1,
    what: `Two columns would become "${target}" of a case, or one would become "${target}" and another a member of it.`,
    why: "The values of one column would be lost.",
    fix: `Say which column goes where: --map input.question=<column>,…    (columns: ${columns.join(", ")})`,
  };
}

function nothingAsked(columns: readonly string[], path: string): Problem {
  const first = columns.find((column) => column.trim() !== "") ?? "<column>";
  return {
    code: "EVALS_IMPORT_COLUMNS",
    path,
    line: 1,
    column: 1,
    what: `No column says what is asked: ${columns.join(", ")}.`,
    why: "A case needs an input.",
    fix: `--map input.${first.toLowerCase().replace(/[^a-z0-9_]+/g, "_")}=${JSON.stringify(first)}    (expected.…, id, tags and metadata.… as well)`,
  };
}
