import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { refusal } from "../deterministic/refusal.ts";
import { refusalIn } from "./refusal-phrases.ts";

interface Labelled {
  readonly language: string;
  readonly refused: boolean;
  /** `held out`: written after the phrases, which were not changed for it. */
  readonly half: "tuned" | "held out";
  readonly text: string;
}

const TEXTS: readonly Labelled[] = readFileSync(
  new URL("../../../fixtures/refusals/texts.jsonl", import.meta.url),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));

const isFound = ({ text }: Labelled): boolean =>
  refusalIn({ output: text, refusal: null, finish_reason: null }) !== undefined;

function measure(texts: readonly Labelled[]) {
  const found = texts.filter(isFound);
  const right = found.filter((one) => one.refused).length;
  const all = texts.filter((one) => one.refused).length;
  return { precision: right / found.length, recall: right / all, texts: texts.length };
}

it("has texts of both kinds in nine languages, each once", () => {
  expect(new Set(TEXTS.map(({ language }) => language)).size).toBe(9);
  expect(new Set(TEXTS.map(({ text }) => text)).size).toBe(TEXTS.length);
  for (const language of new Set(TEXTS.map((one) => one.language)))
    for (const refused of [true, false])
      expect(
        TEXTS.filter((one) => one.language === language && one.refused === refused).length,
      ).toBeGreaterThan(5);
});

it("finds refusals with the precision and recall that the documentation states", () => {
  const all = measure(TEXTS);
  const held = measure(TEXTS.filter(({ half }) => half === "held out"));
  const figures = [all, held].map((one) => [one.precision.toFixed(2), one.recall.toFixed(2)]);
  expect(refusal.about).toContain(
    `On ${all.texts} labelled texts in nine languages (fixtures/refusals/texts.jsonl), precision is ${figures[0]?.join(" and recall ")}; on the ${held.texts} of them that were written after the phrases, ${figures[1]?.join(" and ")} (npx vitest run src/scorers/frame/refusal-texts.test.ts).`,
  );
});
