import { UNSPACED, wordsOf } from "./count-text.ts";
import { tooLong } from "./scorer-mistakes.ts";

/** A text tokenized for ROUGE. */
export interface RougeText {
  /** Lower-case words of letters and digits; found by dictionary in scripts without spaces. */
  readonly words: readonly string[];
  /** The words and symbols in order. Symbols distinguish texts with the same words: 👍, €, the + of C++. */
  readonly signed: readonly string[];
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Matches words and symbols, but not punctuation and Markdown, which do not change the meaning. */
const SIGNED =
  /[\p{L}\p{N}\p{M}]+(?:[+#]+(?![\p{L}\p{N}]))?|[\p{Sc}\u2190-\u22ff]|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3|\p{Extended_Pictographic}(?:[\u{1f3fb}-\u{1f3ff}\ufe0f]|\u200d\p{Extended_Pictographic})*|\p{So}/gu;

export function rougeText(text: string): RougeText {
  const lower = text.toLowerCase();
  const bare = lower.match(WORD) ?? [];
  const withSigns = lower.match(SIGNED) ?? [];
  const words = inWords(bare);
  const signed = sameList(bare, withSigns) ? words : inWords(withSigns);
  // In a text of only punctuation, each punctuation mark counts; otherwise there would be nothing to compare.
  return signed.length > 0 ? { words, signed } : { words, signed: lower.match(/\S/gu) ?? [] };
}

function inWords(found: readonly string[]): readonly string[] {
  return found.some((word) => UNSPACED.test(word))
    ? found.flatMap((word) => (UNSPACED.test(word) ? wordsOf(word) : word))
    : found;
}

/**
 * The word lists of two texts to compare. Texts without words, or with the same words but different symbols, are
 * compared with their symbols: a thumbs down is not a thumbs up.
 */
export function comparedWords(
  got: RougeText,
  expected: RougeText,
): readonly [readonly string[], readonly string[]] {
  const wordless = got.words.length === 0 || expected.words.length === 0;
  return wordless || sameList(got.words, expected.words)
    ? [got.signed, expected.signed]
    : [got.words, expected.words];
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}

/** Maximum number of word pairs to compare. Comparing that many takes a second or two. */
const MAX_PAIRS = 2e9;

/** Harmonic mean of precision and recall; 0 without overlap. */
function f1(overlap: number, got: number, expected: number): number {
  return overlap === 0 ? 0 : (2 * overlap) / (got + expected);
}

/**
 * ROUGE-N: overlap of word n-grams, each counted as often as both texts have it (Lin 2004).
 *
 * @returns F1 in [0, 1]; 1 when both texts are too short for an n-gram and are equal
 */
export function rougeN(got: readonly string[], expected: readonly string[], n: number): number {
  const grams = countGrams(expected, n);
  const total = Math.max(0, got.length - n + 1);
  const wanted = Math.max(0, expected.length - n + 1);
  if (total === 0 || wanted === 0) return got.length > 0 && sameList(got, expected) ? 1 : 0;
  let overlap = 0;
  for (let i = 0; i < total; i++) {
    const gram = got.slice(i, i + n).join(" ");
    const left = grams.get(gram) ?? 0;
    if (left === 0) continue;
    overlap++;
    grams.set(gram, left - 1);
  }
  return f1(overlap, total, wanted);
}

function countGrams(words: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    const gram = words.slice(i, i + n).join(" ");
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/**
 * ROUGE-L: longest common subsequence of words over the whole texts (Lin 2004). Time is proportional to the product
 * of the lengths, memory to the expected length.
 *
 * @returns F1 in [0, 1]
 */
export function rougeL(got: readonly string[], expected: readonly string[]): number {
  if (got.length === 0 || expected.length === 0) return 0;
  if (got.length * expected.length > MAX_PAIRS) throw tooLong("words", got.length, expected.length);
  return f1(longestCommon(got, expected), got.length, expected.length);
}

function longestCommon(a: readonly string[], b: readonly string[]): number {
  // Words are replaced by numbers, which compare faster. Words that only one of the texts has are skipped.
  const ids = new Map(b.map((word, i) => [word, i]));
  const columns = Int32Array.from(b, (word) => ids.get(word) ?? -1);
  const best = new Int32Array(b.length + 1);
  for (const word of a) {
    const id = ids.get(word);
    if (id === undefined) continue;
    let diagonal = 0;
    for (let j = 0; j < columns.length; j++) {
      const above = best[j + 1] as number;
      best[j + 1] = columns[j] === id ? diagonal + 1 : Math.max(above, best[j] as number);
      diagonal = above;
    }
  }
  return best[b.length] as number;
}
