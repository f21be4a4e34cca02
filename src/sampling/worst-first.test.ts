import { describe, expect, it } from "vitest";
import { standing } from "./worst-first.ts";

describe("standing", () => {
  it("orders units by a single measure", () => {
    const units = [0.9, 0.1, 0.5].map((value) => [{ name: "helpful", value }]);
    const [good, bad, middle] = standing(units);
    expect(bad).toBeLessThan(middle ?? 0);
    expect(middle).toBeLessThan(good ?? 0);
  });

  it("compares measures with different scales, and takes the worse of two", () => {
    const units = [
      [{ name: "stars", value: 5 }],
      [{ name: "stars", value: 1 }],
      [{ name: "share", value: 0.02 }],
      [{ name: "share", value: 0.98 }],
      [
        { name: "stars", value: 5 },
        { name: "share", value: 0.02 },
      ],
    ];
    const [best, worst, low, high, both] = standing(units);
    expect(worst).toBeLessThan(best ?? 0);
    expect(low).toBeLessThan(high ?? 0);
    expect(both).toBe(low);
  });

  it("is null for a unit without a value, and when all values are equal", () => {
    expect(standing([[], [{ name: "thumb", value: 1 }], [{ name: "thumb", value: 1 }]])).toEqual([
      null,
      null,
      null,
    ]);
  });
});
