import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repeatedKeyProblems, repeatedKeys } from "./repeated-keys.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const names = (text: string): string[] => repeatedKeys(text).map((one) => one.name);

describe("repeatedKeys", () => {
  it.each([
    ['{"a":1,"a":2}', ["a"]],
    ['{"a":1,"\\u0061":2}', ["a"]],
    ['{"x":[{"a":1},{"a":2,"b":{"c":1,"c":[]},"a":3}]}', ["c", "a"]],
    ['{"":1,"":2}', [""]],
    ['{"__proto__":1,"__proto__":2,"toString":3}', ["__proto__"]],
    ['{"a\\"":1,"a\\\\":2,"a\\"" : 3}', ['a"']],
  ])("finds the duplicate keys in %s", (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it.each([
    '{"a":1,"A":2,"b":{"a":3}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"\\"a\\":1,\\"a\\":2"}',
    '["a","a"]',
    '"a"',
  ])("finds nothing in %s", (text) => {
    expect(names(text)).toEqual([]);
  });

  it("reports a duplicate key next to strings that contain JSON, and none inside of these strings", () => {
    const call = String.raw`"arguments":"{\"id\":1,\"id\":2}","tail\\":1`;
    const found = (text: string) =>
      repeatedKeyProblems(text, JSON.parse(text), "a.jsonl").map(({ what }) => what);
    expect(found(`{${call}}`)).toEqual([]);
    expect(found(`{${call},"x":1,"x":2}`)).toEqual(['The key "x" is here a second time.']);
  });

  it("finds nothing in what JSON.stringify writes, and one key when a key is added a second time", async () => {
    await fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
        fc.jsonValue(),
        (value, more) => {
          const text = JSON.stringify(value);
          expect(names(text)).toEqual([]);
          const [key = ""] = Object.keys(value);
          expect(names(`${text.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(more)}}`)).toEqual([
            key,
          ]);
        },
      ),
    );
  });

  it("reads a million levels without recursion, and a million backslashes in linear time", () => {
    expect(names(`${"[".repeat(1e6)}${"]".repeat(1e6)}`)).toEqual([]);
    expect(names(JSON.stringify({ a: "\\".repeat(1e6) }))).toEqual([]);
  });
});

describe("repeatedKeyProblems", () => {
  const found = (text: string, path: string, line?: number) =>
    repeatedKeyProblems(text, JSON.parse(text), path, line);

  it("reports all that a full scan finds, with blanks where JSON allows them", async () => {
    const value = fc.dictionary(fc.constantFrom("a", "b", '":', '" :'), fc.jsonValue());
    await fc.assert(
      fc.property(value, fc.constantFrom("", " ", "\n"), fc.boolean(), (object, blank, twice) => {
        const inner = JSON.stringify(object).slice(1, -1);
        const both = twice && inner !== "" ? `${inner},${inner}` : inner;
        const text = `{"x":{${both.replaceAll('":', `"${blank}:`)}}}`;
        fc.pre(isJson(text));
        expect(found(text, "x")).toHaveLength(repeatedKeys(text).length);
      }),
    );
  });

  it("does not overflow the stack on deep nesting", () => {
    expect(found(`${"[".repeat(5000)}{"a":1,"a":2}${"]".repeat(5000)}`, "x")).toHaveLength(1);
  });

  it("names both places, in a line of a file and over several lines", () => {
    expect(found('{"a":1,"a":2}', "x.jsonl", 7)).toMatchObject([
      { path: "x.jsonl", line: 7, column: 8, fix: "Delete one of the two keys; the first is in column 2." },
    ]);
    expect(found('{\n "a":1,\n "a":2}', "x.json")).toMatchObject([
      { line: 3, column: 2, fix: "Delete one of the two keys; the first is on line 2." },
    ]);
  });
});
