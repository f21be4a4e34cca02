import type { Json } from "../domain/json.ts";
import type { Importer, ImportRequest, Left, SourcePlace } from "./imported.ts";
import { readOwnMetadata, unwrap } from "./own-metadata.ts";
import { csvRecords } from "./reading/csv-records.ts";
import {
  isNothing,
  isObject,
  type JsonObject,
  listMember,
  metadataOf,
  tagsOf,
  textMember,
} from "./reading/json-fields.ts";
import { isLeft, jsonItems } from "./reading/json-items.ts";
import { importName, sourcePaths } from "./reading/several-files.ts";
import { type KnownMembers, rowAndUnread } from "./reading/unread-members.ts";
import { importDataset } from "./writing/dataset-import.ts";
import { type DatasetRow, isMessage } from "./writing/dataset-rows.ts";

const MEMBERS: KnownMembers = {
  read: ["id", "example_id", "input", "output", "metadata", "splits"],
  bookkeeping: ["node_id", "created_at", "updated_at", "source", "dataset_id", "version_id", "revision"],
};
const CHAT_MEMBERS: KnownMembers = { read: ["messages", "ideal"], bookkeeping: [] };

/** Imports Phoenix datasets: its CSV, all its JSON Lines formats, and its API's replies. */
export const importPhoenix: Importer = async (request) => {
  const paths = sourcePaths(request);
  return importDataset({
    name: importName(request),
    from: `Phoenix (${paths.join(", ")})`,
    rows: async function* () {
      for (const path of paths)
        yield* /\.csv$/i.test(path) ? csvRows(request, path) : jsonRows(request, path);
    },
  });
};

async function* jsonRows({ files }: ImportRequest, path: string): AsyncGenerator<DatasetRow | Left> {
  for await (const item of jsonItems(files, path, ["data.examples", "examples", "data"])) {
    if (isLeft(item)) yield item;
    else if (isObject(item.value)) yield* exampleRows(item.value, item.place);
    else yield { ...item.place, what: "an item that is not an object", why: "It has no input." };
  }
}

function exampleRows(value: JsonObject, place: SourcePlace): Iterable<DatasetRow | Left> {
  return Array.isArray(value.messages) && value.input === undefined
    ? rowAndUnread(chatRow(value, place), value, CHAT_MEMBERS)
    : rowAndUnread(exampleRow(value, place), value, MEMBERS);
}

function exampleRow(value: JsonObject, place: SourcePlace): DatasetRow | Left {
  const { input, output } = value;
  if (isNothing(input) || (isObject(input) && Object.keys(input).length === 0))
    return { ...place, what: "an example without an input", why: "There is nothing to ask." };
  const isEmpty = isNothing(output) || (isObject(output) && Object.keys(output).length === 0);
  const own = readOwnMetadata(metadataOf(value.metadata));
  return {
    place,
    id: own.id ?? textMember(value, "id") ?? textMember(value, "example_id"),
    input: unwrap("input", input as Json, own),
    wasCase: own.id !== undefined,
    ...(isEmpty ? {} : { expected: unwrap("expected", output as Json, own) }),
    tags: [...own.tags, ...tagsOf(value.splits)],
    metadata: own.others,
  };
}

/**
 * Reads Phoenix's formats for OpenAI: messages with an ideal answer, or with the right answer as the last
 * message.
 */
function chatRow(value: JsonObject, place: SourcePlace): DatasetRow | Left {
  const messages = listMember(value, "messages");
  if (!messages.every(isMessage))
    return {
      ...place,
      what: "an item with unknown messages",
      why: "Each message needs a role and a content.",
    };
  const last = messages.at(-1);
  const answered = value.ideal === undefined && isObject(last) && last.role === "assistant";
  const expected = answered && isObject(last) ? last.content : value.ideal;
  const input = answered ? messages.slice(0, -1) : messages;
  if (input.length === 0)
    return { ...place, what: "an item without a question", why: "There is nothing to ask." };
  return { place, input, ...(isNothing(expected) ? {} : { expected: expected as Json }) };
}

/**
 * Reads columns such as `input_question`, `output_answer`, `metadata_source`. A JSON list or object is parsed.
 */
async function* csvRows({ files }: ImportRequest, path: string): AsyncGenerator<DatasetRow | Left> {
  let columns: readonly string[] | undefined;
  for await (const { cells, line } of csvRecords(files, path)) {
    if (columns === undefined) {
      columns = cells.map((cell) => cell.trim());
      continue;
    }
    const value: Record<string, Json> = { input: {}, output: {}, metadata: {} };
    for (const [at, column] of columns.entries()) putCell(value, column, cells[at] ?? "");
    yield* exampleRows(value, { path, line });
  }
}

function putCell(value: Record<string, Json>, column: string, cell: string): void {
  const [, part = "", key = ""] = /^(input|output|metadata)_(.+)$/.exec(column) ?? [];
  if (part === "") {
    value[column === "example_id" ? "id" : column] = cell;
    return;
  }
  if (cell === "" && part !== "input") return;
  (value[part] as Record<string, Json>)[key] = cellValue(cell);
}

function cellValue(cell: string): Json {
  if (!/^\s*[[{]/.test(cell)) return cell;
  try {
    return JSON.parse(cell) as Json;
  } catch {
    return cell;
  }
}
