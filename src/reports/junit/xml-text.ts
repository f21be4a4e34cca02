import { plainLine, plainText } from "../plain-text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** XML 1.0 has no way to write these, escaped or not: half a surrogate pair, U+FFFE and U+FFFF. */
const UNWRITABLE = /[\p{Cs}\uFFFE\uFFFF]/gu;

const escaped = (text: string): string =>
  text.replace(UNWRITABLE, "").replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? "");

/** An attribute's value, on one line. */
export function attribute(text: string): string {
  return escaped(plainLine(text));
}

/** Character data; line feeds and tabs stay. */
export function content(text: string): string {
  return escaped(plainText(text));
}
