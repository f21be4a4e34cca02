import type { Json } from "../../domain/json.ts";
import { badJsonPath } from "./scorer-mistakes.ts";

type Place = readonly (string | number)[];

/**
 * Compiles JSONPaths into a function that removes from a value what they find. When a list item is removed, the items
 * after it move up. When a path finds the whole value, null is left.
 *
 * @throws {SettingMistake} EVALS_SCORER_JSONPATH
 */
export async function placesRemover(paths: readonly string[]): Promise<(value: Json) => Json> {
  if (paths.length === 0) return (value) => value;
  const { compileJsonQuery, JsonQueryMistake } = await import("../../domain/json-query.ts");
  const queries = paths.map((path, index) => {
    try {
      return compileJsonQuery(path);
    } catch (error) {
      if (!(error instanceof JsonQueryMistake)) throw error;
      throw badJsonPath(["ignore", index], path, error.message, error.position);
    }
  });
  return (value) => {
    const places = queries.flatMap((query) => query.places(value));
    return places.length === 0 ? value : without(value, places);
  };
}

function without(value: Json, places: readonly Place[]): Json {
  if (places.some((place) => place.length === 0)) return null;
  const copy = structuredClone(value) as Json;
  // Later items are removed first, so that the indices of earlier items stay valid.
  const ordered = [...places].sort((a, b) => Number(b.at(-1)) - Number(a.at(-1)) || b.length - a.length);
  for (const place of ordered) {
    const parent = place
      .slice(0, -1)
      .reduce<unknown>(
        (at, step) =>
          at === null || typeof at !== "object" ? undefined : (at as Record<string, unknown>)[step],
        copy,
      );
    const last = place.at(-1) as string | number;
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else if (parent !== null && typeof parent === "object") delete (parent as Record<string, unknown>)[last];
  }
  return copy;
}
