import { describe, expect, it } from "vitest";
import { didYouMean } from "./did-you-mean.ts";

describe("didYouMean", () => {
  it("names the nearest, or nothing", () => {
    expect(didYouMean("refnud", ["refund", "other"])).toBe(' Did you mean "refund"?');
    expect(didYouMean("refund", ["zebra"])).toBe("");
  });

  it.each([
    ["cafe\u0301", "caf\u00e9", "They look alike and differ in their Unicode normal form: U+0301"],
    ["a\u200b", "a", "They look alike: what was written has U+200B (zero width space)."],
    ["a", "a\u200b", "They look alike: the suggestion has U+200B (zero width space)."],
    ["\u0430b", "ab", "what was written has U+0430 (a Cyrillic letter)"],
    ["a ", "a", "They look alike and differ in blanks or line ends."],
  ])("reports how %j differs from %j, which looks the same", (word, known, explanation) => {
    expect(didYouMean(word, ["b", known, "abc"])).toMatch(new RegExp(`^ Did you mean "${known}"\\? `));
    expect(didYouMean(word, ["b", known, "abc"])).toContain(explanation);
  });
});
