import { describe, expect, it } from "vitest";
import { redactor, secretRemover } from "./redact.ts";

describe("redactor", () => {
  const redact = redactor(["hunter2hunter2", "x", undefined]);

  it.each([
    ["the key hunter2hunter2 is wrong", "the key [redacted] is wrong"],
    ["Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"],
    ["Incorrect API key provided: sk-proj-abcd1234***9876", "Incorrect API key provided: [redacted]"],
    ["a text without any, not even x", "a text without any, not even x"],
  ])("turns %j into %j", (text, clean) => {
    expect(redact(text)).toBe(clean);
  });
});

describe("secretRemover", () => {
  it("leaves an answer's own words alone", () => {
    expect(secretRemover(["hunter2hunter2"])("use Bearer tokens, sk-12345678, hunter2hunter2")).toBe(
      "use Bearer tokens, sk-12345678, [redacted]",
    );
  });

  it("removes the whole of a key that begins with another key", () => {
    expect(secretRemover(["abcdef", "abcdefgh"])("abcdefgh")).toBe("[redacted]");
  });
});
