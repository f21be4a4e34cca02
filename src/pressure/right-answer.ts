import { ExactNumber } from "../domain/exact-number.ts";
import type { Json } from "../domain/json.ts";
import { type RandomSource, seededOrder } from "../statistics/seeded-random.ts";

/** The right answer, which a variant must not reveal. */
export interface RightAnswer {
  /** Every text, number and boolean in the right answer, as text. */
  readonly texts: readonly string[];
}

/** @param values the expected value, and the texts that the scorers look for in every case */
export function rightAnswer(values: readonly unknown[]): RightAnswer {
  const texts = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === "string") texts.add(value.trim());
    else if (typeof value === "number" || typeof value === "boolean") texts.add(String(value));
    else if (value instanceof ExactNumber) texts.add(value.canonical);
    else if (value !== null && typeof value === "object") for (const one of Object.values(value)) add(one);
  };
  for (const value of values) add(value);
  texts.delete("");
  return { texts: [...texts] };
}

/**
 * Maximum length, in characters, of a right answer that often occurs inside other words by chance. With different
 * capitals, such an answer is found only as a whole word.
 */
const SHORT = 3;

/** Whether a text contains any part of the right answer. */
export function givesAway(text: string, { texts }: RightAnswer): boolean {
  const small = text.toLowerCase();
  return texts.some((one) => {
    if (text.includes(one)) return true;
    const word = one.toLowerCase();
    return word.length > SHORT ? small.includes(word) : wordsOf(small).includes(word);
  });
}

const wordsOf = (text: string): readonly string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/** One of the texts that do not reveal the right answer, chosen at random; undefined when all texts reveal it. */
export function drawText(
  texts: readonly string[],
  random: RandomSource,
  right: RightAnswer,
): string | undefined {
  const safe = texts.filter((one) => !givesAway(one, right));
  return drawn(safe, random);
}

/** A random item; undefined for an empty list. */
export function drawn<T>(list: readonly T[], random: RandomSource): T | undefined {
  return list[Math.floor(random() * list.length)];
}

/** The numbers from 0 to `size` − 1 in random order. */
export function drawnOrder(size: number, random: RandomSource): readonly number[] {
  return [...seededOrder(size, String(random()))];
}

/** A value as text if it fits into a sentence; else undefined. */
export function shortText(value: Json | undefined): string | undefined {
  if (typeof value === "number") return String(value);
  if ((value as unknown) instanceof ExactNumber) return (value as unknown as ExactNumber).canonical;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text.length > 60 || text.includes("\n") ? undefined : text;
}
