import { canonicalJson } from "../../domain/json.ts";
import type { RandomSource } from "../../statistics/seeded-random.ts";
import { mainList, mainText, replaceAt } from "../input-text.ts";
import type { PressureKindDefinition } from "../pressure-kind.ts";
import { drawnOrder } from "../right-answer.ts";

/** A line of a list in a text, with its marker: `- red`, `B) Paris`, `3. the third`. */
const LIST_LINE = /^\s*(?:[-*•]|\(?(?:\d{1,2}|[A-Za-z])[.)])\s+\S/;

/**
 * Tests whether the answer depends on the order of a list in the input, on the order of list lines in a text, or on
 * whether a text's questions come before or after its statements.
 */
export const order: PressureKindDefinition = {
  kind: "order",
  version: 1,
  make: ({ golden, settings, random }) => {
    const list = mainList(golden.input, settings.at);
    const items = list === undefined ? null : shuffled(list.items, random);
    if (list !== undefined && items !== null) return { input: replaceAt(golden.input, list.path, items) };
    const found = mainText(golden.input, settings.at);
    if (found === undefined) return null;
    const text = reordered(found.text, random);
    return text === null ? null : { input: replaceAt(golden.input, found.path, text) };
  },
};

/** A different order of the items; null when all orders look the same. */
function shuffled<T>(items: readonly T[], random: RandomSource): readonly T[] | null {
  const before = canonicalJson(items);
  for (let tried = 0; tried < 8; tried++) {
    const other = drawnOrder(items.length, random).map((at) => items[at] as T);
    if (canonicalJson(other) !== before) return other;
  }
  const turned = [...items].reverse();
  return canonicalJson(turned) === before ? null : turned;
}

function reordered(text: string, random: RandomSource): string | null {
  const lines = text.split("\n");
  const indexes = lines.flatMap((line, at) => (LIST_LINE.test(line) ? [at] : []));
  if (indexes.length > 1) {
    const other = shuffled(
      indexes.map((at) => lines[at] ?? ""),
      random,
    );
    if (other === null) return null;
    for (const [at, index] of indexes.entries()) lines[index] = other[at] ?? "";
    return lines.join("\n");
  }
  return questionMoved(text);
}

/** Moves the questions before the statements, or after them if a question came first; null for a text without both. */
function questionMoved(text: string): string | null {
  const sentences = text.match(/[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]*(?:\s+|$)/g)?.map((one) => one.trim());
  if (sentences === undefined || sentences.length < 2) return null;
  const isQuestion = (one: string): boolean => one.endsWith("?");
  const questions = sentences.filter(isQuestion);
  const statements = sentences.filter((one) => !isQuestion(one));
  if (questions.length === 0 || statements.length === 0) return null;
  const first = isQuestion(sentences[0] ?? "")
    ? [...statements, ...questions]
    : [...questions, ...statements];
  const other = first.join(" ");
  return other === text.trim() ? null : other;
}
