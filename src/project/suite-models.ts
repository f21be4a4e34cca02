import type { Problem } from "../domain/problem.ts";
import type { LoadedModel, LoadedSuite, Places } from "../domain/project.ts";
import { collectAsync, placed } from "./file-problems.ts";
import { loadPrompt } from "./find-prompt.ts";
import { unknownModel } from "./load-config.ts";
import type { SuiteDraft } from "./salvage-suite.ts";
import { isNamed, type SuiteReading } from "./suite-reading.ts";

/** The models that a suite asks; problems are added to `problems`. */
export function findModels(
  suite: SuiteDraft,
  value: unknown,
  { places, context, problems }: SuiteReading,
): LoadedModel[] {
  const { config, overrides } = context;
  const choice = modelChoice(suite, places, config.aliases);
  if ("problem" in choice) {
    const none = suite.model === undefined && suite.models === undefined;
    // Where `model` or `models` is invalid or misspelt in the suite, the schema has reported it.
    if (!none || !(isNamed(value, "model") || isNamed(value, "models"))) problems.push(choice.problem);
    return [];
  }
  return choice.aliases.flatMap(({ alias, at }, index) => {
    const place = { path: places.path, ...places.at(at) };
    const model = config.models.get(alias);
    const repeated = choice.aliases.findIndex((other) => other.alias === alias) < index;
    if (repeated) problems.push(repeatedModel(alias, place));
    // An alias whose entry has a mistake counts as known, because the mistake is reported at the entry. An alias of
    // the command line is reported once for all suites.
    else if (config.aliasesRead && !config.aliases.includes(alias) && alias !== overrides.model) {
      problems.push(unknownModel(alias, config.aliases, place));
    }
    return model === undefined ? [] : [model];
  });
}

type ModelChoice =
  | { readonly aliases: readonly { alias: string; at: readonly PropertyKey[] }[] }
  | { readonly problem: Problem };

function modelChoice(suite: SuiteDraft, places: Places, aliases: readonly string[]): ModelChoice {
  if (suite.model !== undefined && suite.models !== undefined) {
    return { problem: bothModelKeys(places, [suite.model, ...suite.models]) };
  }
  if (suite.models !== undefined) {
    return { aliases: suite.models.map((alias, index) => ({ alias, at: ["models", index] })) };
  }
  if (suite.model === undefined) return { problem: noModel(places, aliases) };
  return { aliases: [{ alias: suite.model, at: ["model"] }] };
}

function bothModelKeys(places: Places, aliases: readonly string[]): Problem {
  return {
    code: "EVALS_SUITE_MODEL",
    path: places.path,
    ...places.at(["models"], "key"),
    what: 'This suite has both "model" and "models".',
    why: "It is unclear whether one run is meant or several.",
    fix: `models: [${[...new Set(aliases)].join(", ")}], and delete \`model\``,
  };
}

function noModel(places: Places, aliases: readonly string[]): Problem {
  return {
    code: "EVALS_SUITE_MODEL",
    path: places.path,
    ...places.at([]),
    what: "This suite does not say which model it asks.",
    why: "There would be nothing to ask; a default would change what is tested when the config changes.",
    fix: `model: ${aliases[0] ?? "small"}${aliases.length > 1 ? `        (all models: ${aliases.join(", ")})` : ""}`,
  };
}

function repeatedModel(alias: string, place: Pick<Problem, "path" | "line" | "column">): Problem {
  return {
    code: "EVALS_SUITE_MODEL",
    ...place,
    what: `The model "${alias}" is here twice.`,
    why: "Each model has one run and one baseline.",
    fix: "Delete one of them; for more trials of each case raise `trials`.",
  };
}

/**
 * Prompt and model of the simulated user; undefined when there is none, or when a problem was added to
 * `problems`.
 */
export async function findPerson(
  { user }: SuiteDraft,
  { places, context, problems }: SuiteReading,
): Promise<LoadedSuite["person"]> {
  if (user?.prompt === undefined || user.model === undefined) return undefined;
  const { config, files, prompts } = context;
  const model = config.models.get(user.model);
  if (model === undefined && config.aliasesRead && !config.aliases.includes(user.model))
    problems.push(
      unknownModel(user.model, config.aliases, { path: places.path, ...places.at(["user", "model"]) }),
    );
  if (model !== undefined && model.provider.kind === "outputs") problems.push(cannotPlay(user.model, places));
  const loading = prompts.get(user.prompt) ?? loadPrompt(files, user.prompt);
  prompts.set(user.prompt, loading);
  const found: Problem[] = [];
  const prompt = await collectAsync(found, () => loading);
  problems.push(...found.map((one) => placed(one, places, ["user", "prompt"])));
  return prompt === undefined || model === undefined ? undefined : { prompt, model };
}

function cannotPlay(alias: string, places: Places): Problem {
  return {
    code: "EVALS_SUITE_MODEL",
    path: places.path,
    ...places.at(["user", "model"]),
    what: `The model "${alias}" only has outputs that were made elsewhere.`,
    why: "The simulated user answers what was just said, and that was unknown when the outputs were made.",
    fix: "model: <an alias that can be asked, or a replay of one>",
  };
}
