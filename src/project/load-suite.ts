import { DEFAULT_TRIALS } from "../domain/config.ts";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import type { ModuleEvents } from "../domain/module-events.ts";
import { ONCE } from "../domain/parse-once.ts";
import { pressureSettings } from "../domain/pressure.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type {
  LoadedModel,
  LoadedPrompt,
  LoadedScorer,
  LoadedSuite,
  Places,
  Registry,
} from "../domain/project.ts";
import { isInline } from "../domain/prompt.ts";
import type { ScorerDefinition } from "../domain/scorer.ts";
import { type ScorerEntry, Suite } from "../domain/suite.ts";
import { asksWithin } from "./asks-model.ts";
import { checkGate } from "./check-gate.ts";
import { describeIssues, isMisspelt } from "./describe-issues.ts";
import { collect, collectAsync, placed } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";
import { unfilledInValue } from "./find-environment.ts";
import { loadPrompt } from "./find-prompt.ts";
import { secretsInValue } from "./find-secrets.ts";
import { type LoadedConfig, unknownModel } from "./load-config.ts";
import { caseOpener } from "./open-cases.ts";
import { parseYaml } from "./parse-yaml.ts";
import { readText } from "./read-text.ts";
import { resolveDataset } from "./resolve-dataset.ts";
import { type SuiteDraft, salvageSuite } from "./salvage-suite.ts";
import { withoutShortScorers } from "./short-scorers.ts";
import { isCodeSuite } from "./suite-files.ts";
import { findSuitePrompts, promptsOfRecorded } from "./suite-prompts.ts";

/** What suites are checked against. */
export interface SuiteContext {
  readonly files: FileSource;
  /** Environment for a module that creates cases. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly modules?: ModuleEvents | undefined;
  readonly config: LoadedConfig;
  readonly scorers: Registry<ScorerDefinition>;
  /** Prompts already loaded, by spec; shared by all suites. */
  readonly prompts: Map<string, Promise<LoadedPrompt>>;
  readonly overrides: SuiteOverrides;
}

/** One suite's file while it is read. */
interface SuiteReading {
  readonly places: Places;
  readonly context: SuiteContext;
  readonly problems: Problem[];
}

/** Settings from the command line that replace a suite's. */
export interface SuiteOverrides {
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  readonly trials?: number | undefined;
}

/** The settings of `suite` except its prompt, with those of the command line applied. */
function overridden<S extends SuiteDraft>(suite: S, { model, trials }: SuiteOverrides): S {
  return {
    ...suite,
    ...(model === undefined ? {} : chosenModel(suite, model)),
    ...(trials === undefined ? {} : { trials }),
  };
}

/** A single selected model of several still has its own baseline. */
function chosenModel({ models }: SuiteDraft, model: string): Pick<SuiteDraft, "model" | "models"> {
  return models?.includes(model) ? { model: undefined, models: [model] } : { model, models: undefined };
}

/**
 * Reads one suite and everything it refers to; if it lists several prompts, it becomes one suite per prompt. Its
 * dataset is read only when the suite has a mistake, so that both are reported together.
 *
 * @throws {EvalsError} with all its problems
 */
export async function loadSuite(name: string, path: string, context: SuiteContext): Promise<LoadedSuite[]> {
  const text = readText(context.files, path);
  const read = isCodeSuite(path) ? await codeSuite(path, context) : fromYaml(text, path);
  const { places, files = [] } = read;
  const value = withoutShortScorers(read.value, context.scorers.names);
  const problems = [...secretsInValue(value, places), ...unfilledInValue(value, places)];
  const parsed = Suite.safeParse(value, ONCE);
  if (!parsed.success) {
    problems.push(
      ...describeIssues(parsed.error.issues, { schema: Suite, value, places, code: "EVALS_SUITE" }),
    );
  }
  const scorers = await loadScorers(value, places, context.scorers, problems);
  const whole = parsed.success ? overridden(parsed.data, context.overrides) : undefined;
  const salvaged = whole === undefined ? salvageSuite(value) : undefined;
  const suite: SuiteDraft | undefined = whole ?? (salvaged && overridden(salvaged, context.overrides));
  if (suite === undefined) throw new EvalsError(problems);
  problems.push(...nameProblems(suite.scorers, places));
  const models = findModels(suite, value, { places, context, problems });
  const prompts = await findSuitePrompts(suite, text, { places, context, problems });
  if (prompts.some(({ listed }) => listed)) problems.push(...promptsOfRecorded(models, places));
  if (
    prompts.every(({ spec }) => spec === undefined) &&
    !isNamed(value, "prompt") &&
    !isNamed(value, "prompts")
  )
    problems.push(...missingPrompt(models, places));
  if (
    whole?.canary !== undefined &&
    prompts.some(({ spec, prompt }) => (prompt === null ? spec === undefined : isInline(prompt.version)))
  )
    problems.push(canaryWithoutPrompt(places));
  problems.push(...checkGate(suite.gate, gateContext(suite, value, { places, context, problems })));
  const person = await findPerson(suite, { places, context, problems });
  const paraphrases = await findParaphrases(name, suite, { places, context, problems });
  const openCases = await findSuiteCases(suite, value, { places, context, problems });
  if (problems.length > 0 || whole === undefined || openCases === undefined) {
    await collectAsync(problems, async () => (await openCases?.())?.close());
    throw new EvalsError(problems);
  }
  const clock = whole.clock ?? context.config.config?.clock;
  return prompts.map(({ spec, prompt, listed }) => ({
    name,
    path,
    suite: { ...whole, prompt: spec, prompts: listed ? (whole.prompts ?? []) : undefined },
    places,
    models,
    prompt,
    scorers,
    openCases,
    ...(files.length === 0 ? {} : { codeFiles: files }),
    ...(person === undefined ? {} : { person }),
    ...(paraphrases === undefined ? {} : { paraphrases }),
    ...(clock === undefined ? {} : { clock }),
  }));
}

