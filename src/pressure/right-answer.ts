import { ExactNumber } from "../domain/exact-number.ts";
import type { Json } from "../domain/json.ts";
import { type RandomSource, seededOrder } from "../statistics/seeded-random.ts";

/** What must not be given away to whoever is put under pressure. */
export interface RightAnswer {
  /** Every text, number and truth value in it. */
  readonly texts: readonly string[];
}

/** @param values what is expected, and what the scorers look for by themselves */
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

/** So short a text is found inside of other words by chance: it counts only as a word of its own, or as it is written. */
const SHORT = 3;

/** Whether a text says any part of the right answer. */
export function givesAway(text: string, { texts }: RightAnswer): boolean {
  const small = text.toLowerCase();
  return texts.some((one) => {
    if (text.includes(one)) return true;
    const word = one.toLowerCase();
    return word.length > SHORT ? small.includes(word) : wordsOf(small).includes(word);
  });
}

const wordsOf = (text: string): readonly string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/** One of several texts that gives nothing away, drawn; undefined where each of them does. */
export function drawText(
  texts: readonly string[],
  random: RandomSource,
  right: RightAnswer,
): string | undefined {
  const safe = texts.filter((one) => !givesAway(one, right));
  return drawn(safe, random);
}

/** One of them; undefined of none. */
export function drawn<T>(list: readonly T[], random: RandomSource): T | undefined {
  return list[Math.floor(random() * list.length)];
}

/** The numbers below `size` in an order that the source draws. */
export function drawnOrder(size: number, random: RandomSource): readonly number[] {
  return [...seededOrder(size, String(random()))];
}

/** A value that fits into a sentence; undefined for another. */
export function shortText(value: Json | undefined): string | undefined {
  if (typeof value === "number") return String(value);
  if ((value as unknown) instanceof ExactNumber) return (value as unknown as ExactNumber).canonical;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" || text.length > 60 || text.includes("\n") ? undefined : text;
}
