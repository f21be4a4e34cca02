import { parsePlainJson, withNumbersAsText } from "./exact-json.ts";
import type { Json } from "./json.ts";

/**
 * Matches what may be JSON. Most results are prose, and a failed attempt to parse one takes longer than this
 * check.
 */
const MAY_BE_JSON = /^\s*(?:[[{"\d-]|(?:true|false|null)\s*$)/;

/**
 * Arguments or result of a tool call: parsed if they are JSON, else the text. A number that a double would change,
 * such as an id above 2^53, is kept as text.
 */
export function toolValue(written: unknown): Json {
  if (typeof written !== "string") return withNumbersAsText(written);
  if (!MAY_BE_JSON.test(written)) return written;
  try {
    return parsePlainJson(written);
  } catch {
    return written;
  }
}