/** A parsed suite file. */
interface SuiteFile {
  readonly value: unknown;
  readonly places: Places;
  /** For one created by code: the module and its imports. */
  readonly files?: readonly string[];
}

function fromYaml(text: string, path: string): SuiteFile {
  const { value, places, problems } = parseYaml(text, path);
  if (problems.length > 0) throw new EvalsError(problems);
  return { value, places };
}

async function codeSuite(path: string, context: SuiteContext): Promise<SuiteFile> {
  const { readCodeSuite } = await import("./code-suite.ts");
  return readCodeSuite(path, context);
}

/** The suite's own cases, or those of its dataset; undefined when a mistake was added. */
async function findSuiteCases(
  suite: SuiteDraft,
  value: unknown,
  { places, context, problems }: SuiteReading,
): Promise<LoadedSuite["openCases"] | undefined> {
  const { dataset, cases } = suite;
  if (cases !== undefined) {
    if (dataset !== undefined) problems.push(casesTwice(places));
    const { openListedCases } = await import("./listed-cases.ts");
    return async () => openListedCases((value as { cases: unknown[] }).cases, places, ["cases"]);
  }
  if (dataset === undefined) {
    if (!isNamed(value, "dataset") && !isNamed(value, "cases")) problems.push(noCases(places));
    return undefined;
  }
  if (typeof dataset !== "string") {
    const { moduleCases } = await import("./module-cases.ts");
    return withPlace(places, ["dataset", "module"], problems, () => moduleCases(dataset, context));
  }
  const path = withPlace(places, ["dataset"], problems, () => resolveDataset(context.files, dataset));
  return path === undefined ? undefined : caseOpener(context.files, path);
}

function casesTwice(places: Places): Problem {
  return {
    code: "EVALS_SUITE_CASES",
    path: places.path,
    ...places.at(["cases"], "key"),
    what: 'This suite has both "dataset" and "cases".',
    why: "A run must be about one set of cases, and nobody could tell which it was.",
    fix: "Delete one of them; evals split <suite> moves cases: into a dataset.",
  };
}

function noCases(places: Places): Problem {
  return {
    code: "EVALS_SUITE_MISSING_KEY",
    path: places.path,
    ...places.at([]),
    what: '"dataset" is missing.',
    why: "A suite asks every case of one dataset, so it must say which.",
    fix: "dataset: <name>        (a file datasets/<name>.jsonl), or cases: with the cases themselves",
  };
}

/** Whether the suite has the key, or a misspelling of it. */
function isNamed(value: unknown, key: string): boolean {
  const keys = Object.keys(Suite.shape);
  return (
    value !== null && typeof value === "object" && (Object.hasOwn(value, key) || isMisspelt(key, value, keys))
  );
}

/** Names of the scorers in the suite's order: `name`, or else `type`. */
export function scorerNames(entries: readonly ScorerEntry[]): string[] {
  return entries.map(({ name, type }) => name ?? type);
}

function gateContext(suite: SuiteDraft, value: unknown, { places, context }: SuiteReading) {
  const { config } = context.config;
  // An unreadable number of trials is reported already and gets no second message.
  const unread = isNamed(value, "trials") || config === undefined;
  const trials = suite.trials ?? (unread ? Infinity : (config.defaults.trials ?? DEFAULT_TRIALS));
  const late = suite.scorers.filter((entry) => entry.judge_when === "passed");
  const pressure = pressureSettings(suite.pressure ?? []).map(({ kind }) => kind);
  return { places, trials, scorers: scorerNames(suite.scorers), partial: scorerNames(late), pressure };
}

/** Runs `find`; a mistake without a location gets that of `path`. */
function withPlace<T>(
  places: Places,
  path: readonly PropertyKey[],
  problems: Problem[],
  find: () => T,
): T | undefined {
  const found: Problem[] = [];
  const value = collect(found, find);
  problems.push(...found.map((problem) => placed(problem, places, path)));
  return value;
}

