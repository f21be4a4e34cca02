import type { Problem } from "../../domain/problem.ts";
import type { LoadedModel, Project } from "../../domain/project.ts";
import { priceOfModel } from "../../run/model-price.ts";
import { unusableKeys } from "../running/unusable-keys.ts";

/** What is known of the prices and the remaining life of a project's models. */
export interface CheckedPrices {
  /** Aliases of models that are paid by the token, or asked over the network, and whose price nobody knows. */
  readonly unpriced: readonly string[];
  /** Models that their provider shuts down. */
  readonly warnings: readonly Problem[];
}

/** Looks every model of the config up in the published list that comes with the package. Nobody is asked. */
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

/** Recorded answers cost nothing; programs and modules may say themselves what an answer cost. */
function needsPrice({ provider, settings }: LoadedModel): boolean {
  return provider.needsPrice?.(settings) ?? provider.prompt === "required";
}

/** How long a provider may take to send its list. */
const LIST_TIMEOUT_MS = 20_000;

/** Asks providers for their own lists of models: which are missing from them, and which have a last day. */
export async function askForModels(project: Project): Promise<readonly Problem[]> {
  const { modelToday } = await import("../../providers/published-models.ts");
  const warnings: Problem[] = [];
  for (const one of project.models.values()) {
    const { alias, provider, settings } = one;
    if (provider.modelList === undefined) continue;
    const usable = unusableKeys(project, one).length === 0;
    const request = usable ? provider.modelList(settings, project.env) : undefined;
    const at = { path: project.configPlaces.path, ...project.configPlaces.at(["models", alias, "model"]) };
    if (request === undefined) {
      warnings.push(notAsked(at, alias, "its key is not set, or cannot be sent"));
      continue;
    }
    const { model, url } = request;
    const today = await modelToday(request, model, project.env, AbortSignal.timeout(LIST_TIMEOUT_MS));
    const { host } = new URL(url);
    if (today.kind === "unasked") warnings.push(notAsked(at, alias, today.why));
    else if (today.kind === "missing") warnings.push(notListed(at, model, host));
    else if (today.shutdown !== null) warnings.push(retiring(project, alias, model, today.shutdown, host));
  }
  return warnings;
}

type Place = Pick<Problem, "path" | "line" | "column">;

function notAsked(at: Place, alias: string, why: string): Problem {
  return {
    code: "EVALS_MODEL_LIST",
    ...at,
    what: `Nobody knows whether the model "${alias}" is still there: ${why}.`,
    why: "`--online` asks its provider for the list of models.",
    fix: "Set its key, or run evals check without --online.",
  };
}

function notListed(at: Place, model: string, host: string): Problem {
  return {
    code: "EVALS_MODEL_NOT_LISTED",
    ...at,
    what: `"${model}" is not among the models that ${host} lists.`,
    why: "It may be misspelt, shut down, or not open to this key: then every call fails.",
    fix: "Name a model that the provider lists.",
  };
}

function retiring(project: Project, alias: string, model: string, day: string, source: string): Problem {
  return {
    code: "EVALS_MODEL_RETIRES",
    path: project.configPlaces.path,
    ...project.configPlaces.at(["models", alias, "model"]),
    what: `"${model}" is shut down by its provider on ${day} (${source}).`,
    why: "From that day on every call fails, and nothing can be compared with the answers of today any more.",
    fix: "Run the suites with its successor beside it before that day (evals run --model <alias>), then promote the successor.",
  };
}
