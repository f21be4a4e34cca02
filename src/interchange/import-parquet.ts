import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Importer, ImportRequest, Left } from "./imported.ts";
import { importName, sourcePaths } from "./reading/several-files.ts";
import { planColumns, rowItem } from "./reading/table-rows.ts";
import { importDataset } from "./writing/dataset-import.ts";
import type { DatasetRow } from "./writing/dataset-rows.ts";

/** Parquet files, as data sets of Hugging Face are: columns as those of a table, values with their types. */
export const importParquet: Importer = async (request) => {
  const paths = sourcePaths(request);
  const maps = (request.options.map as readonly string[] | undefined) ?? [];
  return importDataset({
    name: importName(request),
    from: paths.join(", "),
    rows: async function* () {
      for (const path of paths) yield* parquetRows(request, path, maps);
    },
  });
};

/** Rows read at once. */
const ROWS = 10_000;

async function* parquetRows(
  { files }: ImportRequest,
  path: string,
  maps: readonly string[],
): AsyncGenerator<DatasetRow | Left> {
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  const file = bufferOf(files.bytes(path));
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw damaged(path, error);
    }
  };
  const metadata = await read(() => parquetMetadataAsync(file));
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  const plan = planColumns(columns, maps, path);
  const count = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < count; rowStart += ROWS) {
    const rowEnd = Math.min(count, rowStart + ROWS);
    const rows = await read(() => parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd }));
    for (const [at, row] of rows.entries()) {
      const place = { path, line: rowStart + at + 1 };
      const cells = columns.map((column) => cellOf((row as Record<string, unknown>)[column]));
      const odd = columns.find((_, index) => cells[index] === BINARY && plan.targets[index] !== undefined);
      yield odd === undefined
        ? rowItem(plan, { place, cells: cells as (Json | undefined)[] })
        : { ...place, what: `column ${odd}`, why: "It holds bytes, which no case can." };
    }
  }
}

const BINARY = Symbol("bytes");

/** A value as JSON can say it: dates as ISO text, whole numbers beyond 2^53 as text. */
function cellOf(value: unknown): Json | undefined | typeof BINARY {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
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

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

function damaged(path: string, error: unknown): EvalsError {
  if (error instanceof EvalsError) return error;
  const said = error instanceof Error ? error.message.replace(/\s+/g, " ").slice(0, 200) : String(error);
  return new EvalsError(
    {
      code: "EVALS_IMPORT_PARQUET",
      path,
      what: `This file cannot be read as Parquet: ${said}.`,
      why: "Its rows would be missing from the dataset.",
      fix: "Copy or export it again, as a whole.",
    },
    { cause: error },
  );
}
