import type { Json } from "../../domain/json.ts";

/** Maximum characters of a case's input in a list. */
const MAX_LETTERS = 160;

/**
 * The input in one short line: its text, the only text in its object, or its last message. Any other input as JSON.
 */
export function shortInput(input: Json | undefined): string {
  return cutLetters(mainText(input).replace(/\s+/g, " ").trim(), MAX_LETTERS);
}

function mainText(input: Json | undefined): string {
  if (input === undefined) return "";
  if (typeof input === "string") return input;
  if (Array.isArray(input)) return lastText(input) ?? JSON.stringify(input);
  if (input === null || typeof input !== "object") return String(input);
  const texts = Object.values(input).filter((value) => typeof value === "string");
  const [only] = texts;
  return texts.length === 1 && only !== undefined ? only : JSON.stringify(input);
}

function lastText(list: readonly Json[]): string | undefined {
  const last = list.at(-1);
  if (typeof last === "string") return last;
  const content = (last as { content?: Json } | null | undefined)?.content;
  return typeof content === "string" ? content : undefined;
}

/** The start of a text, with at most `limit` UTF-16 code units. A surrogate pair is not split. */
export function cutLetters(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = /[\ud800-\udbff]$/.test(text.slice(0, limit));
  return text.slice(0, half ? limit - 1 : limit);
}
