import { distance } from "fastest-levenshtein";
import { seen, unseenDifference } from "./look-alikes.ts";

/**
 * The known word that `word` was probably meant to be; undefined when no known word is similar. Two words are similar
 * when at most a third of the letters differ. In a word of one or two letters, one letter may differ.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const d = slips(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** Number of typing errors between two words; swapping two adjacent letters counts as one. */
export function slips(a: string, b: string): number {
  const d = distance(a, b);
  return d === 2 && a.length === b.length && swapped(a, b) ? 1 : d;
}

function swapped(a: string, b: string): boolean {
  const at = Array.from(a).findIndex((letter, index) => letter !== b[index]);
  return a[at] === b[at + 1] && a[at + 1] === b[at];
}

/**
 * ` Did you mean "x"?` with the leading space, or empty text. If a known name looks the same as `word`, the text also
 * describes the invisible difference.
 */
export function didYouMean(word: string, known: Iterable<string>): string {
  const names = [...known];
  const looks = seen(word);
  const same = names.find((one) => one !== word && seen(one) === looks);
  const guess = same ?? nearest(word, names);
  if (guess === undefined) return "";
  const unseen = unseenDifference(guess, word, undefined, {
    got: "what was written has",
    expected: "the suggestion has",
  });
  return ` Did you mean "${guess}"?${unseen === "" ? "" : ` T${unseen.slice(3)}.`}`;
}
