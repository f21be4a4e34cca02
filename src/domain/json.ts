import { hash } from "node:crypto";
import { ExactNumber } from "./exact-number.ts";

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * JSON text with sorted object keys and without `undefined` members: equal values have equal texts, however their
 * files were formatted.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value instanceof ExactNumber) return value.canonical;
  const record = value as Record<string, unknown>;
  const keys = Object.keys(record);
  if (keys.length > 1) keys.sort();
  let members = "";
  for (const key of keys) {
    if (record[key] === undefined) continue;
    members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(record[key])}`;
  }
  return `{${members}}`;
}

/** SHA-256 of the text's UTF-8 bytes; 64 lower-case hexadecimal digits. */
export function sha256(text: string | Uint8Array): string {
  return hash("sha256", text, "hex");
}

/** Hash of a JSON value, independent of formatting and key order; 64 hexadecimal digits. */
export function hashJson(value: unknown): string {
  return sha256(canonicalJson(value));
}
