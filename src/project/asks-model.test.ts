import { expect, it } from "vitest";
import { scorers } from "../scorers/registry.ts";
import { asksWithin } from "./asks-model.ts";

it.each([
  [undefined, undefined],
  [[{ type: "contains", value: "x" }], undefined],
  [
    [
      { type: "contains", value: "x" },
      { type: "not", of: { type: "classifier" } },
    ],
    "model",
  ],
  [{ type: "judge", judge: "kind" }, "model"],
  [{ type: "no-such-type" }, undefined],
])("asksWithin finds a model among the scorers %j that one is made of", async (of, expected) => {
  expect(await asksWithin({ type: "any-of", ...(of === undefined ? {} : { of }) }, scorers)).toBe(expected);
});
