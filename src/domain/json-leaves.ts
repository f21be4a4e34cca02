import { canonicalJson, type Json } from "./json.ts";

/** The leaf values of a JSON value by dotted path, as canonical JSON. A list is a leaf. */
export function leaves(value: Json, path = ""): Map<string, string> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return new Map([[path, canonicalJson(value)]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, path === "" ? key : `${path}.${key}`)]),
  );
}

const HASH = /^"([0-9a-f]{12})[0-9a-f]{52}"$/;

/** The text shown for a leaf: the beginning of a hash, the two ends of a long value, `absent` for undefined. */
export function shownLeaf(value: string | undefined): string {
  if (value === undefined) return "absent";
  const short = HASH.exec(value)?.[1];
  if (short !== undefined) return short;
  return value.length <= 60 ? value : `${value.slice(0, 40)}…${value.slice(-15)}`;
}
