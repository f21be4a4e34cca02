import { pointerProblem } from "../domain/file-text.ts";
import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Importer, ImportRequest, Left, SourcePlace } from "./imported.ts";
import { importName, sourcePaths } from "./reading/several-files.ts";
import { type ColumnPlan, planColumns, rowItem } from "./reading/table-rows.ts";
import { importDataset } from "./writing/dataset-import.ts";
import type { DatasetRow } from "./writing/dataset-rows.ts";
import { importRunTable, isRunTable, type RunRow } from "./writing/run-table-import.ts";

/** Imports Parquet files such as Hugging Face datasets. Columns are treated as in a CSV table. */
export const importParquet: Importer = async (request) => {
  const paths = sourcePaths(request);
  const maps = (request.options.map as readonly string[] | undefined) ?? [];
  const tables = await Promise.all(paths.map((path) => openTable(request, path)));
  if (maps.length === 0 && tables.every(({ columns }) => isRunTable(columns)))
    return importRunTable(importName(request), paths.join(", "), async function* () {
      for (const table of tables) for await (const row of table.rows()) yield runRow(table.columns, row);
    });
  return importDataset({
    name: importName(request),
    from: paths.join(", "),
    rows: async function* () {
      for (const [at, table] of tables.entries())
        yield* datasetRows(table, planColumns(table.columns, maps, paths[at] ?? ""));
    },
  });
};

/** Number of rows read at once. */
const ROWS = 10_000;

interface Table {
  readonly columns: readonly string[];
  rows(): AsyncIterable<{ readonly place: SourcePlace; readonly cells: readonly Cell[] }>;
}

type Cell = Json | undefined | typeof BINARY;

/** Opens a Parquet file. @throws {EvalsError} EVALS_IMPORT_PARQUET for an unreadable file */
async function openTable({ files }: ImportRequest, path: string): Promise<Table> {
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  const bytes = files.bytes(path);
  const pointer = pointerProblem(Buffer.from(bytes.subarray(0, 64)), path);
  if (pointer !== undefined) throw new EvalsError(pointer);
  const file = bufferOf(bytes);
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw damaged(path, error);
    }
  };
  const metadata = await read(() => parquetMetadataAsync(file));
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  const count = Number(metadata.num_rows);
  return {
    columns,
    rows: async function* () {
      for (let rowStart = 0; rowStart < count; rowStart += ROWS) {
        const rowEnd = Math.min(count, rowStart + ROWS);
        const rows = await read(() =>
          parquetReadObjects({
            file,
            metadata,
            compressors,
            rowStart,
            rowEnd,
            utf8: false,
            parsers: PARSERS,
          }),
        );
        for (const [at, row] of rows.entries())
          yield {
            place: { path, line: rowStart + at + 1 },
            cells: columns.map((column) => cellOf((row as Record<string, unknown>)[column])),
          };
      }
    },
  };
}

function runRow(columns: readonly string[], row: { place: SourcePlace; cells: readonly Cell[] }): RunRow {
  const cells = columns.map((column, at) => {
    const cell = row.cells[at];
    return [column, cell === BINARY ? undefined : cell] as const;
  });
  return { place: row.place, cells: Object.fromEntries(cells) as RunRow["cells"] };
}

async function* datasetRows({ columns, rows }: Table, plan: ColumnPlan): AsyncGenerator<DatasetRow | Left> {
  for await (const { place, cells } of rows()) {
    const odd = columns.find((_, index) => cells[index] === BINARY && plan.targets[index] !== undefined);
    yield odd === undefined
      ? rowItem(plan, { place, cells: cells as (Json | undefined)[] })
      : { ...place, what: `column ${odd}`, why: "The cell contains bytes, and a case cannot contain bytes." };
  }
}

const BINARY = Symbol("bytes");

/** Converts a value to JSON: dates to ISO text, integers above 2^53 to text. */
function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (value instanceof Uint8Array) return textOf(value) ?? BINARY;
  if (ArrayBuffer.isView(value)) return BINARY;
  if (Array.isArray(value)) {
    const list = value.map(cellOf);
    return list.includes(BINARY) ? BINARY : list.map((one) => (one === undefined ? null : (one as Json)));
  }
  if (typeof value !== "object") return value as Json;
  const members = Object.entries(value).map(([key, one]) => [key, cellOf(one)] as const);
  if (members.some(([, one]) => one === BINARY)) return BINARY;
  return Object.fromEntries(members.map(([key, one]) => [key, one === undefined ? null : (one as Json)]));
}

/** Keeps a byte-order mark at the start of a text, which the library would remove from every cell. */
const TEXT = new TextDecoder("utf-8", { ignoreBOM: true });
const PARSERS = {
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && TEXT.decode(bytes),
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && JSON.parse(TEXT.decode(bytes)),
};

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Control characters, which a text does not contain: a value with one of them is bytes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f]/;

/** The text of a value whose column type does not tell text from bytes; undefined for bytes. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = UTF8.decode(bytes);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

function damaged(path: string, error: unknown): EvalsError {
  if (error instanceof EvalsError) return error;
  const message = error instanceof Error ? error.message.replace(/\s+/g, " ").slice(0, 200) : String(error);
  return new EvalsError(
    {
      code: "EVALS_IMPORT_PARQUET",
      path,
      what: `This file cannot be read as Parquet: ${message}.`,
      why: "Its rows would be missing from the dataset.",
      fix: "Copy or export the whole file again.",
    },
    { cause: error },
  );
}
