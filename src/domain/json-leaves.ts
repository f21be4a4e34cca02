import { canonicalJson, type Json } from "./json.ts";

/** The leaf values by path, as canonical JSON. */
export function leaves(value: Json, path = ""): Map<string, string> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    return new Map([[path, canonicalJson(value)]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, path === "" ? key : `${path}.${key}`)]),
  );
}

const HASH = /^"([0-9a-f]{12})[0-9a-f]{52}"$/;

/** A hash is shown by its beginning, a long value by its two ends. */
export function shownLeaf(value: string | undefined): string {
  if (value === undefined) return "absent";
  const short = HASH.exec(value)?.[1];
  if (short !== undefined) return short;
  return value.length <= 60 ? value : `${value.slice(0, 40)}…${value.slice(-15)}`;
}
