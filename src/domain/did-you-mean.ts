import { distance } from "fastest-levenshtein";

/** The known word that `word` was probably meant to be, or undefined when none is near (a third of its letters off). */
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

/** Slips of the keys from one word to another; two letters in each other's place are one slip. */
function slips(a: string, b: string): number {
  const d = distance(a, b);
  return d === 2 && a.length === b.length && swapped(a, b) ? 1 : d;
}

function swapped(a: string, b: string): boolean {
  const at = Array.from(a).findIndex((letter, index) => letter !== b[index]);
  return a[at] === b[at + 1] && a[at + 1] === b[at];
}

/** ` Did you mean "x"?` with its leading blank, or the empty string. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const guess = nearest(word, known);
  return guess === undefined ? "" : ` Did you mean "${guess}"?`;
}
