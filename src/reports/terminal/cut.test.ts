import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, cutName, shortened } from "./cut.ts";
import { lengthOf } from "./style.ts";

const letters = fc.string({
  unit: fc.constantFrom("a", "Ж", "日", "é", "e\u0301", "😀", " ", "…"),
  maxLength: 60,
});

describe.each([
  ["cut", cut],
  ["shortened", shortened],
  ["cutName", cutName],
])("%s", (_, short) => {
  it("keeps what fits, and else takes at most as many columns as the terminal has", () => {
    fc.assert(
      fc.property(letters, fc.integer({ min: 2, max: 40 }), (text, width) => {
        const shown = short(text, width);
        if (lengthOf(text) <= width) expect(shown).toBe(text);
        else {
          expect(shown).toContain("…");
          expect(lengthOf(shown)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  it("measures a text of any length only as far as it is shown", () => {
    expect(lengthOf(short("日本語 ".repeat(200_000), 80))).toBeLessThanOrEqual(80);
  });
});

it.each([
  ["日本語のタグ", 12, "日本語のタグ"],
  ["日本語のタグ", 9, "日本…タグ"],
  ["login-attempt-21", 9, "logi…t-21"],
])("cutName shows both ends of %s in %d columns", (name, width, shown) => {
  expect(cutName(name, width)).toBe(shown);
});
