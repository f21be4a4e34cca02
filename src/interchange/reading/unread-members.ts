import type { Left, SourcePlace } from "../imported.ts";
import type { DatasetRow } from "../writing/dataset-rows.ts";
import { isNothing, isObject, type JsonObject } from "./json-fields.ts";

/** The members of one item of a tool's export, by what an import does with them. */
export interface KnownMembers {
  /** Members that become part of the case. */
  readonly read: readonly string[];
  /** Ids, times and the like, which say nothing of the case itself. */
  readonly bookkeeping: readonly string[];
  /** Why a member is left where there is more to say than that nothing here reads it. */
  readonly why?: Readonly<Record<string, string>>;
}

/** The row of an item, and each member with a content that it does not hold, so that nothing is lost without a word. */
export function* rowAndUnread<Row extends DatasetRow>(
  row: Row | Left,
  value: unknown,
  members: KnownMembers,
): Generator<Row | Left> {
  yield row;
  if (!("why" in row) && isObject(value)) yield* unreadMembers(value, row.place, members);
}

function* unreadMembers(
  value: JsonObject,
  place: SourcePlace,
  { read, bookkeeping, why = {} }: KnownMembers,
): Generator<Left> {
  for (const [name, content] of Object.entries(value)) {
    if (read.includes(name) || bookkeeping.includes(name)) continue;
    if (isNothing(content) || (Array.isArray(content) && content.length === 0)) continue;
    if (isObject(content) && Object.keys(content).length === 0) continue;
    yield {
      ...place,
      what: `"${name}" of an item`,
      why:
        (Object.hasOwn(why, name) ? why[name] : undefined) ??
        `A case has no place for "${name}"; put it into the item's metadata to keep it.`,
    };
  }
}
