import { readDecimal, sameDecimal } from "../../domain/decimal.ts";
import type { ExactJson } from "../../domain/exact-json.ts";
import { ExactNumber } from "../../domain/exact-number.ts";
import { canonicalJson, type Json } from "../../domain/json.ts";
import { difference, show, unseenBetween } from "./brief.ts";
import { nearNumbers, numberText } from "./near-number.ts";

export interface JsonComparison {
  readonly partial: boolean;
  readonly ignore_order: boolean;
  readonly ignore_keys: readonly string[];
  readonly tolerance: number;
}

interface JsonObject {
  readonly [key: string]: Json;
}

interface ExactObject {
  readonly [key: string]: ExactJson;
}

/**
 * Compiles a deep comparison.
 *
 * @returns a function that describes the first difference of two values; undefined when they are equal
 */
export function firstDifference(how: JsonComparison): (expected: Json, got: ExactJson) => string | undefined {
  const ignored = new Set(how.ignore_keys);

  function differ(expected: Json, got: ExactJson, at: string): string | undefined {
    if (Array.isArray(expected) && Array.isArray(got)) return differInLists(expected, got, at);
    if (isObject(expected) && isObject(got)) return differInObjects(expected, got, at);
    if (sameNumber(expected, got, how.tolerance)) return undefined;
    if (expected === got && typeof got !== "number") return undefined;
    return `${at}: ${difference(expected, got)}`;
  }

  function differInObjects(expected: JsonObject, got: ExactObject, at: string): string | undefined {
    for (const key of Object.keys(expected)) {
      if (ignored.has(key)) continue;
      const place = at + member(key);
      if (!Object.hasOwn(got, key)) {
        const unseen = Object.keys(got)
          .map((other) => unseenBetween(key, other))
          .find((words) => words !== "");
        return `${place} is missing, expected ${show(expected[key] as Json)}${unseen ?? ""}`;
      }
      const found = differ(expected[key] as Json, got[key] as ExactJson, place);
      if (found !== undefined) return found;
    }
    if (how.partial) return undefined;
    const extra = Object.keys(got).find((key) => !ignored.has(key) && !Object.hasOwn(expected, key));
    return extra === undefined ? undefined : `${at}${member(extra)} was not expected`;
  }

  function differInLists(
    expected: readonly Json[],
    got: readonly ExactJson[],
    at: string,
  ): string | undefined {
    if (expected.length !== got.length) return `${at}: expected ${expected.length} items, got ${got.length}`;
    if (how.ignore_order) return differInBags(expected, got, at);
    for (let i = 0; i < expected.length; i++) {
      const found = differ(expected[i] as Json, got[i] as ExactJson, `${at}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function differInBags(
    expected: readonly Json[],
    got: readonly ExactJson[],
    at: string,
  ): string | undefined {
    const [left, right] = withoutTwins(expected, got);
    const unpaired = firstUnpaired(
      left.length,
      right.length,
      (l, r) => differ(left[l] as Json, right[r] as ExactJson, "") === undefined,
    );
    return unpaired === undefined ? undefined : `${at} has no item ${show(left[unpaired] as Json)}`;
  }

  /**
   * Pairs identical items first, which keeps long lists fast. This is correct only when an item can match nothing
   * but an identical item.
   */
  function withoutTwins(
    expected: readonly Json[],
    got: readonly ExactJson[],
  ): readonly [readonly Json[], readonly ExactJson[]] {
    if (how.partial || how.tolerance > 0) return [expected, got];
    const counts = new Map<string, number>();
    for (const item of got) counts.set(canonicalJson(item), (counts.get(canonicalJson(item)) ?? 0) + 1);
    const left = expected.filter((item) => !take(counts, canonicalJson(item)));
    const right = got.filter((item) => take(counts, canonicalJson(item)));
    return [left, right];
  }

  return (expected, got) => differ(expected, got, "$");
}

function take(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0;
  if (count > 0) counts.set(key, count - 1);
  return count > 0;
}

/**
 * Matches each item on the left with a different item on the right by augmenting paths (Kuhn). Taking the first
 * item that fits could leave a later item without a match.
 *
 * @returns the index of a left item without a match
 */
function firstUnpaired(
  lefts: number,
  rights: number,
  fits: (left: number, right: number) => boolean,
): number | undefined {
  const ownerOf: (number | undefined)[] = new Array(rights);
  const pair = (left: number, tried: Set<number>): boolean => {
    for (let right = 0; right < rights; right++) {
      if (tried.has(right) || !fits(left, right)) continue;
      tried.add(right);
      const owner = ownerOf[right];
      if (owner === undefined || pair(owner, tried)) {
        ownerOf[right] = left;
        return true;
      }
    }
    return false;
  };
  for (let left = 0; left < lefts; left++) if (!pair(left, new Set())) return left;
  return undefined;
}

/**
 * Whether both are numbers and equal within the tolerance. An expected id above 2^53 can only be written as text, so a
 * number above 2^53 in the answer also equals an expected text that contains the same number.
 */
function sameNumber(expected: Json, got: ExactJson, tolerance: number): boolean {
  if (typeof got === "number") return typeof expected === "number" && nearNumbers(expected, got, tolerance);
  if (!(got instanceof ExactNumber)) return false;
  if (typeof expected === "number") return nearNumbers(expected, got, tolerance);
  const text = typeof expected === "string" ? numberText(expected) : undefined;
  const [wanted, found] = [text === undefined ? undefined : readDecimal(text), got.decimal];
  return wanted !== undefined && found !== undefined && sameDecimal(wanted, found);
}

function isObject<T extends Json | ExactJson>(
  value: T,
): value is Exclude<T, null | boolean | number | string | ExactNumber | readonly unknown[]> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

function member(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `['${key.replace(/['\\]/g, "\\$&")}']`;
}
