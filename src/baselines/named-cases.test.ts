import { describe, expect, it } from "vitest";
import { namedCases } from "./named-cases.ts";

describe("namedCases", () => {
  it("names up to five and counts the rest", () => {
    expect(namedCases(["a", "b", "c", "d", "e"])).toBe("a, b, c, d, e");
    expect(namedCases(["a", "b", "c", "d", "e", "f", "g"])).toBe("a, b, c, d, e and 2 more");
  });

  it("cuts an id that would fill the report, and leaves one that fits", () => {
    expect(namedCases(["x".repeat(60)])).toBe("x".repeat(60));
    expect(namedCases([`${"😀".repeat(10_000)}`, "b"])).toBe(`${"😀".repeat(59)}…, b`);
  });
});
