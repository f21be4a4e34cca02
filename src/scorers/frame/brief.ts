import { type ExactJson, exactJsonText } from "../../domain/exact-json.ts";
import { unseenDifference } from "../../domain/look-alikes.ts";

const SHORT = 60;
/**
 * Two texts whose lengths sum to more than this are not searched for differences that a reader cannot see, such as a
 * no-break space.
 */
const LONGEST_COMPARED = 100_000;
/** Number of equal characters shown before the first difference of two long texts. */
const RUN_UP = 15;

/** Shortens a text to `limit` characters (UTF-16 units); the omitted middle is shown as …. */
export function shorten(text: string, limit: number = SHORT): string {
  if (text.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  return `${part(text, 0, head)}…${part(text, text.length - (limit - 1 - head), text.length)}`;
}

/** The first characters of a text; an omitted rest is shown as …. */
export function beginning(text: string): string {
  return text.length <= SHORT ? text : `${part(text, 0, SHORT - 1)}…`;
}

/** The part of a text between two offsets, without half of a surrogate pair at its start or end. */
function part(text: string, from: number, to: number): string {
  return text.slice(from, to).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
}

/** Formats a JSON value for a sentence: text is quoted, long values are shortened in the middle. */
export function show(value: ExactJson): string {
  return typeof value === "string" ? JSON.stringify(shorten(value)) : shorten(exactJsonText(value));
}

/** `expected "billing", got "payments"`; for long texts, only the part around the first difference. */
export function difference(expected: ExactJson, got: ExactJson): string {
  if (typeof expected !== "string" || typeof got !== "string" || expected.length + got.length <= 2 * SHORT) {
    return `expected ${show(expected)}, got ${show(got)}${unseenBetween(expected, got)}`;
  }
  let same = 0;
  while (same < expected.length && expected[same] === got[same]) same++;
  return `differs at character ${same + 1}: expected ${around(expected, same)}, got ${around(got, same)}${unseenBetween(expected, got)}`;
}

/** Describes the difference between two texts that look the same; empty for texts that look different. */
export function unseenBetween(expected: ExactJson, got: ExactJson): string {
  const areTexts = typeof expected === "string" && typeof got === "string";
  if (!areTexts && typeof expected !== "object" && typeof got !== "object") return "";
  const text = (value: ExactJson) => (typeof value === "string" ? value : exactJsonText(value));
  const [wanted, found] = [text(expected), text(got)];
  return wanted.length + found.length > LONGEST_COMPARED ? "" : unseenDifference(wanted, found);
}

function around(text: string, at: number): string {
  const from = Math.max(0, at - RUN_UP);
  const to = Math.min(text.length, from + SHORT);
  return `${from > 0 ? "…" : ""}${JSON.stringify(part(text, from, to))}${to < text.length ? "…" : ""}`;
}

/** `1 word`, `2 words`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** A score with at most three digits: 0.571, 1. */
export function rounded(score: number): string {
  return String(Math.round(score * 1000) / 1000);
}
