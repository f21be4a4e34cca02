import type { Json } from "../domain/json.ts";
import type { Importer, Left } from "./imported.ts";
import {
  isNothing,
  isObject,
  type JsonObject,
  metadataOf,
  tagsOf,
  textMember,
} from "./reading/json-fields.ts";
import type { JsonItem } from "./reading/json-items.ts";
import { importName, isLeft, itemsOf } from "./reading/several-files.ts";
import { type KnownMembers, rowAndUnread } from "./reading/unread-members.ts";
import { importDataset } from "./writing/dataset-import.ts";
import type { DatasetRow } from "./writing/dataset-rows.ts";

const OF_EXPERIMENT =
  "The item belongs to an experiment. `evals import traces` reads an experiment's answers with their scores and errors.";

const MEMBERS: KnownMembers = {
  read: ["id", "input", "expected", "tags", "metadata"],
  bookkeeping: [
    ...["_xact_id", "_object_delete", "_pagination_key", "_is_merge", "_merge_paths", "_parent_id"],
    ...["created", "project_id", "org_id", "dataset_id", "experiment_id", "log_id", "origin", "audit_data"],
    ...["span_id", "root_span_id", "span_parents", "span_attributes", "is_root", "facets"],
  ],
  why: {
    output: OF_EXPERIMENT,
    scores: OF_EXPERIMENT,
    metrics: OF_EXPERIMENT,
    error: OF_EXPERIMENT,
    context: OF_EXPERIMENT,
  },
};

const LISTS = ["data", "events", "rows", "records"];

/** Imports Braintrust datasets exported as JSON or JSON Lines: the newest version of each item, without deleted ones. */
export const importBraintrust: Importer = async (request) => {
  const items = itemsOf(request, LISTS);
  const newest = await newestVersions(items);
  return importDataset({
    name: importName(request),
    from: `Braintrust (${request.sources.join(", ")})`,
    rows: async function* () {
      for await (const item of items()) {
        if (isLeft(item)) yield item;
        else yield* rowAndUnread(rowOf(item, newest), item.value, membersOf(item.value));
      }
    },
  });
};

/** The newest version of each item, by id. */
async function newestVersions(
  items: () => AsyncIterable<JsonItem | Left>,
): Promise<ReadonlyMap<string, bigint>> {
  const newest = new Map<string, bigint>();
  for await (const item of items()) {
    if (isLeft(item) || !isObject(item.value)) continue;
    const id = textMember(item.value, "id");
    const version = versionOf(item);
    if (id !== undefined && version > (newest.get(id) ?? -1n)) newest.set(id, version);
  }
  return newest;
}

/**
 * The version number of an item (`_xact_id`); 0 when it has none. A version number has more digits than a parsed JSON
 * number keeps, so it is read from the item's text.
 */
function versionOf({ text }: JsonItem): bigint {
  const digits = /"_xact_id"\s*:\s*"?(\d+)/.exec(text)?.[1];
  return digits === undefined ? 0n : BigInt(digits);
}

function rowOf(item: JsonItem, newest: ReadonlyMap<string, bigint>): DatasetRow | Left {
  const { value, place } = item;
  if (!isObject(value)) return { ...place, what: "an item that is not an object", why: "It has no input." };
  const id = textMember(value, "id");
  if (id !== undefined && versionOf(item) < (newest.get(id) ?? 0n))
    return { ...place, what: `an older version of item "${id}"`, why: "The newest version is taken." };
  if (value._object_delete === true)
    return { ...place, what: `the deleted item "${id ?? ""}"`, why: "It was deleted in Braintrust." };
  if (isNothing(value.input))
    return { ...place, what: `item "${id ?? ""}"`, why: "The item has no input: there is nothing to ask." };
  return {
    place,
    id,
    input: value.input as Json,
    ...expectedOf(value),
    tags: tagsOf(value.tags),
    metadata: metadataOf(value.metadata),
  };
}

function membersOf(value: Json): KnownMembers {
  if (!isObject(value)) return MEMBERS;
  const isAnswer = isExperiment(value) || value.expected !== undefined;
  return isAnswer ? MEMBERS : { ...MEMBERS, read: [...MEMBERS.read, "output"] };
}

const isExperiment = (value: JsonObject): boolean =>
  isObject(value.scores) || value.experiment_id !== undefined;

/** The expected value. Early datasets call it `output`; in an experiment, `output` is the answer instead. */
function expectedOf(value: JsonObject): { expected?: Json } {
  const expected = value.expected ?? (isExperiment(value) ? undefined : value.output);
  return isNothing(expected) ? {} : { expected: expected as Json };
}
