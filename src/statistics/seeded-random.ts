import { requireCount } from "./argument-checks.ts";
import { numberAt } from "./number-at.ts";

/** Returns the next number in [0, 1) of a fixed sequence. */
export type RandomSource = () => number;

/**
 * A reproducible source of uniform numbers: sfc32 (C. Doty-Humphrey, PractRand), 32 bits per number, not for secrets.
 * The same seed gives the same sequence on every machine and version.
 *
 * @param seed any text; every character matters
 */
export function seededRandom(seed: string): RandomSource {
  let [a, b, c, counter] = seedWords(seed);
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

/** Four 32-bit words: FNV-1a hashes of the seed with different offsets, finalized as in murmur3. */
function seedWords(seed: string): [number, number, number, number] {
  const word = (salt: number): number => {
    let hash = (0x811c9dc5 ^ salt) | 0;
    for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  };
  return [word(0x9e3779b9), word(0x243f6a88), word(0xb7e15162), word(1)];
}

/**
 * The numbers 0 … size - 1 in random order (Fisher–Yates). The first n of them are a simple random sample, for any n.
 *
 * @param size an integer of at least 0
 * @param seed any text; the same seed gives the same order
 * @throws {RangeError} if `size` is not a count
 */
export function seededOrder(size: number, seed: string): Int32Array {
  requireCount("size", size);
  const random = seededRandom(seed);
  const order = Int32Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = numberAt(order, i);
    order[i] = numberAt(order, j);
    order[j] = kept;
  }
  return order;
}
