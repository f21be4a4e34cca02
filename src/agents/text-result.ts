import { type ExactJson, parseExactJson } from "../domain/exact-json.ts";

/** What a tool sent as a text: as JSON where it is some, with every number as it was sent; else the text. */
export function readTextResult(text: string): ExactJson {
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}
