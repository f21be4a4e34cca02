import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Importer, ImportRequest, Left, SourcePlace } from "./imported.ts";
import { readOwnMetadata, unwrap } from "./own-metadata.ts";
import { csvRecords } from "./reading/csv-records.ts";
import {
  isNothing,
  isObject,
  type JsonObject,
  metadataOf,
  tagsOf,
  textMember,
} from "./reading/json-fields.ts";
import { isLeft, jsonItems } from "./reading/json-items.ts";
import { importName, sourcePaths } from "./reading/several-files.ts";
import { type KnownMembers, rowAndUnread } from "./reading/unread-members.ts";
import { serverAddress } from "./server-address.ts";
import { keyHeaders, LANGFUSE_KEYS, wrongKey } from "./server-keys.ts";
import { importDataset } from "./writing/dataset-import.ts";
import type { DatasetRow } from "./writing/dataset-rows.ts";
import { fileName } from "./writing/file-names.ts";

const LANGFUSE = { name: "Langfuse", keys: LANGFUSE_KEYS };

const MEMBERS: KnownMembers = {
  read: ["id", "status", "input", "expectedOutput", "expected_output", "metadata", "tags"],
  bookkeeping: [
    ...["sourceTraceId", "sourceObservationId", "source_trace_id", "source_observation_id"],
    ...["datasetId", "datasetName", "projectId", "createdAt", "updatedAt", "created_at", "updated_at"],
    ...["dataset_id", "dataset_name", "project_id", "validFrom", "validTo", "htmlSourcePath"],
  ],
};

/**
 * Imports Langfuse datasets: from files (JSON, JSON Lines, or the CSV that Langfuse's web pages export), or from a
 * server, with `--url` and the dataset's name.
 */
export const importLangfuse: Importer = async (request) => {
  const url = request.options.url as string | undefined;
  if (url !== undefined) return fromServer(request, url);
  const paths = sourcePaths(request);
  return importDataset({
    name: importName(request),
    from: `Langfuse (${paths.join(", ")})`,
    rows: async function* () {
      for (const path of paths)
        yield* /\.csv$/i.test(path) ? csvRows(request, path) : jsonRows(request, path);
    },
  });
};

async function fromServer(request: ImportRequest, address: string) {
  const [dataset, ...more] = request.sources;
  if (dataset === undefined || more.length > 0) throw oneDataset();
  const rows = await fetchedRows(request, address, dataset);
  return importDataset({
    name: fileName(request.name ?? dataset),
    from: `Langfuse (dataset ${dataset})`,
    rows: async function* () {
      yield* rows;
    },
  });
}

/** Reads all pages of a dataset's items. @throws {EvalsError} EVALS_IMPORT_SERVER, EVALS_IMPORT_KEY */
async function fetchedRows(
  { ask, env }: ImportRequest,
  address: string,
  dataset: string,
): Promise<readonly (DatasetRow | Left)[]> {
  const base = serverAddress(
    address,
    "The dataset's items are fetched from this address.",
    "--url https://cloud.langfuse.com    (keys come from LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY)",
  );
  const headers = keyHeaders(LANGFUSE, env);
  const rows: (DatasetRow | Left)[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const query = new URLSearchParams({ datasetName: dataset, page: String(page), limit: "100" });
    const url = `${base}/api/public/dataset-items?${query}`;
    const { status, text } = await ask(url, headers);
    const body = readPage(status, text, base);
    for (const item of body.items) rows.push(...itemRows(item, { path: dataset, line: rows.length + 1 }));
    pages = body.pages;
  }
  if (rows.length === 0) throw unknownDataset(dataset, base);
  return rows;
}

function readPage(
  status: number | null,
  text: string,
  base: string,
): { items: readonly Json[]; pages: number } {
  if (status === 401 || status === 403) throw wrongKey(LANGFUSE, status, base);
  if (status !== 200) throw noAnswer(status, text, base);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const { data, meta } = (body ?? {}) as { data?: unknown; meta?: { totalPages?: unknown } };
  if (!Array.isArray(data)) throw noAnswer(status, text, base);
  const pages = meta?.totalPages;
  return { items: data as Json[], pages: typeof pages === "number" ? pages : 1 };
}

async function* jsonRows({ files }: ImportRequest, path: string): AsyncGenerator<DatasetRow | Left> {
  for await (const item of jsonItems(files, path, ["data", "items", "datasetItems"]))
    yield* isLeft(item) ? [item] : itemRows(item.value, item.place);
}

const itemRows = (value: Json, place: SourcePlace): Iterable<DatasetRow | Left> =>
  rowAndUnread(itemRow(value, place), value, MEMBERS);

function itemRow(value: Json, place: SourcePlace): DatasetRow | Left {
  if (!isObject(value)) return { ...place, what: "an item that is not an object", why: "It has no input." };
  const id = textMember(value, "id");
  if (value.status === "ARCHIVED")
    return { ...place, what: `item "${id ?? ""}"`, why: "It is archived in Langfuse." };
  if (isNothing(value.input))
    return { ...place, what: `item "${id ?? ""}"`, why: "The item has no input: there is nothing to ask." };
  const expected = value.expectedOutput ?? value.expected_output;
  const own = readOwnMetadata(metadataOf(value.metadata));
  return {
    place,
    id: own.id ?? id,
    input: unwrap("input", value.input as Json, own),
    wasCase: own.id !== undefined,
    ...(isNothing(expected) ? {} : { expected: unwrap("expected", expected as Json, own) }),
    tags: [...own.tags, ...tagsOf(value.tags)],
    metadata: own.others,
  };
}

/**
 * Reads the CSV that Langfuse's web pages export. Its cells of input, expected output and metadata are JSON or plain
 * text.
 */
async function* csvRows({ files }: ImportRequest, path: string): AsyncGenerator<DatasetRow | Left> {
  let columns: readonly string[] | undefined;
  for await (const { cells, line } of csvRecords(files, path)) {
    if (columns === undefined) {
      columns = cells.map((cell) => cell.trim());
      continue;
    }
    const entries = columns.map((column, at) => [column, cellValue(column, cells[at] ?? "")] as const);
    yield* itemRows(Object.fromEntries(entries) as JsonObject, { path, line });
  }
}

function cellValue(column: string, cell: string): Json {
  if (!["input", "expectedOutput", "expected_output", "metadata"].includes(column)) return cell;
  try {
    return JSON.parse(cell) as Json;
  } catch {
    return cell;
  }
}

function oneDataset(): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: "--url needs the name of exactly one dataset of Langfuse.",
    why: "Each dataset becomes a suite of its own.",
    fix: "evals import langfuse <dataset> --url https://cloud.langfuse.com",
  });
}

function noAnswer(status: number | null, text: string, base: string): EvalsError {
  const excerpt = text.replace(/\s+/g, " ").trim().slice(0, 200);
  return new EvalsError({
    code: "EVALS_IMPORT_SERVER",
    what:
      status === null
        ? `${base} did not answer: ${excerpt}.`
        : `${base} did not answer with a dataset's items (HTTP ${status}${excerpt === "" ? "" : `: ${excerpt}`}).`,
    why: "The dataset's items are fetched from this address.",
    fix: "Check --url, or export the dataset in Langfuse and name the file.",
  });
}

function unknownDataset(dataset: string, base: string): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_NOTHING",
    what: `${base} has no items of a dataset "${dataset}" in the project that your Langfuse keys belong to.`,
    why: "A suite needs cases.",
    fix: "Name the dataset exactly as Langfuse does, or set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY to the keys of its project.",
  });
}
