import { afterAll, describe, expect, it } from "vitest";
import { ScorerFailure } from "../domain/scorer.ts";
import { fakeInput, openScorer, removeRepositories } from "./testing/scorer-fakes.ts";
import { scriptedJudges } from "./testing/scripted-judges.ts";

afterAll(removeRepositories);

const SIZE = 400_000;
const ANSWERS: Record<string, string> = {
  "open brackets": "[".repeat(SIZE),
  "nested lists": "[".repeat(SIZE / 2) + "]".repeat(SIZE / 2),
  digits: "1".repeat(SIZE),
  "grouped digits": "1,111".repeat(SIZE / 5),
  signs: "-+".repeat(SIZE / 2),
  blanks: " \t".repeat(SIZE / 2),
  quotes: '"\\'.repeat(SIZE / 2),
  "letters a": "a".repeat(SIZE),
  emoji: "👩‍👩‍👧".repeat(SIZE / 8),
  "lone surrogates": "\ud83d".repeat(SIZE),
  "one list": `[${"1,".repeat(SIZE / 2)}1]`,
  "signs without words": "👎".repeat(SIZE / 2),
  "a script without blanks": "退款".repeat(SIZE / 2),
  citations: "[1][x-1](".repeat(SIZE / 9),
};

const SCORERS: { type: string; [option: string]: unknown }[] = [
  { type: "equals", value: "b", ignore_case: true, whitespace: "collapse", trim: true, normalize: "NFKC" },
  { type: "equals", value: { a: 1 } },
  { type: "regex", value: "(a+)+$|(\\s*)*x" },
  { type: "json-valid" },
  { type: "json-schema", schema: { type: "string", pattern: "^(a+)+$" } },
  { type: "json-schema", schema: { uniqueItems: true, items: { type: "string" } } },
  { type: "json-equals", value: [] },
  { type: "jsonpath", path: "$..a" },
  { type: "number", value: 1 },
  { type: "number", value: 1, decimal: "," },
  { type: "length", unit: "words", max: 5 },
  { type: "length", unit: "characters", max: 5 },
  { type: "length", unit: "sentences", max: 5 },
  { type: "levenshtein", value: "a short reference", threshold: 0.5 },
  { type: "rouge", value: "a short reference", threshold: 0.5 },
  { type: "chrf", value: "a short reference", threshold: 0.5 },
  { type: "not-refusal" },
  { type: "citations" },
];

describe("an answer made to stall or break a scorer", () => {
  it.each([
    ["levenshtein", "ab", "ba"],
    ["rouge", "a b ", "b a "],
  ])(
    "is a failure to score by %s where both texts are too long to be compared",
    async (type, mine, other) => {
      const scorer = await openScorer({ type, threshold: 0.5 });
      const score = async () => scorer.score(fakeInput(mine.repeat(SIZE), { expected: other.repeat(SIZE) }));
      await expect(score()).rejects.toThrow(/too long to be compared/);
    },
  );

  it.each(SCORERS)("is scored in time by $type", async (settings) => {
    const scorer = await openScorer(settings);
    for (const [name, answer] of Object.entries(ANSWERS)) {
      const score = await scorer.score(fakeInput(answer, { metadata: { context: ["a"] } }));
      expect(score.score, name).toBeGreaterThanOrEqual(0);
      expect(score.reason.length, name).toBeLessThanOrEqual(1000);
    }
  });

  it("is a failure to score when a service's reply is nested without end", async () => {
    const judges = scriptedJudges({}, () => `{"label": ${"[".repeat(50_000)}${"]".repeat(50_000)}}`);
    for (const label of ["$.label", "$"]) {
      const settings = { type: "classifier", model: "m", label, pass: ["kind"] };
      const scorer = await openScorer(settings, { judges });
      const failure = await Promise.resolve(scorer.score(fakeInput("a"))).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ScorerFailure);
    }
  });

  it("is a failure to score, not a verdict, when the operand cannot be used", async () => {
    const scorer = await openScorer({ type: "contains" });
    expect(() => scorer.score(fakeInput("a", { expected: {} }))).toThrow(ScorerFailure);
  });
});
