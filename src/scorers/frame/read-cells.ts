import { isOfCells } from "../../domain/csv-cells.ts";
import { type ExactJson, withNumbersAsText } from "../../domain/exact-json.ts";
import { ExactNumber } from "../../domain/exact-number.ts";
import type { Json } from "../../domain/json.ts";
import { parseAnswer, Unselectable } from "./parse-answer.ts";

/**
 * Reads an expected text, such as a cell of a CSV file, as the JSON value that it contains when the value to compare
 * with is not a text. Spreadsheets write TRUE for true.
 */
export function readCell(expected: Json, got: ExactJson): Json {
  if (typeof expected !== "string" || typeof got === "string") return expected;
  if (typeof got === "boolean" && /^\s*(?:true|false)\s*$/i.test(expected))
    return expected.trim().toLowerCase() === "true";
  const read = parseAnswer(expected);
  return read instanceof Unselectable ? expected : withNumbersAsText(read);
}

/** Does the same with the members of an object that was made of cells. Members of other objects keep their types. */
export function readCells(expected: Json, got: ExactJson): Json {
  if (!isOfCells(expected)) return expected;
  if (typeof got !== "object" || got === null || Array.isArray(got) || got instanceof ExactNumber)
    return expected;
  const members = got as { readonly [key: string]: ExactJson };
  const read: Record<string, Json> = {};
  for (const [key, value] of Object.entries(expected)) {
    const other = Object.hasOwn(members, key) ? members[key] : undefined;
    read[key] = other === undefined ? value : readCells(readCell(value, other), other);
  }
  return read;
}
