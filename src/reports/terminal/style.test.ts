import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { lengthOf, NARROW } from "./style.ts";

describe("columns of a text", () => {
  it("counts one column for each narrow letter, alone, in pairs and in colour", () => {
    const narrow = Array.from({ length: 0xffff }, (_, code) => String.fromCharCode(code)).filter((letter) =>
      NARROW.test(letter),
    );
    expect(narrow.length).toBeGreaterThan(800);
    const wrong = narrow.filter(
      (letter) => stringWidth(letter) !== 1 || stringWidth(`${letter}${letter}●`) !== 3,
    );
    expect(wrong).toEqual([]);
    for (const letter of narrow) expect(lengthOf(`\u001b[31m${letter}\u001b[39m`)).toBe(1);
  });

  it("counts wide, joined and invisible characters correctly", () => {
    for (const text of [
      "退款",
      "👨‍👩‍👧",
      "e\u0301",
      "a\u200bb",
      "\u001b]8;;https://a\u0007b\u001b]8;;\u0007",
      "한글",
    ])
      expect(lengthOf(text)).toBe(stringWidth(text));
    expect(lengthOf("退款")).toBe(4);
    expect(lengthOf("👨‍👩‍👧")).toBe(2);
  });
});
