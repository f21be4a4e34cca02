import type { Left, SourcePlace } from "../imported.ts";
import type { DatasetRow } from "../writing/dataset-rows.ts";
import { isNothing, isObject, type JsonObject } from "./json-fields.ts";

/** The members of one item of a tool's export, grouped by what an import does with them. */
export interface KnownMembers {
  /** Members that become part of the case. */
  readonly read: readonly string[];
  /** Ids, times and similar members that say nothing about the case itself. */
  readonly bookkeeping: readonly string[];
  /** By member: why it is not imported. Members that are not listed here get a general reason. */
  readonly why?: Readonly<Record<string, string>>;
}

/**
 * Yields the row of an item, then an entry for each member that has a content and did not become a part of the row.
 * So no data is lost without a report.
 */
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
