import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExactJson } from "../../domain/exact-json.ts";
import type { Json } from "../../domain/json.ts";
import { Unselectable } from "./parse-answer.ts";
import { compileJsonPath, compileSelect } from "./select-part.ts";

async function select(how: Parameters<typeof compileSelect>[0], answer: string): Promise<ExactJson> {
  const part = (await compileSelect(how))(answer);
  return part instanceof Unselectable ? `miss: ${part.reason}` : part;
}

describe("compileSelect", () => {
  it("gives the whole text without a selector", async () => {
    expect(await select(undefined, " a\n")).toBe(" a\n");
  });

  it("gives the value of a singular JSONPath, null included", async () => {
    const answer = '{"a": [{"b": null}, 2], "my key": "x"}';
    expect(await select({ json: "$.a[0].b" }, answer)).toBeNull();
    expect(await select({ json: "$.a[1]" }, answer)).toBe(2);
    expect(await select({ json: "$.a[-1]" }, answer)).toBe(2);
    expect(await select({ json: "$['my key']" }, answer)).toBe("x");
    expect(await select({ json: "$" }, "null")).toBeNull();
  });

  it("gives a list for any other JSONPath, even with one value or none", async () => {
    expect(await select({ json: "$..b" }, '{"a": {"b": 1}}')).toEqual([1]);
    expect(await select({ json: "$.a[?@ > 5]" }, '{"a": [1, 2]}')).toEqual([]);
  });

  it("does not find what an object or a list inherits", async () => {
    expect(await select({ json: "$.constructor" }, "{}")).toBe("miss: $.constructor is not in the answer");
    expect(await select({ json: "$.length" }, "[1]")).toBe("miss: $.length is not in the answer");
  });

  it("selects nothing from JSON that is nested too deeply, instead of overflowing the stack", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    expect(await select({ json: "$[0]" }, deep)).toBe("miss: not valid JSON: nested deeper than 500 levels");
  });

  it("gives the first group of a regex, or the whole match when it has none", async () => {
    expect(await select({ regex: "a(\\d)" }, "a1 a2")).toBe("1");
    expect(await select({ regex: "a\\d" }, "a1 a2")).toBe("a1");
    expect(await select({ regex: "a(\\d)", group: 0, take: "last" }, "a1 a2")).toBe("a2");
    expect(await select({ regex: "(?P<x>a)(?P<y>\\d)", group: "y", take: "last" }, "a1 a2")).toBe("2");
  });

  it("selects nothing when the regex matches nothing, or the group took no part", async () => {
    expect(await select({ regex: "b" }, "a")).toBe("miss: nothing in the answer matches /b/");
    expect(await select({ regex: "a|(b)" }, "a")).toBe(
      "miss: group 1 of /a|(b)/ matched nothing, although the expression matched",
    );
  });

  it("skips empty matches when another match has text, for `first` and for `last`", async () => {
    for (const take of ["first", "last"] as const) {
      expect(await select({ regex: "(.*)\\.?", take }, "42")).toBe("42");
      expect(await select({ regex: "[A-E]?", take }, "so: C")).toBe("C");
      expect(await select({ regex: "x*", take }, "abc")).toBe("");
      expect(await select({ regex: "n=(\\d*)", take }, "n=")).toBe("");
    }
    expect(await select({ regex: "\\d*", take: "first" }, "a 1 b 23 c")).toBe("1");
    expect(await select({ regex: "\\d*", take: "last" }, "a 1 b 23 c")).toBe("23");
    expect(await select({ regex: "(\\d)?-?", take: "last" }, "1- -")).toBe(
      "miss: group 1 of /(\\d)?-?/ matched nothing, although the expression matched",
    );
  });

  it("stays linear on a pattern that stalls backtracking engines", async () => {
    const part = await compileSelect({ regex: "(a+)+$" });
    // An engine that backtracks would not end.
    expect(part(`${"a".repeat(200_000)}!`)).toBeInstanceOf(Unselectable);
  });

  it("finds by simple paths what the JSONPath engine finds", async () => {
    const names = fc.constantFrom("a", "b", "c");
    const steps = fc.array(
      fc.oneof(
        names.map((n) => `.${n}`),
        fc.nat(2).map((i) => `[${i}]`),
      ),
      { maxLength: 4 },
    );
    const { jsonpath } = await import("json-p3");
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, 0, "s"),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(names, tie("value")),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(value, steps, async (json, path) => {
        const query = `$${path.join("")}`;
        const found = (await compileJsonPath(query, [])).find(json as Json);
        const nodes = jsonpath.query(query, json as never).values();
        expect(found instanceof Unselectable ? [] : [found]).toEqual(nodes);
      }),
    );
  });
});
