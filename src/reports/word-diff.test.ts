import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerDiff } from "./terminal/answer-diff.ts";
import { lengthOf, styleFor } from "./terminal/style.ts";
import { type DiffPart, wordDiff } from "./word-diff.ts";

const marked = (parts: readonly DiffPart[] | null): string | null =>
  parts
    ?.map(({ kind, text }) => (kind === "same" ? text : kind === "gone" ? `[-${text}-]` : `{+${text}+}`))
    .join("") ?? null;

describe("the difference of two answers", () => {
  it.each([
    ["one word", '{"queue": "billing"}', '{"queue": "payments"}', '{"queue": "[-billing-]{+payments+}"}'],
    ["nothing", "a b c", "a b c", "a b c"],
    [
      "words in a row as one change",
      "we are sorry for this",
      "we feel bad for this",
      "we [-are sorry-]{+feel bad+} for this",
    ],
    ["what was added", "Sure.", "Sure. Anything else?", "Sure.{+ Anything else?+}"],
    ["what was left out", "a b c d", "a d", "a [-b c -]d"],
    ["texts with nothing in common", "yes of course", "nein danke", null],
    ["empty sides", "", "", ""],
    ["an empty answer", "hello", "", null],
  ] as const)("shows %s", (_what, before, after, expected) => {
    expect(marked(wordDiff(before, after))).toBe(expected);
  });

  it("gives back both texts", () => {
    const text = fc.array(fc.constantFrom("a", "b", " ", "word", "é", "😀", ","), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (one, two) => {
        const [before, after] = [one.join(""), two.join("")];
        const parts = wordDiff(before, after);
        if (parts === null) return;
        const side = (not: string) =>
          parts.flatMap((part) => (part.kind === not ? [] : [part.text])).join("");
        expect(side("come")).toBe(before);
        expect(side("gone")).toBe(after);
      }),
    );
  });

  it("does not compare two long texts word by word for ever", () => {
    const long = (word: string) => Array.from({ length: 20_000 }, (_, i) => `${word}${i % 7}`).join(" ");
    expect(wordDiff(`same ${long("a")}`, `same ${long("b")}`)).toBeNull();
    expect(wordDiff(`${"same ".repeat(9000)}x`, `${"same ".repeat(9000)}y`)).toHaveLength(3);
  });
});

describe("the difference on a terminal", () => {
  const options = { style: styleFor(false), width: 80, most: 4 };

  it("keeps to the width and the lines, and leaves long common stretches out", () => {
    const same = "the quick brown fox jumps over the lazy dog ".repeat(8);
    const lines = answerDiff(`${same}yes ${same}`, `${same}no ${same}`, options);
    expect(lines.join("\n")).toBe(
      "    … quick brown fox jumps over the lazy dog [-yes-]{+no+} the quick brown fox\n    jumps over the lazy …",
    );
    for (const line of answerDiff("x".repeat(500), "y".repeat(900), options))
      expect(lengthOf(line)).toBeLessThanOrEqual(80);
    expect(answerDiff("x ".repeat(500), "y ".repeat(900), options)).toHaveLength(4);
  });

  it("shows texts with little in common one below the other, harmless", () => {
    expect(answerDiff("yes\nof course", "\u001b[31mnein", options)).toEqual([
      "    was  yes⏎of course",
      "    now  �[31mnein",
    ]);
    expect(answerDiff("same", "same", options)).toEqual(["    the same answer: same"]);
  });

  it("colours what the marks say already", () => {
    const [line = ""] = answerDiff("a b c", "a x c", { ...options, style: styleFor(true) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is written with control characters
    expect(line.replace(/\u001b\[[0-9;]*m/g, "")).toBe("    a [-b-]{+x+} c");
    expect(line).toContain("\u001b[");
  });
});
