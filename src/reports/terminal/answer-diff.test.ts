import { describe, expect, it } from "vitest";
import { answerDiff } from "./answer-diff.ts";
import { lengthOf, styleFor } from "./style.ts";

describe("the difference on a terminal", () => {
  const options = { style: styleFor(false), width: 80, limit: 4 };

  it.each([
    ["one word", '{"queue": "billing"}', '{"queue": "payments"}', ['{"queue": "[-billing-]{+payments+}"}']],
    ["what was added", "Sure.", "Sure. Anything else?", ["Sure.{+ Anything else?+}"]],
    ["an answer that is gone", "hello", "", ["[-hello-]"]],
    [
      "texts with nothing in common",
      "yes of course",
      "nein danke",
      ["was  yes of course", "now  nein danke"],
    ],
  ])("shows %s", (_what, before, after, expected) => {
    expect(answerDiff(before, after, options)).toEqual(expected.map((line) => `    ${line}`));
  });

  it("compares two long texts in a limited time", () => {
    const long = (word: string) => Array.from({ length: 20_000 }, (_, i) => `${word}${i % 7}`).join(" ");
    expect(answerDiff(`same ${long("a")}`, `same ${long("b")}`, options)).toHaveLength(4);
  });

  it("keeps to the maximum width and lines, and leaves out long common parts", () => {
    const same = "the quick brown fox jumps over the lazy dog ".repeat(8);
    const lines = answerDiff(`${same}yes ${same}`, `${same}no ${same}`, options);
    expect(lines.join("\n")).toBe(
      "    … quick brown fox jumps over the lazy dog [-yes-]{+no+} the quick brown fox\n    jumps over the lazy …",
    );
    for (const line of answerDiff("x".repeat(500), "y".repeat(900), options))
      expect(lengthOf(line)).toBeLessThanOrEqual(80);
    expect(answerDiff("x ".repeat(500), "y ".repeat(900), options)).toHaveLength(4);
  });

  it("shows texts with little in common one below the other, without control characters", () => {
    expect(answerDiff("yes\nof course", "\u001b[31mnein", options)).toEqual([
      "    was  yes⏎of course",
      "    now  �[31mnein",
    ]);
    expect(answerDiff("same", "same", options)).toEqual(["    the same answer: same"]);
  });

  it("colours only what the marks show already", () => {
    const [line = ""] = answerDiff("a b c", "a x c", { ...options, style: styleFor(true) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is written with control characters
    expect(line.replace(/\u001b\[[0-9;]*m/g, "")).toBe("    a [-b-]{+x+} c");
    expect(line).toContain("\u001b[");
  });
});
