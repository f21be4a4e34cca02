/**
 * The part of a text in which words were found after the text was folded, for instance to lower case: as it is written,
 * on one line. The words themselves if they are not in the folded text.
 *
 * @param fold must fold the beginning of a text to the beginning of the folded text
 */
export function sourceOf(text: string, words: string, fold: (text: string) => string): string {
  const start = fold(text).indexOf(words);
  if (start < 0 || words === "") return words;
  const lengthOf = (end: number): number => fold(text.slice(0, end)).length;
  // The last beginning that is folded to nothing of the words, and the first that is folded to all of them.
  const from = firstWhere(text.length, (end) => lengthOf(end) > start) - 1;
  const to = firstWhere(text.length, (end) => lengthOf(end) >= start + words.length);
  const accents = /^\p{M}*/u.exec(text.slice(to))?.[0].length ?? 0;
  return text
    .slice(from, to + accents)
    .replace(/\s+/g, " ")
    .trim();
}

/** The smallest number up to `most` that meets a condition, which every larger number meets too; else `most`. */
function firstWhere(most: number, meets: (one: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (meets(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
