import { mainText, replaceAt } from "../input-text.ts";
import type { PressureKindDefinition } from "../pressure-kind.ts";
import { drawnOrder, givesAway } from "../right-answer.ts";

/** Irrelevant sentences. None of them asks, requests or states anything that a case could be about. */
const BESIDE_THE_POINT = [
  "I am writing this on the train, so please excuse my spelling.",
  "It has been raining here since the morning.",
  "My neighbour said hello, by the way.",
  "I hope that you had a good weekend.",
  "The coffee machine in our office is broken again.",
  "My daughter starts school next week, and we are all excited.",
  "Sorry for the long silence, we were on holiday.",
  "A colleague recommended that I should write.",
  "I am in no hurry with this.",
  "The garden looks lovely at this time of the year.",
];

/**
 * Tests whether the target still finds the question among irrelevant text: one sentence is added before it and one
 * after it.
 */
export const distractors: PressureKindDefinition = {
  kind: "distractors",
  version: 1,
  make: ({ golden, settings, random, right }) => {
    const found = mainText(golden.input, settings.at);
    if (found === undefined) return null;
    const safe = drawnOrder(BESIDE_THE_POINT.length, random)
      .flatMap((at) => BESIDE_THE_POINT[at] ?? [])
      .filter((one) => !givesAway(one, right));
    const [before, behind] = safe;
    if (before === undefined || behind === undefined) return null;
    const text = `${before}\n\n${found.text}\n\n${behind}`;
    return { input: replaceAt(golden.input, found.path, text) };
  },
};
