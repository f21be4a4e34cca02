import { expect, it } from "vitest";
import { numberAt } from "./number-at.ts";

it("gives a number that is there, 0 and NaN too", () => {
  expect(numberAt([0, 7], 0)).toBe(0);
  expect(numberAt(Float64Array.of(1, Number.NaN), 1)).toBeNaN();
});

it.each([-1, 2, 0.5])("throws for the index %d of two numbers", (index) => {
  expect(() => numberAt(Float64Array.of(1, 2), index)).toThrow(RangeError);
});
