import { expect, it } from "vitest";
import { isDeeperThan } from "./json-depth.ts";

it("counts the brackets that are open at once, and none inside strings", () => {
  const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
  expect(isDeeperThan(nested(5), 5)).toBe(false);
  expect(isDeeperThan(nested(6), 5)).toBe(true);
  expect(isDeeperThan("{".repeat(6), 5)).toBe(true);
  expect(isDeeperThan(`[${nested(3)},${nested(3)},${nested(3)}]`, 5)).toBe(false);
  expect(isDeeperThan(JSON.stringify(['"[[[[[[[[', "\\[[[[[[[["]), 5)).toBe(false);
});
