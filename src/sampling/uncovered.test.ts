import { describe, expect, it } from "vitest";
import { uncoveredness } from "./uncovered.ts";

const GOLDENS = ["where is my parcel", "when does my parcel arrive", "my parcel is late"];
const topic = (count: number, of: string): string[] =>
  Array.from({ length: count }, (_, at) => `${of} number ${at}`);

describe("uncoveredness", () => {
  it("puts a topic that no golden case covers before a single odd text and before covered texts", () => {
    const texts = [
      ...topic(10, "is my parcel late"),
      "xyzzy plugh",
      ...topic(10, "the warranty of the lamp"),
    ];
    const found = uncoveredness(texts, GOLDENS);
    const first = [...texts.keys()].sort((a, b) => (found[b] ?? 0) - (found[a] ?? 0)).slice(0, 10);
    expect(first.map((at) => texts[at]).every((text) => text?.includes("warranty"))).toBe(true);
  });

  it("gives 0 to a text that equals a golden case, and a finite number to every text", () => {
    const found = uncoveredness(["where is my parcel", "", "other"], GOLDENS);
    expect(found).toHaveLength(3);
    expect(found[0]).toBeCloseTo(0, 9);
    expect([...found].every(Number.isFinite)).toBe(true);
  });

  it("works without a golden case", () => {
    const found = uncoveredness(topic(3, "the lamp"), []);
    expect([...found].every((one) => one > 0)).toBe(true);
  });
});
