import { describe, expect, it } from "vitest";
import { thrownMessage, thrownWords } from "./returned-value.ts";

describe("a thrown value", () => {
  it("is told with the causes of an error, as far as its message does not have them", () => {
    const refused = new Error("connect ECONNREFUSED 127.0.0.1:1");
    expect(thrownWords(new TypeError("fetch failed", { cause: refused }))).toBe(
      "TypeError: fetch failed (connect ECONNREFUSED 127.0.0.1:1)",
    );
    const both = new AggregateError([refused, new Error("two")], "");
    expect(thrownWords(new TypeError("fetch failed", { cause: both }))).toContain("ECONNREFUSED");
    expect(thrownWords(new Error(`no: ${refused.message}`, { cause: refused }))).toBe(
      `Error: no: ${refused.message}`,
    );
    const circle = new Error("a");
    circle.cause = circle;
    expect(thrownWords(circle)).toBe("Error: a");
  });

  it("is told by its message or its members where it is no error", () => {
    expect(thrownWords({ code: 7 })).toBe('{"code":7}');
    expect(thrownMessage({ code: 7 })).toBe('{"code":7}');
    expect(thrownWords({ code: 7, message: "No such order." })).toBe("No such order.");
    expect(thrownWords("words")).toBe("words");
    expect(thrownWords(null)).toBe("null");
    expect(thrownWords(Object.create(null))).toBe("something that cannot be shown");
    const own = { self: {} };
    own.self = own;
    expect(thrownWords(own)).toBe("something that cannot be shown");
  });
});
