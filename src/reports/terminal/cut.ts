import { lengthOf } from "./style.ts";

/**
 * Number of UTF-16 units that are read for each column of the terminal: enough for an emoji of eleven units, which
 * takes two columns.
 */
export const LETTERS_A_COLUMN = 6;

/**
 * Shortens a longer text to `width` columns of the terminal, the last of which is `…`. There is only one `…` at the end,
 * even if the text was cut before.
 */
export function cut(text: string, width: number): string {
  if (fits(text, width)) return text;
  return `${firstColumns(readable(text, width), width - 1).replace(/…+$/, "")}…`;
}

/** Shortens a text to `width` columns of the terminal, between words if possible; `…` replaces the rest. */
export function shortened(text: string, width: number): string {
  const short = cut(text, width);
  if (short === text) return text;
  const blank = short.lastIndexOf(" ");
  return blank > width / 2 ? `${short.slice(0, blank).trimEnd()} …` : short;
}

/**
 * Shortens a name to `width` columns of the terminal. `…` is within it, because names that begin alike, such as `login`,
 * `login-2` and `login-3`, are told apart by their ends.
 */
export function cutName(name: string, width: number): string {
  if (fits(name, width)) return name;
  const end = Math.max(0, Math.floor((width - 1) / 2));
  const start = Math.max(0, width - 1 - end);
  return `${firstColumns(Array.from(name), start)}…${lastColumns(Array.from(name), end)}`;
}

const fits = (text: string, width: number): boolean =>
  text.length <= width * LETTERS_A_COLUMN && lengthOf(text) <= width;

/** The letters that may be shown in `width` columns; the rest of a long text is not measured. */
const readable = (text: string, width: number): string[] =>
  Array.from(text.slice(0, Math.max(0, width) * LETTERS_A_COLUMN));

function firstColumns(letters: readonly string[], width: number): string {
  let [used, count] = [0, 0];
  for (const letter of letters) {
    used += lengthOf(letter);
    if (used > width) break;
    count++;
  }
  return letters.slice(0, count).join("");
}

function lastColumns(letters: readonly string[], width: number): string {
  const backwards = [...letters].reverse();
  let [used, count] = [0, 0];
  for (const letter of backwards) {
    used += lengthOf(letter);
    if (used > width) break;
    count++;
  }
  return count === 0 ? "" : letters.slice(-count).join("");
}
