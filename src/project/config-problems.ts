import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import type { Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import type { ModelInFile } from "./load-config.ts";

export function unknownProvider({ alias, places, providers }: ModelInFile, kind: string): Problem {
  const guess = nearest(kind, providers.names);
  const all = `all providers: ${providers.names.join(", ")}`;
  return {
    code: "EVALS_PROVIDER_UNKNOWN",
    path: places.path,
    ...places.at(["models", alias, "provider"]),
    what: `Unknown provider "${kind}".${didYouMean(kind, providers.names)}`,
    why: "The provider decides how the model is reached.",
    fix:
      guess === undefined
        ? `provider: openai        (for any OpenAI-compatible server, with base_url; ${all})`
        : `provider: ${guess}        (${all})`,
  };
}

export function badAlias(alias: string, places: Places): Problem {
  return {
    code: "EVALS_CONFIG_INVALID",
    path: places.path,
    ...places.at(["models", alias], "key"),
    what: `"${alias}" cannot be the name of a model.`,
    why: "The name becomes part of file names and of commands.",
    fix: `Use letters, digits, ".", "-" and "_": ${alias.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "") || "small"}`,
  };
}

export function noModels(places: Places): Problem {
  return {
    code: "EVALS_CONFIG_INVALID",
    path: places.path,
    ...places.at(["models"]),
    what: "There is no model in this file.",
    why: "A suite asks one of these models, so there must be at least one.",
    fix: "models: { small: { provider: openai, model: gpt-5.4-mini-2026-03-17 } }",
  };
}

export function namesItself(alias: string, key: string, places: Places): Problem {
  return {
    code: "EVALS_MODEL_CYCLE",
    path: places.path,
    ...places.at(["models", alias, key]),
    what: `"${alias}" names itself as its ${key === "of" ? "model" : "fallback"}.`,
    why: "The model would wait for itself without end.",
    fix: `${key}: <another alias>`,
  };
}
