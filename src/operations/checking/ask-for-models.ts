import type { Problem } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import { modelToday } from "../../providers/published-models.ts";
import { unusableKeys } from "../running/unusable-keys.ts";
import { retiring } from "./check-prices.ts";

/** Time limit for a provider's list of models, in milliseconds. */
const LIST_TIMEOUT_MS = 20_000;

/**
 * Asks providers for their lists of models, and reports models that are missing or have a shutdown date.
 *
 * @param reported warnings of the price table; a shutdown date that is among them is not reported again
 */
export async function askForModels(
  project: Project,
  reported: readonly Problem[],
): Promise<readonly Problem[]> {
  const warnings: Problem[] = [];
  for (const one of project.models.values()) {
    const { alias, provider, settings } = one;
    if (provider.modelList === undefined) continue;
    const usable = unusableKeys(project, one).length === 0;
    const request = usable ? provider.modelList(settings, project.env) : undefined;
    const at = { path: project.configPlaces.path, ...project.configPlaces.at(["models", alias, "model"]) };
    if (request === undefined) {
      warnings.push(notAsked(at, alias, "the provider's key is not set, or cannot be sent"));
      continue;
    }
    const { model, url } = request;
    const today = await modelToday(request, model, project.env, AbortSignal.timeout(LIST_TIMEOUT_MS));
    const { host } = new URL(url);
    if (today.kind === "unasked") warnings.push(notAsked(at, alias, today.why));
    else if (today.kind === "missing") warnings.push(notListed(at, model, host));
    else if (today.shutdown !== null) warnings.push(retiring(project, alias, model, today.shutdown, host));
  }
  return warnings.filter(
    ({ code, line }) => code !== "EVALS_MODEL_RETIRES" || !reported.some((one) => one.line === line),
  );
}

type Place = Pick<Problem, "path" | "line" | "column">;

function notAsked(at: Place, alias: string, why: string): Problem {
  return {
    code: "EVALS_MODEL_LIST",
    ...at,
    what: `It is unknown whether the model "${alias}" is still available: ${why}.`,
    why: "`--online` asks the model's provider which models it lists.",
    fix: "Set the provider's key, or correct its address in evalconfig.yaml; or run `evals check` without --online.",
  };
}

function notListed(at: Place, model: string, host: string): Problem {
  return {
    code: "EVALS_MODEL_NOT_LISTED",
    ...at,
    what: `"${model}" is not among the models that ${host} lists.`,
    why: "The name may be misspelt, or the model may be shut down or not available to this key; then every call fails.",
    fix: "Name a model that the provider lists.",
  };
}
