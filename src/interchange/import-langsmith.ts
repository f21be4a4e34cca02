import type { Json } from "../domain/json.ts";
import type { Importer, Left } from "./imported.ts";
import {
  isNothing,
  isObject,
  listMember,
  metadataOf,
  objectMember,
  tagsOf,
  textMember,
} from "./reading/json-fields.ts";
import type { JsonItem } from "./reading/json-items.ts";
import { LeftList } from "./reading/left-list.ts";
import { importName, isLeft, itemsOf } from "./reading/several-files.ts";
import { type KnownMembers, rowAndUnread } from "./reading/unread-members.ts";
import { importDataset } from "./writing/dataset-import.ts";
import type { DatasetRow } from "./writing/dataset-rows.ts";

const MEMBERS: KnownMembers = {
  read: ["id", "inputs", "input", "outputs", "output", "metadata", "split", "splits"],
  bookkeeping: [
    ...["dataset_id", "dataset_name", "created_at", "modified_at", "source_run_id", "runs"],
    ...["attachments", "attachment_urls"],
  ],
};

/** Imports LangSmith datasets exported as JSON or JSON Lines. */
export const importLangsmith: Importer = async (request) => {
  const items = itemsOf(request, ["examples", "data"]);
  const left = new LeftList();
  for await (const item of items()) if (!isLeft(item)) noteAttachments(item, left);
  return importDataset({
    name: importName(request),
    from: `LangSmith (${request.sources.join(", ")})`,
    left,
    rows: async function* () {
      for await (const item of items()) {
        if (isLeft(item)) yield item;
        else yield* rowAndUnread(rowOf(item), item.value, MEMBERS);
      }
    },
  });
};

function noteAttachments({ value, place }: JsonItem, left: LeftList): void {
  if (!isObject(value)) return;
  const names = [
    ...Object.keys(objectMember(value, "attachments") ?? {}),
    ...Object.keys(objectMember(value, "attachment_urls") ?? {}),
  ];
  if (names.length > 0)
    left.add(
      place,
      `attachments ${names.join(", ")}`,
      "The export does not contain attached files; the case is imported without them.",
    );
}

function rowOf({ value, place }: JsonItem): DatasetRow | Left {
  if (!isObject(value)) return { ...place, what: "an item that is not an object", why: "It has no inputs." };
  const input = value.inputs ?? value.input;
  const expected = value.outputs ?? value.output;
  if (isNothing(input) || (isObject(input) && Object.keys(input).length === 0))
    return {
      ...place,
      what: `example "${textMember(value, "id") ?? ""}"`,
      why: "The example has no inputs: there is nothing to ask.",
    };
  const { dataset_split, ...metadata } = metadataOf(value.metadata);
  const splits = [...tagsOf(dataset_split), ...tagsOf(value.split), ...tagsOf(listMember(value, "splits"))];
  return {
    place,
    id: textMember(value, "id"),
    input: input as Json,
    ...(isNothing(expected) ? {} : { expected: expected as Json }),
    tags: [...new Set(splits)],
    metadata,
  };
}
