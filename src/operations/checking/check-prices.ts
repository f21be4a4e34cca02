import type { Problem } from "../../domain/problem.ts";
import type { LoadedModel, Project } from "../../domain/project.ts";
import { priceOfModel } from "../../run/model-price.ts";

/** What the price list says about a project's models. */
export interface CheckedPrices {
  /** Aliases of models that are paid per token or called over the network and whose price is unknown. */
  readonly unpriced: readonly string[];
  /** One warning for each model with a shutdown date. */
  readonly warnings: readonly Problem[];
}

/** Looks up every model of the config in the price list of this package. Nothing is sent over the network. */
export async function checkPrices(project: Project): Promise<CheckedPrices> {
  const unpriced: string[] = [];
  const warnings: Problem[] = [];
  for (const model of project.models.values()) {
    if (needsPrice(model) && (await priceOfModel(model)) === null) unpriced.push(model.alias);
    const listed = model.provider.listed?.(model.settings);
    if (listed === undefined) continue;
    const { PRICE_TABLE, publishedShutdown } = await import("../../providers/price-table.ts");
    const day = publishedShutdown(listed);
    if (day !== null) warnings.push(retiring(project, model.alias, listed.model, day, PRICE_TABLE));
  }
  return { unpriced, warnings };
}

/** Whether a model needs a price. Recordings cost nothing; programs and modules may report their own cost. */
function needsPrice({ provider, settings }: LoadedModel): boolean {
  return provider.needsPrice?.(settings) ?? provider.prompt === "required";
}

/** The warning for a model that has a shutdown date. @param source where the date comes from */
export function retiring(
  project: Project,
  alias: string,
  model: string,
  day: string,
  source: string,
): Problem {
  return {
    code: "EVALS_MODEL_RETIRES",
    path: project.configPlaces.path,
    ...project.configPlaces.at(["models", alias, "model"]),
    what: `"${model}" is shut down by its provider on ${day} (${source}).`,
    why: "From that day on every call fails, and no later answer can be compared with today's answers.",
    fix: "Before that day, run the suites also with the model's successor (evals run --model <alias>), then promote that run.",
  };
}
