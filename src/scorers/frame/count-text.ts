const ASCII = /^[\0-\x7f]*$/;
/** Scripts written without spaces between words. */
export const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const segmenters: Partial<Record<"grapheme" | "word" | "sentence", Intl.Segmenter>> = {};

/** Number of characters segmented at a time, because the segmenter's time is quadratic. */
const WINDOW = 300;

function* segments(
  text: string,
  granularity: "grapheme" | "word" | "sentence",
): Generator<Pick<Intl.SegmentData, "segment" | "isWordLike">> {
  segmenters[granularity] ??= new Intl.Segmenter("en", { granularity });
  let size = WINDOW;
  for (let from = 0; from < text.length; ) {
    const found = Array.from(segmenters[granularity].segment(text.slice(from, from + size)));
    const isEnd = from + size >= text.length;
    if (!isEnd && found.length === 1) {
      size *= 2;
      continue;
    }
    // The last segment of a window may continue in the next one.
    if (!isEnd) found.pop();
    for (const one of found) {
      yield one;
      from += one.segment.length;
    }
    size = WINDOW;
  }
}

function count<T>(items: Iterable<T>, counts: (item: T) => boolean): number {
  let n = 0;
  for (const item of items) if (counts(item)) n++;
  return n;
}

/** Counts characters as a reader sees them: an emoji with modifiers is one, and so is a letter with its accents. */
export function countCharacters(text: string): number {
  if (ASCII.test(text) && !text.includes("\r")) return text.length;
  return count(segments(text, "grapheme"), () => true);
}

/** The words of a text in a script without spaces, found by dictionary. */
export function wordsOf(text: string): readonly string[] {
  return Array.from(segments(text, "word")).flatMap((word) => (word.isWordLike === true ? word.segment : []));
}

/** Number of words with a letter or digit, separated by whitespace; found by dictionary in scripts without spaces. */
export function countWords(text: string): number {
  if (UNSPACED.test(text)) return count(segments(text, "word"), (word) => word.isWordLike === true);
  return count(text.split(/\s+/u), (word) => /[\p{L}\p{N}]/u.test(word));
}

/** Number of sentences by the rules of Unicode (UAX 29). */
export function countSentences(text: string): number {
  return count(segments(text, "sentence"), ({ segment }) => /[\p{L}\p{N}]/u.test(segment));
}
