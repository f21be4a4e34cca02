import { describe, expect, it } from "vitest";
import { compileJsonQuery } from "./json-query.ts";
import { TookTooLong } from "./time-limit.ts";

function found(path: string, value: unknown): readonly unknown[] {
  return compileJsonQuery(path).values(value);
}

describe("compileJsonQuery", () => {
  it.each([
    ['$[?match(@.a, "b.d")]', [{ a: "bcd" }], 1],
    ['$[?match(@.a, "b")]', [{ a: "bcd" }], 0],
    ['$[?search(@.a, "c")]', [{ a: "bcd" }], 1],
    ['$[?match(@.a, "a|bcd")]', [{ a: "bcd" }], 1],
    ['$[?match(@.a, "b.d")]', [{ a: "b\rd" }], 0],
    ['$[?match(@.a, "\\\\p{Lu}+")]', [{ a: "ÄÖ" }], 1],
    ['$[?match(@.a, "(")]', [{ a: "(" }], 0],
    ["$[?match(@.a, @.b)]", [{ a: "x", b: "[xyz]" }], 1],
    ['$[?match(@.a, "1")]', [{ a: 1 }], 0],
  ])("finds by %s", (path, value, count) => {
    expect(found(path, value)).toHaveLength(count);
  });

  it.each(['$[?match(@.a, "(a+)+b")]', '$[?search(@.a, "(a|aa)+$")]', '$[?match(@.a, "(a*)*b")]'])(
    "is done at once with %s",
    (path) => {
      expect(found(path, [{ a: `${"a".repeat(5000)}!` }])).toEqual([]);
    },
  );

  it("looks into values that are nested deep", () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(400)}1${"}".repeat(400)}`);
    expect(found("$..a", deep)).toHaveLength(400);
  });

  it("ends a query that would take too long", () => {
    const wide = Array.from({ length: 3000 }, () => [1, [2, [3]]]);
    expect(() => found("$..[?count($..[?count($..*) > 1]) > 1]", wide)).toThrow(TookTooLong);
  });
});
