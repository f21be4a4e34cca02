import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalOf, readDecimal, sameDecimal } from "./decimal.ts";
import {
  changedNumbers,
  exactJsonText,
  isChangedByDouble,
  parseExactJson,
  withNumbersAsText,
} from "./exact-json.ts";
import { canonicalJson } from "./json.ts";

describe("isChangedByDouble", () => {
  it.each([
    "9007199254740993",
    "-12345678901234567890",
    "12345678901234567.5",
    "1e400",
    "12345678901234567e2",
  ])("finds %s changed", (text) => expect(isChangedByDouble(text)).toBe(true));
  it.each([
    "9007199254740992",
    "10000000000000000000",
    "1e21",
    "0.1234567890123456789",
    "1.0",
    "-0",
    "1e-400",
  ])("finds %s kept", (text) => expect(isChangedByDouble(text)).toBe(false));
});

describe("exact JSON", () => {
  const text =
    '{"id":12345678901234567890,"list":[1,"12345678901234567890",-9007199254740993.5],"a\\"b":1e400}';

  it("is written again as it was read", () => {
    expect(exactJsonText(parseExactJson(text))).toBe(text);
  });

  it.each([1, 99, 100, 101, 500])("is read exactly where it is nested %d deep", (depth) => {
    const nested = `${'[{"a":'.repeat(depth / 2)}[12345678901234567890]${"}]".repeat(depth / 2)}`;
    expect(exactJsonText(parseExactJson(nested))).toBe(nested);
  });

  it("gives a number that a double would change as text where a plain value is needed", () => {
    expect(withNumbersAsText(parseExactJson('{"a":[12345678901234567890,1]}'))).toEqual({
      a: ["12345678901234567890", 1],
    });
  });

  it("reports the positions of numbers that a double would change", () => {
    expect(
      [...changedNumbers(text)].map(({ text: number, index }) => [number, text.slice(index, index + 3)]),
    ).toEqual([
      ["12345678901234567890", "123"],
      ["-9007199254740993.5", "-90"],
      ["1e400", "1e4"],
    ]);
  });

  it("distinguishes such numbers in canonical JSON, and treats two notations of one as equal", () => {
    const canonical = (json: string) => canonicalJson(parseExactJson(json));
    expect(canonical("[12345678901234567890]")).not.toBe(canonical("[12345678901234567891]"));
    expect(canonical("[12345678901234567890]")).toBe(canonical("[1234567890123456789e1]"));
  });

  it("reads every value that JSON.stringify writes like JSON.parse", async () => {
    await fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        expect(parseExactJson(json)).toEqual(JSON.parse(json));
        expect(exactJsonText(parseExactJson(json))).toBe(JSON.stringify(JSON.parse(json)));
      }),
    );
  });

  it("refuses what JSON.parse refuses", () => {
    expect(() => parseExactJson("12345678901234567890x")).toThrow(SyntaxError);
  });
});

describe("a decimal", () => {
  it("has the value that the text of a number has", async () => {
    await fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const read = readDecimal(String(number));
        expect(read !== undefined && sameDecimal(read, decimalOf(number))).toBe(true);
      }),
    );
  });
});
