/**
 * Lookbehind for the start of a match, which must not be in the middle of a word. A text may be JSON inside JSON, where
 * a line feed is a backslash and an `n`; that `n` is no part of a word.
 */
export const WORD_START = String.raw`(?<=^|[^A-Za-z0-9_]|\\[nrtbf]|\\u[0-9A-Fa-f]{4})`;

/** A range of a text, in UTF-16 units. */
export type Range = readonly [from: number, to: number];

/** All matches of a global regular expression that satisfy the condition. */
export function matches(regex: RegExp, text: string, holds: (found: string, at: number) => boolean): Range[] {
  const found: Range[] = [];
  for (const { 0: whole, index } of text.matchAll(regex))
    if (holds(whole, index)) found.push([index, index + whole.length]);
  return found;
}
