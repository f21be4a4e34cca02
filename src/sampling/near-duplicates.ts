import { itemAt } from "../domain/item-at.ts";
import { plainWords } from "./plain-words.ts";

/** Letters in a row that are looked at together. */
const SHINGLE = 3;
/** Texts share at least so much of their shingles to be nearly the same, in [0, 1]. */
const ALIKE = 0.7;
/** Two texts are looked at together when all rows of one of so many bands are equal: at 0.7 alike more than 999 of 1000 pairs are. */
const BANDS = 32;
const ROWS = 3;

/** Finds texts that are nearly the same as one of those it was given: other capitals, signs or spaces, a word or two changed. */
export interface NearDuplicates {
  add(text: string): void;
  has(text: string): boolean;
}

/**
 * MinHash (Broder 1997) with bands finds those that may be alike without comparing all; whether they are is decided by the
 * exact share of their shingles (Jaccard).
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

/** Hashes of all runs of letters of the plain text; of a shorter text, of the whole. */
function shinglesOf(text: string): ReadonlySet<number> {
  // Where a word ends is a matter of taste, and in some languages nobody says.
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

/** FNV-1a over the letters. */
function hashOf(text: string, salt: number): number {
  let hash = (0x811c9dc5 ^ salt) | 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Another order of the same numbers for each salt: the end of murmur3. */
function mixed(value: number, salt: number): number {
  let hash = (value ^ Math.imul(salt, 0x9e3779b9)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
