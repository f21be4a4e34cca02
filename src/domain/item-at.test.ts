import { expect, it } from "vitest";
import { itemAt } from "./item-at.ts";

it("itemAt returns an existing item, 0 and null too, and throws for an index out of range", () => {
  expect(itemAt(new Uint16Array([7, 0]), 1)).toBe(0);
  expect(itemAt(["", null], 1)).toBeNull();
  expect(() => itemAt(["a"], 1)).toThrow("no item at index 1 of a list of 1");
  expect(() => itemAt(["a"], -1)).toThrow(RangeError);
});
