import type { Json } from "../../domain/json.ts";

/** An object of a JSON text. */
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The member if it is a non-empty text, or a number as text; else undefined. */
export function textMember(value: JsonObject, key: string): string | undefined {
  const found = value[key];
  if (typeof found === "number") return String(found);
  return typeof found === "string" && found !== "" ? found : undefined;
}

export function numberMember(value: JsonObject | undefined, key: string): number | undefined {
  const found = value?.[key];
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

export function objectMember(value: JsonObject, key: string): JsonObject | undefined {
  const found = value[key];
  return isObject(found) ? found : undefined;
}

export function listMember(value: JsonObject, key: string): readonly Json[] {
  const found = value[key];
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

/** Metadata of a case: an object unchanged, other values under `value`, empty for null. */
export function metadataOf(value: Json | undefined): JsonObject {
  if (value === null || value === undefined || value === "") return {};
  return isObject(value) ? value : { value };
}

/** The non-empty texts of a list, or a single text as a list; without duplicates. */
export function tagsOf(value: Json | undefined): string[] {
  const all = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return [...new Set(all.filter((one): one is string => typeof one === "string" && one !== ""))];
}

/** Whether a value is absent, null or empty text. */
export const isNothing = (value: Json | undefined): value is undefined | null =>
  value === undefined || value === null || value === "";
