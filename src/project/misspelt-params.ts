import type { Places } from "../domain/places.ts";
import type { Problem } from "../domain/problem.ts";
import type { LoadedModel } from "../domain/project.ts";
import type { ParamNames } from "../domain/provider.ts";
import { slipOf } from "../domain/slip-of.ts";

/**
 * Warns about parameters whose names are nearly those of known ones: `temprature`. Other unknown names are not
 * reported, because APIs get new parameters, and every server has its own.
 *
 * @param params as written at `path` of the file
 */
export async function misspeltParams(
  { provider, settings }: Pick<LoadedModel, "provider" | "settings">,
  params: unknown,
  { places, path }: { readonly places: Places; readonly path: readonly string[] },
): Promise<Problem[]> {
  if (provider.params === undefined || !isObject(params) || Object.keys(params).length === 0) return [];
  return misspeltIn(params, await provider.params(settings), path).map(({ at, name, known }) => ({
    code: "EVALS_PARAM_MISSPELT",
    path: places.path,
    ...places.at(at, "key"),
    what: `"${name}" is not a known parameter. Did you mean "${known}"?`,
    why: "Parameters are sent as they are written, and many servers ignore a name that they do not know: the setting would have no effect.",
    fix: `${known}: …        (a parameter that really has the other name may stay; this is only a warning)`,
  }));
}

interface Misspelt {
  readonly at: readonly string[];
  readonly name: string;
  readonly known: string;
}

function misspeltIn(params: Members, names: ParamNames, path: readonly string[]): Misspelt[] {
  return Object.entries(params).flatMap(([name, value]) => {
    const at = [...path, name];
    const inner = Object.hasOwn(names, name) ? names[name] : undefined;
    if (inner !== undefined) return inner !== null && isObject(value) ? misspeltIn(value, inner, at) : [];
    const known = slipOf(name, Object.keys(names));
    return known === undefined ? [] : [{ at, name, known }];
  });
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
