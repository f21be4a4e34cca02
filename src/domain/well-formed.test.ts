import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wellFormed } from "./well-formed.ts";

const texts = fc.string({ unit: "binary" }).map((text) => text.slice(1, -1));
const values = fc.object({ values: [texts, fc.integer(), fc.constant(null)], key: texts, maxDepth: 3 });

describe("wellFormed", () => {
  it("changes a value as writing it as UTF-8 and reading it again does", async () => {
    const stored = (value: unknown): unknown =>
      typeof value === "string" ? Buffer.from(value, "utf8").toString("utf8") : value;
    await fc.assert(
      fc.property(texts, (text) => {
        expect(wellFormed(text)).toBe(stored(text));
      }),
    );
    expect(wellFormed({ "a\ud83d": ["cut \ud83d", "👍"] })).toEqual({ "a\ufffd": ["cut \ufffd", "👍"] });
  });

  it("returns the same object when there is nothing to replace", async () => {
    await fc.assert(
      fc.property(values, (value) => {
        const mended = wellFormed(value);
        expect(wellFormed(mended)).toBe(mended);
      }),
    );
  });
});
