import { EvalConfig, ModelEntry } from "../domain/config.ts";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import { ONCE } from "../domain/parse-once.ts";
import type { Problem } from "../domain/problem.ts";
import type { LoadedModel, Places, Registry } from "../domain/project.ts";
import type { ProviderDefinition } from "../domain/provider.ts";
import { describeIssues } from "./describe-issues.ts";
import { collect } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";
import { unfilledInValue } from "./find-environment.ts";
import { CONFIG_FILE } from "./find-project-root.ts";
import { secretsInValue } from "./find-secrets.ts";
import { parseYaml } from "./parse-yaml.ts";
import { readText } from "./read-text.ts";

/** The config as far as it can be read; complete when `problems` is empty. */
export interface LoadedConfig {
  /** The parsed config; undefined when the file cannot be read or does not match the schema. */
  readonly config: EvalConfig | undefined;
  readonly places: Places;
  /** The models without a mistake, by alias. */
  readonly models: ReadonlyMap<string, LoadedModel>;
  /** All aliases, including those of models with a mistake. */
  readonly aliases: readonly string[];
  /** Whether all aliases could be read. Only then does an alias that is not in `aliases` certainly not exist. */
  readonly aliasesRead: boolean;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const NOWHERE: Places = { path: CONFIG_FILE, at: () => ({ line: 1, column: 1 }) };

/** Reads evalconfig.yaml and all its models. Problems are returned, so that they are reported together with the suites'. */
export async function loadConfig(
  files: FileSource,
  providers: Registry<ProviderDefinition>,
): Promise<LoadedConfig> {
  const problems: Problem[] = [];
  const text = collect(problems, () => readText(files, CONFIG_FILE));
  if (text === undefined) return broken(NOWHERE, problems);
  const { value, places, problems: syntax } = parseYaml(text, CONFIG_FILE);
  if (syntax.length > 0) return broken(places, syntax);
  problems.push(
    ...secretsInValue(value, places),
    ...unfilledInValue(value, places),
    ...(text.includes("{{")
      ? (await import("./find-templates.ts")).unfilledTemplatesInConfig(value, places)
      : []),
  );
  const parsed = EvalConfig.safeParse(value, ONCE);
  if (!parsed.success) {
    problems.push(
      ...describeIssues(parsed.error.issues, { schema: EvalConfig, value, places, code: "EVALS_CONFIG" }),
    );
  }
  const entries = modelEntries(value);
  const models = new Map<string, LoadedModel>();
  const warnings: Problem[] = [];
  for (const [alias, entry] of entries) {
    const model = await loadModel({ alias, entry, places, providers }, problems);
    if (model === undefined) continue;
    models.set(alias, model);
    if (mayBeWarned(model))
      warnings.push(...(await (await import("./model-warnings.ts")).modelWarnings(model, places)));
  }
  const aliases = Object.keys(writtenModels(value));
  problems.push(...(await aliasProblems(entries, aliases, places)));
  if (parsed.success && entries.length === 0)
    problems.push((await import("./config-problems.ts")).noModels(places));
  const aliasesRead = parsed.success || aliases.length > 0;
  return { config: parsed.data, places, models, aliases, aliasesRead, problems, warnings };
}

/** Whether a model's entry has what the warnings are about: a name that its provider moves, or parameters. */
function mayBeWarned({ provider, settings, entry }: LoadedModel): boolean {
  return provider.floating?.(settings) !== undefined || Object.hasOwn(entry, "params");
}

function broken(places: Places, problems: readonly Problem[]): LoadedConfig {
  return {
    config: undefined,
    places,
    models: new Map(),
    aliases: [],
    aliasesRead: false,
    problems,
    warnings: [],
  };
}

/** The entries under `models` as written in the file; empty when `models` is not an object. */
function writtenModels(value: unknown): Record<string, unknown> {
  const models = (value as { models?: unknown } | null)?.models;
  const isObject = models !== null && typeof models === "object" && !Array.isArray(models);
  return isObject ? (models as Record<string, unknown>) : {};
}

function modelEntries(value: unknown): [string, Record<string, unknown>][] {
  return Object.entries(writtenModels(value)).filter(
    ([, entry]) => entry !== null && typeof entry === "object" && !Array.isArray(entry),
  ) as [string, Record<string, unknown>][];
}

export interface ModelInFile {
  readonly alias: string;
  readonly entry: Record<string, unknown>;
  readonly places: Places;
  readonly providers: Registry<ProviderDefinition>;
}

async function loadModel(model: ModelInFile, problems: Problem[]): Promise<LoadedModel | undefined> {
  const { alias, entry, places, providers } = model;
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(alias))
    problems.push((await import("./config-problems.ts")).badAlias(alias, places));
  // A provider that is missing or not a text is reported by the schema.
  if (typeof entry.provider !== "string") return undefined;
  const provider = providers.names.includes(entry.provider)
    ? await providers.load(entry.provider)
    : undefined;
  if (provider === undefined) {
    const { unknownProvider } = await import("./config-problems.ts");
    problems.push(unknownProvider(model, entry.provider));
    return undefined;
  }
  const settings = provider.settings.safeParse(entry, ONCE);
  if (!settings.success) {
    const context = {
      schema: provider.settings,
      value: entry,
      places,
      base: ["models", alias],
      code: "EVALS_CONFIG",
    };
    problems.push(...describeIssues(settings.error.issues, context));
    return undefined;
  }
  const frame = ModelEntry.safeParse(entry, ONCE);
  return frame.success ? { alias, entry: frame.data, provider, settings: settings.data } : undefined;
}

/** Checks the aliases that an entry refers to: the fallback and the recorded model. */
async function aliasProblems(
  entries: readonly [string, Record<string, unknown>][],
  aliases: readonly string[],
  places: Places,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [alias, entry] of entries) {
    for (const key of ["fallback", "of"]) {
      const named = entry[key];
      if (typeof named !== "string" || (key === "of" && entry.provider !== "replay")) continue;
      const at = ["models", alias, key];
      if (named === alias)
        problems.push((await import("./config-problems.ts")).namesItself(alias, key, places));
      else if (!aliases.includes(named))
        problems.push(unknownModel(named, aliases, { path: places.path, ...places.at(at) }, key));
    }
  }
  return problems;
}

/**
 * The problem of an unknown alias.
 *
 * @param place empty for an alias from the command line
 * @param key where it was written, for instance `model` or `fallback`
 */
export function unknownModel(
  alias: string,
  aliases: readonly string[],
  place: Pick<Problem, "path" | "line" | "column">,
  key = "model",
): Problem {
  const guess = nearest(alias, aliases);
  const before = place.path === undefined ? "--model " : `${key}: `;
  return {
    code: "EVALS_MODEL_UNKNOWN",
    ...place,
    what: `Unknown model "${alias}".${didYouMean(alias, aliases)}`,
    why: "There would be nothing to ask.",
    fix:
      guess === undefined
        ? `Name one of the models in ${CONFIG_FILE}: ${aliases.join(", ") || "there is none yet"}.`
        : `${before}${guess}        (all models: ${aliases.join(", ")})`,
  };
}
