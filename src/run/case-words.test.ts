import { describe, expect, it } from "vitest";
import { caseMatcher, textMatcher } from "./case-words.ts";

describe("the words of --case", () => {
  it.each([
    ["refund-07", "refund-07", true],
    ["refund-07", "refund-070", false],
    ["refund-*", "refund-07", true],
    ["refund-*", "refund-", true],
    ["refund-*", "no-refund-07", false],
    ["*/late", "shipping/eu/late", true],
    ["*", "two\nlines", true],
    ["case-?", "case-7", true],
    ["case-?", "case-17", false],
    ["case-?", "case-😀", true],
    ["case-[1-3]", "case-2", true],
    ["case-[!1-3]", "case-2", false],
    ["case-[!1-3]", "case-9", true],
    ["{refund,angry}-*", "angry-02", true],
    ["{refund,angry}-*", "calm-02", false],
    ["{refund*,angry}", "refund-9", true],
    ["a.b", "axb", false],
    ["a+(b)", "a+(b)", true],
    ["c[", "c[", true],
    ["c[1]", "c[1]", true],
    ["what?", "what?", true],
    ["{", "{", true],
    ["a[\\]*", "a\\x", true],
  ])("%j matches %j: %s", (word, id, means) => {
    expect(caseMatcher([word])(id)).toBe(means);
  });

  it("match a case when any of them does", () => {
    const matches = caseMatcher(["a", "b-*"]);
    expect(["a", "b-1", "c"].map(matches)).toEqual([true, true, false]);
  });
});

describe("the words of -t", () => {
  const golden = {
    input: { message: "My parcel is LATE", order: 4711, tags: ["Zürich"] },
    expected: { queue: "shipping" },
  };
  it.each([
    ["late", true],
    ["late parcel", true],
    ["parcel shipping", true],
    ["4711", true],
    ["zürich", true],
    ["queue", false],
    ["late refund", false],
    ["  late  ", true],
  ])("%j: %s", (words, found) => {
    expect(textMatcher(words)(golden)).toBe(found);
  });

  it("are also found in a case without an expected value", () => {
    expect(textMatcher("hello")({ input: "Hello there" })).toBe(true);
  });
});
