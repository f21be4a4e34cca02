import { afterAll, describe, expect, it } from "vitest";
import type { Json } from "../domain/json.ts";
import { fakeInput, openScorer, removeRepositories } from "./testing/scorer-fakes.ts";

afterAll(removeRepositories);

/** The scorers that show an expected and an actual text: each makes its settings and an answer from two texts. */
const SHOWING: Readonly<Record<string, (wanted: string, got: string) => [settings: object, answer: string]>> =
  {
    equals: (wanted, got) => [{ value: wanted }, got],
    "one-of": (wanted, got) => [{ value: ["other", wanted] }, got],
    "json-equals": (wanted, got) => [{ value: { a: [wanted] } }, JSON.stringify({ a: [got] })],
    jsonpath: (wanted, got) => [{ path: "$.a", value: wanted }, JSON.stringify({ a: got })],
    contains: (wanted, got) => [{ value: wanted }, `It is ${got}`],
    "contains-all": (wanted, got) => [{ value: [wanted] }, `It is ${got}`],
    "contains-any": (wanted, got) => [{ value: [wanted, "other"] }, `It is ${got}`],
    "starts-with": (wanted, got) => [{ value: wanted }, `${got} it is`],
    "ends-with": (wanted, got) => [{ value: wanted }, `It is ${got}`],
  };

const PAIRS: readonly (readonly [wanted: string, got: string, pattern: RegExp])[] = [
  ["New York", "New\u00a0York", /U\+00A0 \(no-break space\)/],
  ["New York", "New Yo\u200brk", /U\+200B \(zero width space\)/],
  ["New\u00adYork", "NewYork", /what was expected has U\+00AD \(soft hyphen\)/],
  ["zürich", "zu\u0308rich", /normal form.*U\+0308/],
  ["zu\u0308rich", "zürich", /normal form.*U\+0308/],
  ["cop", "\u0441op", /U\+0441 \(a Cyrillic letter\)/],
  ["MAX", "\u039cAX", /U\+039C \(a Greek letter\)/],
  ["it's", "it\u2019s", /U\+2019 \(right single quotation mark\)/],
  ["a-b", "a\u2011b", /U\+2011 \(non-breaking hyphen\)/],
  ["a\nb", "a\r\nb", /U\+000D \(carriage return\)/],
];

describe.each(Object.entries(SHOWING))("a miss of %s", (type, make) => {
  it.each(PAIRS)("names the invisible difference between %j and %j", async (wanted, got, pattern) => {
    const [settings, answer] = make(wanted, got);
    const score = await (await openScorer({ type, ...settings })).score(fakeInput(answer));
    expect(score.pass).toBe(false);
    expect(score.reason).toMatch(pattern);
  });

  it("adds nothing when the texts look different", async () => {
    const [settings, answer] = make("Paris", "Rome");
    const score = await (await openScorer({ type, ...settings })).score(fakeInput(answer));
    expect(score.reason).not.toContain("look alike");
  });
});

it("names blanks at an end, and a key that looks like another", async () => {
  const reason = async (settings: { type: string; value: Json }, answer: string) =>
    (await (await openScorer(settings)).score(fakeInput(answer))).reason;
  expect(await reason({ type: "equals", value: "Paris" }, "Paris  ")).toContain(
    "differ in blanks or line ends",
  );
  expect(await reason({ type: "json-equals", value: { id: 1 } }, '{"i\u200bd": 1}')).toContain("U+200B");
});
