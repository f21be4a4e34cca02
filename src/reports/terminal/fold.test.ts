import { describe, expect, it } from "vitest";
import { fold, foldAnswer } from "./fold.ts";
import { columns, lengthOf } from "./style.ts";

describe("what a terminal shows", () => {
  it.each([
    ["abc", 3],
    ["\u001b[31mred\u001b[0m", 3],
    ["退款", 4],
    ["👩‍💻", 2],
    ["é", 1],
    ["e\u0301", 1],
  ])("%j takes %i columns", (text, width) => {
    expect(lengthOf(text)).toBe(width);
  });

  it("is aligned in columns, whatever alphabet it is written in", () => {
    const lines = columns([
      ["退款-01", "passed"],
      ["refund", "failed"],
    ]);
    expect(lines).toEqual(["退款-01   passed", "refund    failed"]);
  });
});

describe("fold", () => {
  it("breaks between words, and indents the next lines further", () => {
    expect(fold("  one two three", 10)).toEqual(["  one two", "    three"]);
    expect(fold("  one two three", 10, 0)).toEqual(["  one two", "  three"]);
  });

  it("never breaks within a word", () => {
    expect(fold("a https://example.com/long b", 10)).toEqual(["a", "  https://example.com/long", "  b"]);
  });

  it("counts columns, not letters", () => {
    expect(fold("退款 退款 退款", 10)).toEqual(["退款 退款", "  退款"]);
  });
});

describe("foldAnswer", () => {
  it("breaks a word that is longer than a line", () => {
    expect(foldAnswer(`  ${"x".repeat(10)}`, 8, 5)).toEqual(["  xxxxxx", "  xxxx"]);
  });

  it("ends with … when the text is longer than the lines", () => {
    const lines = foldAnswer("  one two three four five six", 12, 2);
    expect(lines).toEqual(["  one two", "  three …"]);
  });

  it("keeps wide letters within the width, and reads only the start of a long answer", () => {
    const lines = foldAnswer(`    ${"退款".repeat(200_000)}`, 40, 3);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(lengthOf(line)).toBeLessThanOrEqual(40);
    expect(lines.at(-1)).toMatch(/ …$/);
  });
});
