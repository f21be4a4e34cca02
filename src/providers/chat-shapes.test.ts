import { describe, expect, it } from "vitest";
import { countOf } from "./chat-shapes.ts";
import { usageOfBody } from "./usage-shapes.ts";

describe("a count of tokens", () => {
  it.each([0, 1, 12_345, Number.MAX_SAFE_INTEGER])("%d is taken over", (count) => {
    expect(countOf(count)).toBe(count);
  });

  it.each([-1, 1.5, 1e308, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN, "3", null, undefined, {}])(
    "%s is none, so that nobody keeps or pays it",
    (value) => {
      expect(countOf(value)).toBeNull();
      expect(usageOfBody({ usage: { prompt_tokens: value, completion_tokens: 1e308 } })).toBeUndefined();
    },
  );
});
