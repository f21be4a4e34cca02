import { afterAll, describe, expect, it } from "vitest";
import type { Json } from "../domain/json.ts";
import { ScorerFailure } from "../domain/scorer.ts";
import { scorers } from "./registry.ts";
import { fakeInput, openScorer, removeRepositories } from "./testing/scorer-fakes.ts";

afterAll(removeRepositories);

/** Settings that a type needs in addition to its operand. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  jsonpath: { path: "$", against: "expected" },
};
/** Types for which a model or a program compares. */
const OTHERS_COMPARE = new Set([
  "judge",
  "embedding-similarity",
  "classifier",
  "moderation",
  "module",
  "command",
]);

/** The types that compare an answer with an operand, and want the two to agree. */
const COMPARING: string[] = [];
/** Types whose operand is a list. */
const LISTS = new Set(["one-of", "contains-all", "contains-any", "citations"]);
for (const name of scorers.names) {
  if (OTHERS_COMPARE.has(name)) continue;
  const definition = await scorers.load(name);
  // Types without `select` read something other than the answer, and have their own tests.
  if (definition?.operand === "none" || !("select" in (definition?.settings.shape ?? {}))) continue;
  // The negated types pass where the others miss.
  if (!name.startsWith("not-")) COMPARING.push(name);
}

async function passes(type: string, expected: Json, answer: string): Promise<boolean | "refused"> {
  const definition = await scorers.load(type);
  const scorer = await openScorer({
    type,
    ...SETTINGS[type],
    ...(definition?.grades === "graded" ? { threshold: 1 } : {}),
  });
  const operand = LISTS.has(type) && !Array.isArray(expected) ? [expected] : expected;
  const input = fakeInput(answer, { expected: operand, metadata: { context: ["a source"] } });
  try {
    return (await scorer.score(input)).pass;
  } catch (error) {
    if (error instanceof ScorerFailure) return "refused";
    throw error;
  }
}

const UNLIKE: readonly (readonly [string, Json, string])[] = [
  ["an id beyond 2^53 and its neighbour", "12345678901234567890", "12345678901234567891"],
  ["an id and what a double makes of it", "9007199254740993", "9007199254740992"],
  ["neighbours below 2^53", 4111111111111111, "4111111111111114"],
  ["the largest whole numbers that a double holds", 9007199254740991, "9007199254740990"],
  ["a number and one that overflows", 42, "1e999"],
  ["a number and minus infinity", 42, "-1e400"],
  ["the largest double and one that overflows", Number.MAX_VALUE, "1e309"],
  ["a number and a very long one", 7, "8".repeat(5000)],
];

describe.each(COMPARING)("%s", (type) => {
  it.each(UNLIKE)("tells %s apart", async (_, expected, answer) => {
    expect(await passes(type, expected, answer)).not.toBe(true);
  });
});

