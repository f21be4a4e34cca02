import { type ExactJson, parseExactJson } from "../domain/exact-json.ts";

/** Reads a tool's text result: as JSON if possible, with every number as sent; otherwise as text. */
export function readTextResult(text: string): ExactJson {
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}
