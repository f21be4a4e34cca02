import { itemAt } from "../domain/item-at.ts";
import { plainWords } from "./plain-words.ts";

/** Length of a shingle in characters. The shingles of a text are all its substrings of this length. */
const SHINGLE = 3;
/** Minimum share of common shingles for texts to count as near duplicates, in [0, 1]. */
const ALIKE = 0.7;
/**
 * Number of bands, each of `ROWS` hashes. Two texts are compared when all hashes of any band are equal. This finds
 * more than 999 of 1000 pairs that have 0.7 of their shingles in common.
 */
const BANDS = 32;
const ROWS = 3;

/**
 * Finds texts that are nearly equal to a text that was added earlier: they have other capitals, punctuation or
 * spaces, or a word or two changed.
 */
export interface NearDuplicates {
  add(text: string): void;
  has(text: string): boolean;
}

/**
 * MinHash (Broder 1997) with bands finds the texts that may be nearly equal, without comparing all pairs. The exact share
 * of common shingles (Jaccard index) decides.
 */
export function nearDuplicates(texts: Iterable<string> = []): NearDuplicates {
  const known: ReadonlySet<number>[] = [];
  const buckets = new Map<string, number[]>();
  const add = (text: string): void => {
    const shingles = shinglesOf(text);
    const at = known.push(shingles) - 1;
    for (const band of bandsOf(shingles)) {
      const bucket = buckets.get(band);
      if (bucket === undefined) buckets.set(band, [at]);
      else bucket.push(at);
    }
  };
  for (const text of texts) add(text);
  return {
    add,
    has: (text) => {
      const shingles = shinglesOf(text);
      const compared = new Set<number>();
      for (const band of bandsOf(shingles))
        for (const at of buckets.get(band) ?? []) {
          if (compared.has(at)) continue;
          compared.add(at);
          if (alike(shingles, known[at] ?? new Set()) >= ALIKE) return true;
        }
      return false;
    },
  };
}

/** Hashes of all shingles of the normalized text. A text shorter than a shingle counts as one shingle. */
function shinglesOf(text: string): ReadonlySet<number> {
  // Spaces are removed: the same compound is written with and without a space, and some languages have no spaces.
  const plain = plainWords(text).join("");
  const shingles = new Set<number>();
  for (let at = 0; at + SHINGLE <= Math.max(plain.length, SHINGLE); at++)
    shingles.add(hashOf(plain.slice(at, at + SHINGLE), 0));
  return shingles;
}

function bandsOf(shingles: ReadonlySet<number>): string[] {
  return Array.from({ length: BANDS }, (_, band) => {
    const least = new Array<number>(ROWS).fill(0xffffffff);
    for (const shingle of shingles)
      for (let row = 0; row < ROWS; row++) {
        const hash = mixed(shingle, band * ROWS + row + 1);
        if (hash < itemAt(least, row)) least[row] = hash;
      }
    return `${band}:${least.join()}`;
  });
}

function alike(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let shared = 0;
  for (const one of a) if (b.has(one)) shared++;
  return shared / (a.size + b.size - shared);
}

/** A 32-bit hash: FNV-1a over the text's UTF-16 code units. */
function hashOf(text: string, salt: number): number {
  let hash = (0x811c9dc5 ^ salt) | 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** A permutation of 32-bit numbers for each salt: the finalizer of murmur3. */
function mixed(value: number, salt: number): number {
  let hash = (value ^ Math.imul(salt, 0x9e3779b9)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
