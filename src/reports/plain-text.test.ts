import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentText } from "./json/documents.ts";
import { cut, plainLine, plainText } from "./plain-text.ts";

const ESC = "\u001b";
/** Matches control characters that a terminal obeys, and those that change the text direction. */
const OBEYED = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
/** Matches commands that a CI runner obeys in a log line. */
const COMMAND = /^\s*::\w|##\[|##vso\[/m;

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "::error::x",
        "##[error]",
        "##vso[task]",
        `${ESC}[31m`,
        "\u009b1m",
        "\r",
        "\n",
        "\t",
        " ",
        "\u202e",
        ":",
        "#",
        "[",
      ),
      fc.string({ unit: "grapheme" }),
    ),
  )
  .map((parts) => parts.join(""));

describe("plainLine", () => {
  it.each([
    ["a colour", `${ESC}[31mred${ESC}[0m`, "\uFFFD[31mred\uFFFD[0m"],
    ["a window title", `${ESC}]0;owned\u0007`, "\uFFFD]0;owned\uFFFD"],
    ["an 8-bit control sequence", "\u009b31m", "\uFFFD31m"],
    ["several lines", "one\r\ntwo\nthree", "one⏎two⏎three"],
    ["a carriage return that would overwrite the line", "safe\rowned", "safe\uFFFDowned"],
    ["half a surrogate pair, which no file can hold", "a\ud800b \ud83d\ude00", "a\uFFFDb \ud83d\ude00"],
    ["text turned round", "abc\u202edef", "abc\uFFFDdef"],
    ["a workflow command", "::error file=x::owned", "\uFFFD:error file=x::owned"],
    ["a workflow command behind blanks", "  ::stop-commands::x", "  \uFFFD:stop-commands::x"],
    ["an older workflow command anywhere", "said ##[error]owned", "said #\uFFFD[error]owned"],
    ["an Azure command", "##vso[task.complete]", "#\uFFFDvso[task.complete]"],
  ])("makes %s harmless", (_what, text, shown) => {
    expect(plainLine(text)).toBe(shown);
  });

  it("leaves ordinary text as it is, in any language", () => {
    const text = 'Grüße — 你好 "quoted" std::vector a::b 5 # [x] 👩‍👩‍👧';
    expect(plainLine(text)).toBe(text);
  });

  it("lets no such character or command through, whatever a model says", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = plainLine(text);
        expect(line).not.toMatch(OBEYED);
        expect(line).not.toMatch(COMMAND);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("plainText", () => {
  it("keeps line feeds and tabs, and lets no other control character through", () => {
    expect(plainText("a\r\n\tb\rc")).toBe("a\n\tb\nc");
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = plainText(text);
        expect(shown.replace(/[\n\t]/g, "")).not.toMatch(OBEYED);
        expect(shown).not.toMatch(COMMAND);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("documentText", () => {
  it("is JSON of the same value, and contains nothing that a terminal or a CI runner obeys", () => {
    fc.assert(
      fc.property(fc.dictionary(hostile, hostile), (document) => {
        const text = documentText(document);
        expect(JSON.parse(text)).toEqual(document);
        expect(text.replaceAll("\n", "")).not.toMatch(OBEYED);
        expect(text).not.toMatch(COMMAND);
      }),
      { numRuns: 500 },
    );
  });
});

describe("cut", () => {
  it("keeps what fits and marks where it cut", () => {
    expect(cut("12345", 5)).toBe("12345");
    expect(cut("123456", 5)).toBe("1234…");
  });

  it("never breaks a character in two", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const shown = cut(text, width);
        expect(Array.from(shown).length).toBeLessThanOrEqual(width);
        expect(shown).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
      }),
    );
  });
});
