/**
 * What may be before a find, for the beginning of a regular expression: nothing that goes on a word. Text may be JSON inside of
 * JSON, where the line feed before a number is a backslash and an `n`.
 */
export const WORD_START = String.raw`(?<=^|[^A-Za-z0-9_]|\\[nrtbf]|\\u[0-9A-Fa-f]{4})`;

/** A place in a text, in UTF-16 units. */
export type Range = readonly [from: number, to: number];

/** All matches of a global regular expression that hold what is asked. */
export function matches(regex: RegExp, text: string, holds: (found: string, at: number) => boolean): Range[] {
  const found: Range[] = [];
  for (const { 0: whole, index } of text.matchAll(regex))
    if (holds(whole, index)) found.push([index, index + whole.length]);
  return found;
}
