import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WordChange } from "./prompt-change.ts";
import { diffWords } from "./word-diff.ts";

const marked = (lines: readonly (readonly WordChange[])[]): string =>
  lines
    .map((line) =>
      line
        .map(({ kind, text }) =>
          kind === "same" ? text : kind === "removed" ? `[-${text}-]` : `{+${text}+}`,
        )
        .join(""),
    )
    .join("\n");

/** The text of one side, without whitespace. @param other the kind of words that only the other side has */
function side(lines: readonly (readonly WordChange[])[], other: WordChange["kind"]): string {
  return lines
    .map((line) => line.filter(({ kind }) => kind !== other))
    .map((line) => line.map(({ text }) => text).join(""))
    .join("")
    .replaceAll(/\s/g, "");
}

describe("diffWords", () => {
  it("marks the words that changed and leaves the rest of the line", () => {
    expect(marked(diffWords("Answer in one word, please.", "Answer in two words, please."))).toBe(
      "Answer in [-one word-]{+two words+}, please.",
    );
  });

  it("shows added and removed lines as a whole", () => {
    expect(marked(diffWords("a b\nkeep\nc", "keep\nnew line\nc"))).toBe("[-a b-]\nkeep\n{+new line+}\nc");
  });

  it("puts passages with little in common one after the other", () => {
    expect(marked(diffWords("Be brief and exact.", "Write three long paragraphs about it."))).toBe(
      "[-Be brief and exact.-]\n{+Write three long paragraphs about it.+}",
    );
  });

  it("reports nothing about equal texts", () => {
    expect(
      diffWords("one\ntwo", "one\ntwo")
        .flat()
        .every(({ kind }) => kind === "same"),
    ).toBe(true);
  });

  it("contains both texts, whatever they are", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "longer", " ", "  ", "\n", ".", "ü"), { maxLength: 40 })
      .map((words) => words.join(""));
    fc.assert(
      fc.property(text, text, (from, to) => {
        const lines = diffWords(from, to);
        expect(side(lines, "added")).toBe(from.replaceAll(/\s/g, ""));
        expect(side(lines, "removed")).toBe(to.replaceAll(/\s/g, ""));
      }),
    );
  });

  it("finds the shortest change of a long text", () => {
    const words = Array.from({ length: 3000 }, (_, index) => `w${index}`);
    const changed = words.map((word, index) => (index % 500 === 7 ? "x" : word));
    const lines = diffWords(words.join(" "), changed.join(" "));
    expect(lines.flat().filter(({ kind }) => kind === "added")).toHaveLength(6);
  });
});
