import type { Problem } from "../domain/problem.ts";
import type { LoadedModel, Places } from "../domain/project.ts";

/** Warns about what is allowed in a model's entry and is probably not meant. */
export async function modelWarnings(model: LoadedModel, places: Places): Promise<Problem[]> {
  const { alias, provider, settings } = model;
  const floating = provider.floating?.(settings);
  const warnings = floating === undefined ? [] : [floatingModel(alias, floating, places)];
  const { params } = model.entry as { readonly params?: unknown };
  if (params === undefined) return warnings;
  const { misspeltParams } = await import("./misspelt-params.ts");
  return [
    ...warnings,
    ...(await misspeltParams(model, params, { places, path: ["models", alias, "params"] })),
  ];
}

function floatingModel(alias: string, model: string, places: Places): Problem {
  return {
    code: "EVALS_MODEL_FLOATING",
    path: places.path,
    ...places.at(["models", alias, "model"]),
    what: `"${model}" is a name that its provider moves to newer models.`,
    why: "Results would change although nothing in git changed, and look like a regression.",
    fix: "Name a dated version, for instance gpt-5.4-mini-2026-03-17.",
  };
}
