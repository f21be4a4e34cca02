import type { RandomSource } from "../../statistics/seeded-random.ts";
import { mainText, replaceAt } from "../input-text.ts";
import type { PressureKindDefinition } from "../pressure-kind.ts";
import { drawnOrder } from "../right-answer.ts";

/** One of every 8 words that match PLAIN_WORD is mistyped, and at least one word of a text. */
const EVERY = 8;

/** Matches words without digits or inner capitals that are not part of an address, path or template. */
const PLAIN_WORD = /(?<![\p{L}\p{N}_@/\\.:{"'`-])\p{L}?\p{Ll}{3,}(?![\p{L}\p{N}_@/\\:}"'`-]|\.\p{L})/gu;

/**
 * Tests whether the target understands a text with typing errors. Numbers, codes and words of the right answer are
 * not changed.
 */
export const typos: PressureKindDefinition = {
  kind: "typos",
  version: 1,
  make: ({ golden, settings, random, right }) => {
    const found = mainText(golden.input, settings.at);
    if (found === undefined) return null;
    const answer = right.texts.map((one) => one.toLowerCase());
    const words = [...found.text.matchAll(PLAIN_WORD)].filter(
      ([word]) => !answer.some((one) => one.includes(word.toLowerCase())),
    );
    const wanted = Math.max(1, Math.round(words.length / EVERY));
    const typed = new Map<number, { readonly end: number; readonly word: string }>();
    for (const at of drawnOrder(words.length, random)) {
      const match = words[at];
      const word = match === undefined ? undefined : mistyped(match[0], random);
      if (match === undefined || word === undefined) continue;
      typed.set(match.index, { end: match.index + match[0].length, word });
      if (typed.size === wanted) break;
    }
    if (typed.size === 0) return null;
    let text = "";
    let from = 0;
    for (const [start, { end, word }] of [...typed].sort(([a], [b]) => a - b)) {
      text += found.text.slice(from, start) + word;
      from = end;
    }
    return { input: replaceAt(golden.input, found.path, text + found.text.slice(from)) };
  },
};

/** Swaps, drops or doubles a letter; the first and last letters are kept. Undefined when nothing would change. */
function mistyped(word: string, random: RandomSource): string | undefined {
  const letters = [...word];
  const inner = letters.length - 2;
  const at = 1 + Math.floor(random() * inner);
  const way = Math.floor(random() * 3);
  const next = letters[at + 1];
  if (way === 0 && at < inner && next !== undefined && next !== letters[at])
    letters.splice(at, 2, next, letters[at] ?? "");
  else if (way === 1 && letters[at] !== letters[at - 1]) letters.splice(at, 1);
  else letters.splice(at, 0, letters[at] ?? "");
  const text = letters.join("");
  return text === word ? undefined : text;
}
