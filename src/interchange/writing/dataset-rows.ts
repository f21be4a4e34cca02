import type { Json } from "../../domain/json.ts";
import type { Left, SourcePlace } from "../imported.ts";
import type { LeftList } from "../reading/left-list.ts";
import { jsonLine } from "./project-text.ts";

/** One item of another tool's dataset, before it becomes a case. */
export interface DatasetRow {
  readonly place: SourcePlace;
  /** If absent, the case gets an id such as `case-3`. */
  readonly id?: string | undefined;
  readonly input: Json;
  /** Whether evals exported the item from a case. Such an item becomes a case even when its input is empty. */
  readonly wasCase?: boolean | undefined;
  readonly expected?: Json | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: { readonly [key: string]: Json } | undefined;
}

/** The rows of a dataset, read again each time, because an export may be larger than memory. */
export type DatasetRows = () => AsyncIterable<DatasetRow | Left>;

/** What the generated suite needs to know of all rows of a dataset together. */
export interface DatasetShape {
  readonly count: number;
  readonly withExpected: number;
  /** Whether every expected value is a text. */
  readonly expectedIsText: boolean;
  /** The one key that all expected objects have, if its value is always a text; else undefined. */
  readonly expectedKey: string | undefined;
  readonly input: "text" | "messages" | "object" | "other";
  /** Keys that every input has, in the order of the first input; `isText` when the value is always a text. */
  readonly keys: readonly { readonly key: string; readonly isText: boolean }[];
}

/** Reads all rows once. @param left collects rows that are invalid or whose id is taken */
export async function readShape(rows: DatasetRows, left: LeftList): Promise<DatasetShape> {
  const kinds = new Set<DatasetShape["input"]>();
  let keys: Map<string, boolean> | undefined;
  let expectedKeys: Map<string, boolean> | undefined;
  let maxExpectedKeys = 0;
  let [count, withExpected, expectedIsText] = [0, 0, true];
  for await (const { row } of uniqueRows(rows, (found) => left.add(found, found.what, found.why))) {
    count++;
    if (row.expected !== undefined) {
      withExpected++;
      expectedIsText &&= typeof row.expected === "string";
      expectedKeys = sharedKeys(expectedKeys, row.expected);
      maxExpectedKeys = Math.max(maxExpectedKeys, Object.keys(Object(row.expected)).length);
    }
    kinds.add(kindOf(row.input));
    keys = sharedKeys(keys, row.input);
  }
  const [only, another] = kinds;
  const [sole] = maxExpectedKeys === 1 ? [...(expectedKeys ?? [])] : [];
  return {
    count,
    withExpected,
    expectedIsText: expectedIsText && withExpected > 0,
    expectedKey: sole?.[1] === true ? sole[0] : undefined,
    input: only === undefined || another !== undefined ? "other" : only,
    keys: Array.from(keys ?? [], ([key, isText]) => ({ key, isText })),
  };
}

/** Lines of the dataset's file. Skipped rows were reported by `readShape`. */
export async function* caseLines(rows: DatasetRows): AsyncGenerator<string> {
  for await (const { row, id } of uniqueRows(rows, () => {})) {
    const { input, expected, tags = [], metadata = {} } = row;
    yield jsonLine({
      id,
      input,
      ...(expected === undefined ? {} : { expected }),
      ...(tags.length === 0 ? {} : { tags }),
      ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    });
  }
}

/**
 * The rows with their ids; of several rows with one id, only the first.
 *
 * @param leave called for every other row
 */
export async function* uniqueRows(
  rows: DatasetRows,
  leave: (left: Left) => void,
): AsyncGenerator<{ readonly row: DatasetRow; readonly id: string }> {
  const seen = new Map<string, number>();
  let number = 0;
  for await (const row of rows()) {
    if ("why" in row) {
      leave(row);
      continue;
    }
    if (row.wasCase !== true && isBlank(row.input)) {
      leave({ ...row.place, what: "an item without an input", why: "There is nothing to ask." });
      continue;
    }
    number++;
    const id = row.id === undefined || row.id === "" ? `case-${number}` : row.id;
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, row.place.line);
      yield { row, id };
    } else
      leave({
        ...row.place,
        what: `a second item with the id "${id}"`,
        why: `An id names one case, and the item of line ${first} already has this id.`,
      });
  }
}

/** Whether a value is blank text, null, or a list or object without members. A member may itself be empty. */
function isBlank(value: Json): boolean {
  if (typeof value === "string") return value.trim() === "";
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

function kindOf(input: Json): DatasetShape["input"] {
  if (typeof input === "string") return "text";
  if (Array.isArray(input)) return input.length > 0 && input.every(isMessage) ? "messages" : "other";
  return input !== null && typeof input === "object" ? "object" : "other";
}

/** Whether a value is a message that a prompt can use. */
export function isMessage(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const { role, content } = value as { role?: unknown; content?: unknown };
  return (
    typeof role === "string" &&
    ["system", "developer", "user", "assistant", "tool"].includes(role) &&
    (typeof content === "string" || content === null || Array.isArray(content))
  );
}

function sharedKeys(before: Map<string, boolean> | undefined, input: Json): Map<string, boolean> {
  const members =
    input !== null && typeof input === "object" && !Array.isArray(input) ? Object.entries(input) : [];
  const here = new Map(members.map(([key, value]) => [key, typeof value === "string"]));
  if (before === undefined) return here;
  return new Map(
    [...before]
      .filter(([key]) => here.has(key))
      .map(([key, isText]) => [key, isText && here.get(key) === true]),
  );
}
