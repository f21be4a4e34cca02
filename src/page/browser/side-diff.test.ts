import { describe, expect, it } from "vitest";
import { sideDiff } from "./side-diff.ts";

const marked = (pieces: ReturnType<typeof sideDiff>["now"]): string =>
  pieces.map(({ kind, text, first }) => (kind === "same" ? text : `${first ? "▸" : ""}[${text}]`)).join("");

describe("sideDiff", () => {
  it.each([
    ["one two three", "one 2 three", "one ▸[two] three", "one ▸[2] three"],
    ["same", "same", "same", "same"],
    ["a\nb\nc", "a\nc", "a\n▸[b]\nc", "a\n▸[]c"],
    ["a", "a\nmore", "a\n▸[]", "a\n▸[more]"],
    ["", "new", "▸[]", "▸[new]"],
  ])("of %j and %j", (before, now, left, right) => {
    const diff = sideDiff(before, now);
    expect([marked(diff.before), marked(diff.now)]).toEqual([left, right]);
  });

  it("keeps both texts whole", () => {
    const before = '{"queue":"billing"}\nYours,\nA';
    const now = 'Sure! {"queue":"payments"}\nYours,\n\nB';
    const diff = sideDiff(before, now);
    const text = (pieces: typeof diff.now): string => pieces.map((one) => one.text).join("");
    expect([text(diff.before), text(diff.now)]).toEqual([before, now]);
  });

  it("compares long texts only up to their first difference", () => {
    const long = "word ".repeat(5_000);
    const diff = sideDiff(`${long}a`, `${long}b c`);
    expect(diff.now).toEqual([
      { kind: "same", text: long, first: false },
      { kind: "changed", text: "b c", first: true },
    ]);
  });
});
