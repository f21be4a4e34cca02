import { readCsv } from "../../domain/csv-rows.ts";
import type { Json } from "../../domain/json.ts";
import type { SourcePlace } from "../imported.ts";
import { splitList } from "./comma-list.ts";
import type { Assertion, Test } from "./config-test.ts";
import type { Losses } from "./losses.ts";

/** Columns of which nothing is imported; they are reported. */
const LEFT_COLUMN = /^__(?:prefix|suffix|providerOutput)$/;

/** A column with the threshold of one of the assertions. */
const CONFIGURED = /^__config:__expected(\d*):threshold$/;

/**
 * Reads the rows of a table as tests: each column is a variable, except those with a name that promptfoo reserves.
 *
 * @throws {EvalsError} for an unreadable table
 */
export function readCsvTests(text: string, path: string, losses: Losses): Test[] {
  const { rows } = readCsv(text, { path, code: "EVALS_IMPORT_SYNTAX", column: "__expected" });
  const [header, ...body] = rows;
  if (header === undefined) return [];
  const columns = header.cells.map((cell) => cell.trim());
  for (const column of columns) {
    if (/^__config:/.test(column) && !CONFIGURED.test(column))
      losses.add(
        { path, line: header.line },
        `the column ${column}`,
        "Of an assertion's settings, a column can only hold the threshold: __config:__expected:threshold.",
      );
    if (/^_(?:expected|prefix|suffix|description|metric|threshold|metadata|config)/.test(column))
      losses.add(
        { path, line: header.line },
        `the column ${column}`,
        `promptfoo reads this column as a variable; only "_${column}" would have a special meaning.`,
      );
    else if (LEFT_COLUMN.test(column))
      losses.add(
        { path, line: header.line },
        `the column ${column}`,
        "A row of a table cannot change the prompt or contain the answer. Write the change into the prompt, or the answer into a file of outputs.",
      );
  }
  return body.map(({ cells, line }) => testOf(columns, cells, { path, line }));
}

function testOf(columns: readonly string[], cells: readonly string[], place: SourcePlace): Test {
  const vars: Record<string, Json> = {};
  const metadata: Record<string, Json> = {};
  const expected: string[] = [];
  const thresholds = new Map<number, number>();
  const own: {
    description?: string | undefined;
    metric?: string | undefined;
    threshold?: number | undefined;
  } = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? "";
    if (column.startsWith("__expected")) {
      if (cell.trim() !== "") expected.push(cell.trim());
    } else if (column === "__description") own.description = cell || undefined;
    else if (column === "__metric") own.metric = cell || undefined;
    else if (column === "__threshold") own.threshold = Number.parseFloat(cell) || undefined;
    else if (column.startsWith("__metadata:"))
      addMetadata(metadata, column.slice("__metadata:".length), cell);
    else if (column.startsWith("__config:")) {
      const at = CONFIGURED.exec(column)?.[1];
      const threshold = Number.parseFloat(cell);
      if (at !== undefined && !Number.isNaN(threshold)) thresholds.set(Number(at || "1") - 1, threshold);
    } else if (!LEFT_COLUMN.test(column)) vars[column] = cell;
  }
  const assertions = expected.map((text, index): Assertion => {
    const read = assertionOfText(text);
    return {
      ...read,
      place,
      isDefault: false,
      metric: own.metric,
      threshold: thresholds.get(index) ?? read.threshold,
    };
  });
  return {
    place,
    description: own.description,
    vars,
    assertions,
    threshold: own.threshold,
    options: {},
    metadata,
  };
}

function addMetadata(metadata: Record<string, Json>, key: string, cell: string): void {
  if (cell.trim() === "") return;
  if (!key.endsWith("[]")) metadata[key] = cell;
  else metadata[key.slice(0, -2)] = cell.split(/(?<!\\),/).map((part) => part.trim().replaceAll("\\,", ","));
}

/**
 * The types that may have a threshold in a table cell (`type(0.8):value`), each with the threshold that applies when the
 * cell gives none.
 */
const THRESHOLDS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    [
      ...["answer-relevance", "classifier", "context-faithfulness", "context-recall", "context-relevance"],
      ...["cost", "latency", "levenshtein", "perplexity-score", "perplexity", "rouge-n", "starts-with"],
    ].map((type) => [type, 0.75]),
  ),
  similar: 0.8,
};

type OfText = Pick<Assertion, "type" | "base" | "not" | "value" | "threshold">;

/** Parses `type(threshold):value`, `fn:` for JavaScript and `grade:` for a rubric; any other text means `equals`. */
export function assertionOfText(text: string): OfText {
  const of = (type: string, value: Json, threshold?: number): OfText => {
    return { type, base: type.replace(/^not-/, ""), not: type.startsWith("not-"), value, threshold };
  };
  const script = /^(?:javascript|fn|eval):([\s\S]*)$/.exec(text)?.[1];
  if (script !== undefined) return of("javascript", script.trim());
  const rubric = /^(?:grade|llm-rubric):([\s\S]*)$/.exec(text)?.[1];
  if (rubric !== undefined) return of("llm-rubric", rubric.trim());
  const python = /^python:([\s\S]*)$/.exec(text)?.[1];
  if (python !== undefined) return of("python", python.trim());
  const file = /^file:\/\/.*?\.(py|[cm]?[jt]s)(?::\w+)?$/.exec(text)?.[1];
  if (file !== undefined) return of(file === "py" ? "python" : "javascript", text);
  const typed = /^((?:not-)?[a-z][a-z-]*[a-z])(?:\((\d+(?:\.\d+)?)\))?(?::([\s\S]*))?$/.exec(text);
  const base = typed?.[1]?.replace(/^not-/, "") ?? "";
  if (typed?.[1] === undefined || !TEXT_TYPES.has(base)) return of("equals", text);
  const value = (typed[3] ?? "").trim();
  if (/^i?contains-(?:any|all)$/.test(base)) return of(typed[1], splitList(value));
  const threshold = typed[2] === undefined ? THRESHOLDS[base] : Number(typed[2]);
  return of(typed[1], value, base in THRESHOLDS ? threshold : undefined);
}

/** Valid prefixes of a cell; any other text is the expected answer itself. */
const TEXT_TYPES = new Set([
  ...["equals", "contains", "icontains", "contains-any", "contains-all", "icontains-any", "icontains-all"],
  ...[
    "starts-with",
    "regex",
    "is-json",
    "contains-json",
    "levenshtein",
    "latency",
    "cost",
    "similar",
    "rouge-n",
  ],
  ...["g-eval", "factuality", "model-graded-closedqa", "model-graded-factuality", "answer-relevance"],
  ...[
    "context-faithfulness",
    "context-recall",
    "context-relevance",
    "is-refusal",
    "moderation",
    "classifier",
  ],
  ...[
    "perplexity",
    "perplexity-score",
    "webhook",
    "ruby",
    "bleu",
    "gleu",
    "meteor",
    "is-sql",
    "contains-sql",
  ],
  ...["is-xml", "contains-xml", "is-html", "contains-html", "is-valid-openai-tools-call", "word-count"],
  ...[
    "is-valid-openai-function-call",
    "is-valid-function-call",
    "guardrails",
    "pi",
    "select-best",
    "max-score",
  ],
]);