async function loadScorers(
  value: unknown,
  places: Places,
  registry: Registry<ScorerDefinition>,
  problems: Problem[],
): Promise<LoadedScorer[]> {
  const entries = (value as { scorers?: unknown } | null)?.scorers;
  if (!Array.isArray(entries)) return [];
  const loaded: LoadedScorer[] = [];
  for (const [index, entry] of entries.entries()) {
    const type = (entry as { type?: unknown } | null)?.type;
    // A type that is missing or not a text is reported by the schema.
    if (typeof type !== "string") continue;
    const definition = registry.names.includes(type) ? await registry.load(type) : undefined;
    if (definition === undefined) {
      problems.push(unknownScorer(type, places, index, registry.names));
      continue;
    }
    const settings = definition.settings.safeParse(entry, ONCE);
    if (settings.success) {
      const asks = definition.asks ?? (await asksWithin(entry, registry));
      loaded.push({ definition, settings: settings.data, entry, asks });
    } else {
      const base = ["scorers", index];
      const context = { schema: definition.settings, value: entry, places, base, code: "EVALS_SUITE" };
      problems.push(...describeIssues(settings.error.issues, context));
    }
  }
  return loaded;
}

function unknownScorer(type: string, places: Places, index: number, known: readonly string[]): Problem {
  return {
    code: "EVALS_SCORER_UNKNOWN",
    path: places.path,
    ...places.at(["scorers", index, "type"]),
    what: `Unknown scorer type "${type}".${didYouMean(type, known)}`,
    why: "A suite with a scorer that does not exist would pass without checking anything.",
    fix: `type: ${nearest(type, known) ?? "equals"}        (all types: docs/scorers.md)`,
  };
}

function nameProblems(entries: readonly ScorerEntry[], places: Places): Problem[] {
  const names = scorerNames(entries);
  return names.flatMap((name, index) => {
    if (names.indexOf(name) === index) return [];
    const named = entries[index]?.name !== undefined;
    return [
      {
        code: "EVALS_SCORER_DUPLICATE_NAME",
        path: places.path,
        ...places.at(["scorers", index, named ? "name" : "type"]),
        what: `Two scorers of this suite are named "${name}".`,
        why: `A rule about score.${name} could mean either of them.`,
        fix: `name: ${name}-${index + 1}        (a name of its own; it defaults to the type)`,
      },
    ];
  });
}

function findModels(
  suite: SuiteDraft,
  value: unknown,
  { places, context, problems }: SuiteReading,
): LoadedModel[] {
  const { config, overrides } = context;
  const choice = modelChoice(suite, places, config.aliases);
  if ("problem" in choice) {
    const none = suite.model === undefined && suite.models === undefined;
    // A model whose entry has a mistake is reported at that entry.
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
    else if (config.config !== undefined && !config.aliases.includes(alias) && alias !== overrides.model) {
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
    fix: `models: [${[...new Set(aliases)].join(", ")}], and no model:`,
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
    fix: "Delete one of them; for more runs of a case raise trials.",
  };
}

/** Prompt and model of the simulated user; undefined when there is none, or a mistake was added. */
async function findPerson(
  { user }: SuiteDraft,
  { places, context, problems }: SuiteReading,
): Promise<LoadedSuite["person"]> {
  if (user?.prompt === undefined || user.model === undefined) return undefined;
  const { config, files, prompts } = context;
  const model = config.models.get(user.model);
  if (model === undefined && config.config !== undefined && !config.aliases.includes(user.model))
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

/** Undefined when there are none, or a mistake was added. */
async function findParaphrases(
  name: string,
  suite: SuiteDraft,
  { places, context: { files }, problems }: SuiteReading,
): Promise<LoadedSuite["paraphrases"]> {
  if (suite.pressure === undefined) return undefined;
  const { loadParaphrases } = await import("./paraphrase-file.ts");
  return withPlace(places, ["pressure"], problems, () => loadParaphrases(name, suite, places, files));
}

function cannotPlay(alias: string, places: Places): Problem {
  return {
    code: "EVALS_SUITE_MODEL",
    path: places.path,
    ...places.at(["user", "model"]),
    what: `The model "${alias}" only has outputs that were made elsewhere.`,
    why: "A person answers what was just said, which nobody knew when the outputs were made.",
    fix: "model: <an alias that can be asked, or a replay of one>",
  };
}

function canaryWithoutPrompt(places: Places): Problem {
  return {
    code: "EVALS_SUITE_CANARY",
    path: places.path,
    ...places.at(["canary"], "key"),
    what: "This suite has a canary and names no version of a prompt.",
    why: "A canary asks under the baseline's prompt; without one the application itself may be the change.",
    fix: "Delete canary:, or name a prompt: (evals split <suite> makes one of a prompt that the suite holds itself)",
  };
}

function missingPrompt(models: readonly LoadedModel[], places: Places): Problem[] {
  const asking = models.find((model) => model.provider.prompt === "required");
  if (asking === undefined) return [];
  return [
    {
      code: "EVALS_SUITE_NO_PROMPT",
      path: places.path,
      ...places.at([]),
      what: `This suite has no prompt, and the model "${asking.alias}" needs one.`,
      why: "A chat model is asked with messages, and a prompt makes them of a case.",
      fix: "prompt: <name>        (a file prompts/<name>/1.0.0.md)",
    },
  ];
}
