import { describe, expect, it } from "vitest";
import { shortestEdit } from "./shortest-edit.ts";

const words = (count: number, word: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => word(index));

describe("shortestEdit", () => {
  it("finds few changes in a long text", () => {
    const from = words(50_000, (index) => `w${index}`);
    const to = from.map((word, index) => (index % 10_000 === 7 ? "x" : word));
    expect(shortestEdit(from, to).filter(({ kind }) => kind !== "same")).toHaveLength(10);
  });

  it("gives up early on very different texts: one is all removed, the other all added", () => {
    const steps = shortestEdit(
      words(30_000, (index) => `a${index}`),
      words(30_000, (index) => `b${index}`),
    );
    expect(steps.map(({ kind }) => kind)).toEqual([
      ...words(30_000, () => "removed"),
      ...words(30_000, () => "added"),
    ]);
  });

  it("reaches the last distance that is still compared", () => {
    const far = (count: number) =>
      shortestEdit(["same", ...words(count, () => "a")], ["same", ...words(count, () => "b")])[0]?.kind;
    expect([far(1_000), far(1_001)]).toEqual(["same", "removed"]);
  });
});
