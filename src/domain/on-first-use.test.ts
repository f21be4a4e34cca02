import { expect, it } from "vitest";
import { onFirstUse } from "./on-first-use.ts";

it("makes the value when it is first asked for, and once", () => {
  const made: object[] = [];
  const value = onFirstUse(() => {
    const one = {};
    made.push(one);
    return one;
  });
  expect(made).toEqual([]);
  expect(value()).toBe(value());
  expect(made).toHaveLength(1);
});
