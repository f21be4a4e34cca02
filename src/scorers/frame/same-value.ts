import { decimalOf, readDecimal, sameDecimal } from "../../domain/decimal.ts";
import { type ExactJson, withNumbersAsText } from "../../domain/exact-json.ts";
import { ExactNumber } from "../../domain/exact-number.ts";
import type { Json } from "../../domain/json.ts";
import { nearNumbers, numberText, within } from "./near-number.ts";
import { parseAnswer, Unselectable } from "./parse-answer.ts";
import { readCell, readCells } from "./read-cells.ts";
import { type TextOptions, textNormalizer } from "./text-options.ts";

/**
 * Compiles the comparison of an answer with the expected value.
 *
 * When one of them is text, the text is parsed: "42" equals 42, "true" equals true, `{"a": 1}` equals that object,
 * because answers and CSV columns are text. Inside lists and objects, types must match.
 *
 * @param tolerance largest difference of two numbers that count as equal
 */
export function sameValue(
  options: TextOptions & { readonly tolerance: number },
): (got: ExactJson, expected: Json) => boolean {
  const normal = textNormalizer(options);
  const { tolerance } = options;
  const distance = decimalOf(tolerance);

  function same(a: ExactJson, b: Json): boolean {
    if (typeof a === "string" && typeof b === "string") return a === b || normal(a) === normal(b);
    if (typeof a === "number" && typeof b === "number")
      return (a === b && Number.isFinite(a)) || (tolerance > 0 && nearNumbers(a, b, tolerance));
    // An expected id above 2^53 can only be written as text, so a number above 2^53 in the answer is compared with the
    // number that an expected text contains.
    if (a instanceof ExactNumber)
      return typeof b === "string"
        ? sameNumberText(a.text, b)
        : typeof b === "number" && sameNumberText(a.text, `${b}`);
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
    return Array.isArray(a)
      ? Array.isArray(b) && sameList(a, b)
      : !Array.isArray(b) && sameObject(a as ExactJsonObject, b as JsonObject);
  }
  function sameList(a: readonly ExactJson[], b: readonly Json[]): boolean {
    return a.length === b.length && a.every((item, i) => same(item, b[i] as Json));
  }
  function sameObject(a: ExactJsonObject, b: JsonObject): boolean {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((k) => Object.hasOwn(b, k) && same(a[k] as ExactJson, b[k] as Json))
    );
  }
  function textIs(text: string, other: Exclude<Json, string>): boolean {
    if (typeof other === "number") return sameNumberText(text, `${other}`);
    if (typeof other !== "object") return normal(text.trim()) === normal(String(other));
    const read = parseAnswer(text);
    return !(read instanceof Unselectable) && same(read, readCells(other, read));
  }

  return (got, expected) => {
    if (typeof got === "string") {
      if (typeof expected !== "string") return textIs(got, expected);
      if (got === expected || normal(got) === normal(expected)) return true;
      return tolerance > 0 && sameNumberText(got, expected);
    }
    if (typeof expected !== "string" || got instanceof ExactNumber)
      return same(got, readCells(expected, got));
    if (typeof got === "boolean" && readCell(expected, got) === got) return true;
    return typeof got === "object" && got !== null ? jsonIs(expected, got) : textIs(expected, got);
  };

  /** A CSV cell is text, so a cell that contains a JSON list or object stands for that list or object. */
  function jsonIs(text: string, got: ExactJson): boolean {
    const read = parseAnswer(text);
    return !(read instanceof Unselectable) && typeof read === "object" && same(got, withNumbersAsText(read));
  }

  /** Whether both texts are plain numbers and equal: to the last digit, however long, or within the tolerance. */
  function sameNumberText(a: string, b: string): boolean {
    const [left, right] = [numberText(a), numberText(b)];
    if (left === undefined || right === undefined) return false;
    const [x, y] = [readDecimal(left), readDecimal(right)];
    if (x === undefined || y === undefined) return false;
    return tolerance > 0 ? within(x, y, distance) : sameDecimal(x, y);
  }
}

interface ExactJsonObject {
  readonly [key: string]: ExactJson;
}

interface JsonObject {
  readonly [key: string]: Json;
}