describe("a value inside of JSON", () => {
  const inJson = ["equals", "json-equals", "jsonpath"];

  it.each(inJson)("is compared to the last digit by %s", async (type) => {
    const passesIn = (expected: Json, answer: string) =>
      passes(type, { order: expected }, `{"order": ${answer}}`);
    for (const [name, expected, answer] of UNLIKE.filter(([, expected]) => typeof expected === "number")) {
      if (/^[-\de]+$/.test(answer)) expect(await passesIn(expected, answer), name).toBe(false);
    }
    expect(await passesIn(4111111111111111, "4111111111111111")).toBe(true);
    expect(await passesIn("12345678901234567890", "12345678901234567890")).toBe(true);
    expect(await passesIn("12345678901234567890", "12345678901234567891")).toBe(false);
    expect(await passesIn(12345678901234567000, "12345678901234567890")).toBe(false);
    expect(await passesIn("42", "42")).toBe(false);
  });

  it.each([
    [{ const: 12345678901234567000 }, "12345678901234567890", false],
    [{ enum: [12345678901234567000] }, "12345678901234567890", false],
    [{ uniqueItems: true }, "[12345678901234567890, 12345678901234567891]", true],
    [{ uniqueItems: true }, "[[12345678901234567890], [12345678901234567890]]", false],
    [{ maximum: 9007199254740992 }, "9007199254740993", false],
    [{ properties: { a: { type: "integer", multipleOf: 10 } } }, '{"a": 12345678901234567891}', false],
    [{ properties: { a: { type: "integer", multipleOf: 10 } } }, '{"a": 12345678901234567890}', true],
  ])("is checked against %j exactly: %s", async (schema, answer, pass) => {
    const scorer = await openScorer({ type: "json-schema", schema });
    expect((await scorer.score(fakeInput(answer))).pass).toBe(pass);
  });

  it.each(["$.order", "$..order", "$[?@ > 0]"])("is selected by %s as it is written", async (json) => {
    const answer = '{"order": 12345678901234567890}';
    const scorer = await openScorer({ type: "contains", value: "12345678901234567890", select: { json } });
    const found = (await scorer.score(fakeInput(answer))).pass;
    expect(found).toBe(json !== "$[?@ > 0]");
  });

  it("is distinguished from another in a filter", async () => {
    const answer = '{"own": 12345678901234567890, "all": [{"id": 12345678901234567891}]}';
    const scorer = await openScorer({ type: "jsonpath", path: "$.all[?@.id == $.own]" });
    expect((await scorer.score(fakeInput(answer))).pass).toBe(false);
  });
});

describe("a tolerance", () => {
  it.each([
    [{ type: "number", value: 1.1, abs: 0.1 }, "1.2", true],
    [{ type: "number", value: 1.1, abs: 0.1 }, "1.2001", false],
    [{ type: "number", value: 19.99, rel: 0.01 }, "20.1899", true],
    [{ type: "number", value: 19.99, rel: 0.01 }, "20.18991", false],
    [{ type: "number", value: 0.3 }, "0.30000000000000004", true],
    [{ type: "number", value: 1234567890123456 }, "1234567890123456.5", false],
    [{ type: "equals", value: 4.35, tolerance: 0.01 }, "4.36", true],
    [{ type: "equals", value: 4.35, tolerance: 0.01 }, "4.361", false],
    [{ type: "json-equals", value: [0.07], tolerance: 0.01 }, "[0.08]", true],
    [{ type: "json-equals", value: [0.07], tolerance: 0.01 }, "[1e999]", false],
    [{ type: "json-equals", value: [4111111111111111], tolerance: 1 }, "[4111111111111113]", false],
  ])("is reached in decimals: %j, %s", async (settings, answer, pass) => {
    const scorer = await openScorer(settings);
    expect((await scorer.score(fakeInput(answer))).pass).toBe(pass);
  });

  it.each(["number", "equals", "one-of", "json-equals", "jsonpath"])(
    "of infinity is refused by %s",
    async (type) => {
      const option = type === "number" ? "rel" : "tolerance";
      const settings = {
        type,
        ...SETTINGS[type],
        value: type === "one-of" ? [1] : 1,
        [option]: Number.POSITIVE_INFINITY,
      };
      await expect(openScorer(settings)).rejects.toThrow();
    },
  );
});

describe("a cell of a CSV file, which is text", () => {
  it.each([
    ["json-equals", '{"a": 1}', '{"a":1.0}', true],
    ["json-equals", '{"a": 1}', '{"a":2}', false],
    ["json-equals", "42", "42", true],
    ["json-equals", "[1, 2]", "[1,2]", true],
    ["jsonpath", '{"a": 1}', '{"a":1}', true],
    ["jsonpath", "42", "42.0", true],
    ["number", " 42 ", "42", true],
    ["equals", "true", "true", true],
    ["one-of", '["a", "b"]', "b", true],
    ["contains-all", '["a", "b"]', "b a", true],
    ["contains-any", '["a", "b"]', "b", true],
    ["contains", "[1]", "see [1]", true],
  ])("is read by %s: %s", async (type, cell, answer, pass) => {
    const scorer = await openScorer({ type, ...SETTINGS[type] });
    expect((await scorer.score(fakeInput(answer, { expected: cell }))).pass).toBe(pass);
  });
});
