import type { Json } from "../../domain/json.ts";
import { parseAnswer } from "./parse-answer.ts";
import { type TextOptions, textNormalizer } from "./text-options.ts";

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The number that a text is, and nothing beside it; undefined for any other text. */
export function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

/** Whether two numbers lie within a distance; a rounding error in their difference does not count. */
export function within(a: number, b: number, distance: number): boolean {
  return a === b || Math.abs(a - b) <= distance + 4 * Number.EPSILON * Math.max(Math.abs(a), Math.abs(b));
}

/**
 * Compiles "the answer says the same as what was expected".
 *
 * Between a text and another kind the text is read: "42" is 42, "true" is true, `{"a": 1}` is that object (answers
 * and CSV columns are text). Inside lists and objects kinds must agree.
 *
 * @param tolerance largest distance of two numbers that count as equal
 */
export function sameValue(
  options: TextOptions & { readonly tolerance: number },
): (got: Json, expected: Json) => boolean {
  const normal = textNormalizer(options);
  const { tolerance } = options;

  function same(a: Json, b: Json): boolean {
    if (typeof a === "string" && typeof b === "string") return a === b || normal(a) === normal(b);
    if (typeof a === "number" && typeof b === "number")
      return a === b || (tolerance > 0 && within(a, b, tolerance));
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
    return Array.isArray(a)
      ? Array.isArray(b) && sameList(a, b)
      : !Array.isArray(b) && sameObject(a as JsonObject, b as JsonObject);
  }
  function sameList(a: readonly Json[], b: readonly Json[]): boolean {
    return a.length === b.length && a.every((item, i) => same(item, b[i] as Json));
  }
  function sameObject(a: JsonObject, b: JsonObject): boolean {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((k) => Object.hasOwn(b, k) && same(a[k] as Json, b[k] as Json))
    );
  }
  function textIs(text: string, other: Exclude<Json, string>): boolean {
    if (typeof other === "number") {
      const number = numberOf(text);
      return number !== undefined && same(number, other);
    }
    if (typeof other !== "object") return normal(text.trim()) === normal(String(other));
    const read = parseAnswer(text);
    return same(read as Json, other);
  }

  return (got, expected) => {
    if (typeof got === "string") {
      if (typeof expected !== "string") return textIs(got, expected);
      if (got === expected || normal(got) === normal(expected)) return true;
      return tolerance > 0 && bothNumbers(got, expected);
    }
    return typeof expected === "string" && typeof got !== "object"
      ? textIs(expected, got)
      : same(got, expected);
  };

  function bothNumbers(a: string, b: string): boolean {
    const x = numberOf(a);
    const y = numberOf(b);
    return x !== undefined && y !== undefined && same(x, y);
  }
}

interface JsonObject {
  readonly [key: string]: Json;
}
