import { describe, expect, it } from "vitest";
import { countOf } from "./chat-shapes.ts";
import { usageOfBody } from "./usage-shapes.ts";

describe("a count of tokens", () => {
  it.each([0, 1, 12_345, Number.MAX_SAFE_INTEGER])("is kept if it is %d", (count) => {
    expect(countOf(count)).toBe(count);
  });

  it.each([-1, 1.5, 1e308, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN, "3", null, undefined, {}])(
    "is ignored if it is %s, which is not a valid count",
    (value) => {
      expect(countOf(value)).toBeNull();
      expect(usageOfBody({ usage: { prompt_tokens: value, completion_tokens: 1e308 } })).toBeUndefined();
    },
  );
});
