import { changedNumberProblems, halfCharacterProblems } from "../../domain/changed-values.ts";
import { findJsonError } from "../../domain/find-json-error.ts";
import type { Json } from "../../domain/json.ts";
import { isDeeperThan } from "../../domain/json-depth.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { Left, SourceFiles, SourcePlace } from "../imported.ts";
import { jsonElements } from "./json-elements.ts";

/** One item of another tool's file: its parsed value and its text. */
export interface JsonItem {
  readonly place: SourcePlace;
  readonly value: Json;
  readonly text: string;
}

/** Maximum nesting depth of an item. */
const DEEPEST = 190;

/**
 * The items of a file: one per line (JSON Lines), the elements of a list, or of the list under one of `keys`. JSON
 * Lines are read line by line, however large the file is.
 *
 * @param keys names of the list in an object, for instance `data`
 * @param isItem whether an object is an item itself, although it has a list under one of the keys
 * @param read converts the text to an item; by default, an item with a number or character that parsing would change
 *   is not accepted
 * @returns items, and entries for lines that are not items, with their location
 * @throws {EvalsError} EVALS_IMPORT_SYNTAX for a file that is not JSON
 */
export async function* jsonItems(
  files: SourceFiles,
  path: string,
  keys: readonly string[],
  read: ReadItem = (text, place) => itemOf(text, parsed(text), place),
  isItem: (value: Json) => boolean = () => false,
): AsyncGenerator<JsonItem | Left> {
  const shape = await shapeOf(files, path);
  if (shape === "lines") yield* lineItems(files, path, read);
  else yield* wholeItems(files.text(path), path, { keys, read, isItem });
}

export type ReadItem = (text: string, place: SourcePlace) => JsonItem | Left;

/** Recognizes the format by the first two non-blank lines: a list or object over several lines, or one object per line. */
async function shapeOf(files: SourceFiles, path: string): Promise<"lines" | "whole"> {
  let first: string | undefined;
  for await (const line of files.lines(path)) {
    if (line.trim() === "") continue;
    if (first !== undefined) return "lines";
    first = line;
    if (line.trimStart().startsWith("[")) return "whole";
    if (parsed(line) === undefined)
      return line.trimStart().startsWith("{") && isCut(line) ? "whole" : "lines";
  }
  return "whole";
}

const isCut = (line: string): boolean => {
  const error = findJsonError(line);
  return error !== undefined && error.column > line.length;
};

async function* lineItems(files: SourceFiles, path: string, read: ReadItem): AsyncGenerator<JsonItem | Left> {
  let number = 0;
  for await (const text of files.lines(path)) {
    number++;
    if (text.trim() === "") continue;
    yield read(text, { path, line: number });
  }
}

function* wholeItems(
  text: string,
  path: string,
  {
    keys,
    read,
    isItem,
  }: {
    readonly keys: readonly string[];
    readonly read: ReadItem;
    readonly isItem: (value: Json) => boolean;
  },
): Generator<JsonItem | Left> {
  const value = wholeValue(text, path);
  if (Array.isArray(value)) {
    for (const element of jsonElements(text)) yield read(element.text, { path, line: element.line });
    return;
  }
  const key = isItem(value) ? undefined : keys.find((name) => Array.isArray(memberAt(value, name)));
  const elements = key === undefined ? [{ text, line: 1 }] : jsonElements(text, key);
  for (const element of elements) yield read(element.text, { path, line: element.line });
}

function memberAt(value: Json, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((here, key) => (here as Record<string, unknown> | null | undefined)?.[key], value);
}

/** Parses a whole JSON text. @throws {EvalsError} at the first error */
export function wholeValue(text: string, path: string): Json {
  const value = parsed(text);
  if (value !== undefined) return value;
  throw new EvalsError(notJson(text, path));
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** An item, or the reason why its text cannot be kept exactly. */
function itemOf(text: string, value: Json | undefined, place: SourcePlace): JsonItem | Left {
  if (value === undefined) {
    const error = findJsonError(text);
    return { ...place, what: "a line that is not JSON", why: error?.what ?? "It cannot be read." };
  }
  if (text.length > 2 * DEEPEST && isDeeperThan(text, DEEPEST))
    return {
      ...place,
      what: "an item nested too deep",
      why: `A case can have at most ${DEEPEST} levels of nested values.`,
    };
  const changed = [
    ...changedNumberProblems(text, place.path, place.line),
    ...halfCharacterProblems(text, place.path, place.line),
  ];
  // A version id of Braintrust may lose digits when it is parsed: the importer reads it from the item's text. Every
  // other number must stay exact.
  const first = changed.find(({ code }) => code !== "EVALS_NUMBER_CHANGED") ?? changed[0];
  if (first !== undefined && !onlyVersions(text, changed.length))
    return { ...place, line: first.line ?? place.line, what: first.what, why: first.why };
  return { place, value, text };
}

/** Whether the only inexact numbers are Braintrust's version ids, which no case contains. */
function onlyVersions(text: string, changed: number): boolean {
  return (text.match(/"_xact_id"\s*:\s*\d{16,}/g)?.length ?? 0) >= changed;
}

export const isLeft = (item: JsonItem | Left): item is Left => "why" in item;

function notJson(text: string, path: string): Problem {
  const error = findJsonError(text);
  const before = text.slice(0, (error?.column ?? 1) - 1).split("\n");
  const empty = text.trim() === "";
  const cut = error !== undefined && error.column > text.length;
  return {
    code: "EVALS_IMPORT_SYNTAX",
    path,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    what: empty
      ? "This file is empty."
      : `This file is not JSON. ${cut ? "It is cut off: its end is missing." : (error?.what ?? "")}`.trim(),
    why: "Nothing in the file can be imported before the file can be read.",
    fix: cut ? "Export or copy the whole file again." : "Export the data again as JSON or JSON Lines.",
  };
}
