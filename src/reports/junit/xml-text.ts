import { plainLine, plainText } from "../plain-text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Characters that XML 1.0 does not allow even when escaped: unpaired surrogates, U+FFFE and U+FFFF. */
const UNWRITABLE = /[\p{Cs}\uFFFE\uFFFF]/gu;

const escaped = (text: string): string =>
  text.replace(UNWRITABLE, "").replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? "");

/** Escapes an attribute value and puts it on one line. */
export function attribute(text: string): string {
  return escaped(plainLine(text));
}

/** Escapes character data; line feeds and tabs are kept. */
export function content(text: string): string {
  return escaped(plainText(text));
}
