import { describe, expect, it } from "vitest";
import * as z from "zod";
import { keyedByUser } from "./keyed-by-user.ts";

const counts = keyedByUser(z.int());

describe("keyedByUser", () => {
  it("keeps every key, even the names of built-in members", () => {
    const text = '{"__proto__":1,"constructor":2,"a":3}';
    expect(JSON.stringify(counts.parse(JSON.parse(text)))).toBe(text);
  });

  it("has no key that was not given", () => {
    expect(counts.parse({}).constructor).toBeUndefined();
  });

  it("reports each value of the wrong type", () => {
    const { error } = counts.safeParse({ a: "x", b: 1, c: null });
    expect(error?.issues.map(({ path }) => path)).toEqual([["a"], ["c"]]);
  });

  it.each([[[]], [null], ["x"], [undefined]])("refuses %j", (value) => {
    expect(counts.safeParse(value).success).toBe(false);
  });
});
