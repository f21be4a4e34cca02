import { nearest, slips } from "./did-you-mean.ts";

/**
 * The known word that `word` is a slip of: written with other capitals or separators, or with one wrong letter, or two
 * in a word of eight letters or more. Undefined for a known word. Stricter than `nearest`, for places where unknown words
 * are allowed.
 */
export function slipOf(word: string, known: readonly string[]): string | undefined {
  if (known.includes(word)) return undefined;
  const plain = (name: string): string => name.toLowerCase().replace(/[-_ ]/g, "");
  const same = known.find((name) => plain(name) === plain(word));
  const near = nearest(word, known);
  if (same !== undefined || near === undefined || word.length < 3) return same;
  return slips(word.toLowerCase(), near.toLowerCase()) <= (word.length < 8 ? 1 : 2) ? near : undefined;
}
