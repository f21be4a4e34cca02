import { expect, it } from "vitest";
import * as z from "zod";
import { onFirstUse } from "./on-first-use.ts";
import { whenGiven } from "./when-given.ts";

function file() {
  let made = 0;
  const part = onFirstUse(() => {
    made++;
    return z.strictObject({ count: z.int().default(1) });
  });
  return {
    schema: z.strictObject({ name: z.string(), part: whenGiven(part).describe("A part") }),
    made: () => made,
  };
}

it("makes no schema for a part that is absent", () => {
  const { schema, made } = file();
  expect(schema.parse({ name: "a" })).toEqual({ name: "a" });
  expect(made()).toBe(0);
});

it("reads a part that is there, and finds its mistakes", () => {
  const { schema, made } = file();
  expect(schema.parse({ name: "a", part: {} })).toEqual({ name: "a", part: { count: 1 } });
  expect(schema.safeParse({ name: "a", part: { count: 1.5 } }).error?.issues).toMatchObject([
    { path: ["part", "count"] },
  ]);
  expect(made()).toBe(1);
});
