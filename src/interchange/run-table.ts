import type { Json } from "../domain/json.ts";
import type { Usage } from "../domain/transcript.ts";
import { csvText } from "./csv-cell.ts";

/** One trial of a run for export. */
export interface ExportedTrial {
  /** Id of the run. */
  readonly run: string;
  readonly suite: string;
  readonly case: string;
  /** From 1. */
  readonly trial: number;
  /** Undefined when the store does not contain the case's input. */
  readonly input: Json | undefined;
  /** Undefined when the case has no expected value. */
  readonly expected: Json | undefined;
  readonly outcome: "answered" | "errored";
  /** Kind of the error; null for an answer. */
  readonly error: string | null;
  /** What went wrong, in words; null for an answer. */
  readonly message: string | null;
  readonly output: string | null;
  readonly pass: boolean | null;
  readonly model: string | null;
  readonly usage: Usage | null;
  /** Milliseconds. */
  readonly latency_ms: number | null;
  /** US dollars. */
  readonly cost_usd: number | null;
  /** By scorer name; null for a missing score. */
  readonly scores: Readonly<
    Record<string, { readonly score: number; readonly pass: boolean; readonly reason: string } | null>
  >;
}

type Trials = AsyncIterable<ExportedTrial>;

/** The Parquet type of a column. */
type ColumnType = "STRING" | "INT32" | "DOUBLE" | "BOOLEAN";

interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly of: (trial: ExportedTrial) => string | number | boolean | null;
}

/** The columns of an exported table, without those of the scores, which follow them. */
const COLUMNS: readonly Column[] = [
  { name: "run", type: "STRING", of: ({ run }) => run },
  { name: "suite", type: "STRING", of: ({ suite }) => suite },
  { name: "case", type: "STRING", of: (trial) => trial.case },
  { name: "trial", type: "INT32", of: ({ trial }) => trial },
  { name: "input", type: "STRING", of: ({ input }) => (input === undefined ? null : valueText(input)) },
  {
    name: "expected",
    type: "STRING",
    of: ({ expected }) => (expected === undefined ? null : valueText(expected)),
  },
  { name: "outcome", type: "STRING", of: ({ outcome }) => outcome },
  { name: "output", type: "STRING", of: ({ output }) => output },
  { name: "pass", type: "BOOLEAN", of: ({ pass }) => pass },
  { name: "model", type: "STRING", of: ({ model }) => model },
  { name: "input_tokens", type: "INT32", of: ({ usage }) => usage?.input_tokens ?? null },
  { name: "output_tokens", type: "INT32", of: ({ usage }) => usage?.output_tokens ?? null },
  { name: "latency_ms", type: "DOUBLE", of: ({ latency_ms }) => latency_ms },
  { name: "cost_usd", type: "DOUBLE", of: ({ cost_usd }) => cost_usd },
];

/** The columns that identify a table as an exported run. */
export const RUN_COLUMNS = [
  "run",
  "suite",
  "case",
  "trial",
  "input",
  "expected",
  "outcome",
  "output",
] as const;

const columnsOf = (scorers: readonly string[]): readonly Column[] => [
  ...COLUMNS,
  ...scorers.map(
    (name): Column => ({
      name: `score.${name}`,
      type: "DOUBLE",
      of: ({ scores }) => scores[name]?.score ?? null,
    }),
  ),
];

/**
 * A value as cell text from which `valueOfText` restores it: a string unchanged unless it would be parsed as
 * something else; other values as JSON.
 */
function valueText(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return value === "" || value.includes("\r") || parsed(value) !== undefined ? JSON.stringify(value) : value;
}

/** The value in a cell of `input` or `expected`. */
export function valueOfText(text: string): Json {
  const value = parsed(text);
  return value === undefined ? text : value;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A JSON list with one object per trial, in chunks. */
export async function* trialsJson(trials: Trials): AsyncGenerator<string> {
  let before = "[\n";
  for await (const trial of trials) {
    yield `${before}${JSON.stringify(trial)}`;
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

/** A table with one row per trial, line by line. */
export async function* trialsCsv(trials: Trials, scorers: readonly string[]): AsyncGenerator<string> {
  const columns = columnsOf(scorers);
  yield `${columns.map(({ name }) => csvText(name)).join(",")}\n`;
  for await (const trial of trials) yield `${columns.map(({ of }) => cellOf(of(trial))).join(",")}\n`;
}

const cellOf = (value: string | number | boolean | null): string =>
  value === null ? "" : typeof value === "string" ? csvText(value) : String(value);

/** The table of `trialsCsv` as Parquet. Rows are compressed in groups and are never all in memory. */
export async function trialsParquet(trials: Trials, scorers: readonly string[]): Promise<Uint8Array> {
  const { ByteWriter, parquetWriteRows } = await import("hyparquet-writer");
  const columns = columnsOf(scorers);
  const writer = new ByteWriter();
  await parquetWriteRows({
    writer,
    rows: rowsOf(trials, columns),
    columns: columns.map(({ name, type }) => ({ name, type, nullable: true })),
  });
  return writer.getBytes();
}

async function* rowsOf(trials: Trials, columns: readonly Column[]): AsyncGenerator<Record<string, unknown>> {
  for await (const trial of trials)
    yield Object.fromEntries(columns.map(({ name, of }) => [name, of(trial)]));
}
