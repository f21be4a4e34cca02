import { DEFAULT_TRIALS } from "../domain/config.ts";
import { explainsOnly } from "../domain/explaining-judge.ts";
import { ONCE } from "../domain/parse-once.ts";
import { pressureSettings } from "../domain/pressure.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedModel, LoadedSuite, Places } from "../domain/project.ts";
import { isInline } from "../domain/prompt.ts";
import { Suite } from "../domain/suite.ts";
import { checkGate } from "./check-gate.ts";
import { describeIssues } from "./describe-issues.ts";
import { collectAsync } from "./file-problems.ts";
import { unfilledInValue } from "./find-environment.ts";
import { secretsInValue } from "./find-secrets.ts";
import { parseYaml } from "./parse-yaml.ts";
import { readText } from "./read-text.ts";
import { type SuiteDraft, salvageSuite } from "./salvage-suite.ts";
import { withoutShortScorers } from "./short-scorers.ts";
import { findSuiteCases } from "./suite-cases.ts";
import { isCodeSuite } from "./suite-files.ts";
import { findModels, findPerson } from "./suite-models.ts";
import { findSuitePrompts, promptsOfRecorded } from "./suite-prompts.ts";
import {
  isNamed,
  type SuiteContext,
  type SuiteOverrides,
  type SuiteReading,
  withPlace,
} from "./suite-reading.ts";
import { loadScorers, nameProblems, scorerNames } from "./suite-scorers.ts";

/**
 * The suite with the model and trials of the command line, which replace its own. `findSuitePrompts` applies the prompt
 * of the command line.
 */
function overridden<S extends SuiteDraft>(suite: S, { model, trials }: SuiteOverrides): S {
  return {
    ...suite,
    ...(model === undefined ? {} : chosenModel(suite, model)),
    ...(trials === undefined ? {} : { trials }),
  };
}

/**
 * The suite's `model` or `models` for the model of the command line. A model that is one of the suite's `models` stays
 * in such a list, because each model of a list has a baseline of its own.
 */
function chosenModel({ models }: SuiteDraft, model: string): Pick<SuiteDraft, "model" | "models"> {
  return models?.includes(model) ? { model: undefined, models: [model] } : { model, models: undefined };
}

/**
 * Reads one suite and everything it refers to; if it lists several prompts, it becomes one suite per prompt. Its
 * dataset is read only when the suite has a mistake, so that the mistakes of suite and dataset are reported together.
 *
 * @throws {EvalsError} with all its problems
 */
export async function loadSuite(name: string, path: string, context: SuiteContext): Promise<LoadedSuite[]> {
  const text = readText(context.files, path);
  const read = isCodeSuite(path) ? await codeSuite(path, context) : fromYaml(text, path);
  const { places, files = [] } = read;
  const value = withoutShortScorers(read.value, context.scorers.names);
  const problems = [
    ...secretsInValue(value, places),
    ...unfilledInValue(value, places),
    ...(text.includes("{{")
      ? (await import("./find-templates.ts")).unfilledTemplatesInSuite(value, places)
      : []),
  ];
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
  const clock = suite.clock ?? context.config.config?.clock;
  const asked = prompts.length === 0 ? [{ spec: undefined, prompt: null, listed: false }] : prompts;
  const loaded = asked.map(({ spec, prompt, listed }) => ({
    name,
    path,
    suite: { ...suite, prompt: spec, prompts: listed ? (suite.prompts ?? []) : undefined },
    places,
    models,
    prompt,
    scorers,
    openCases: openCases ?? noCases,
    ...(files.length === 0 ? {} : { codeFiles: files }),
    ...(whole !== undefined && isOtherModel(whole, parsed.data) ? { otherModel: true as const } : {}),
    ...(person === undefined ? {} : { person }),
    ...(paraphrases === undefined ? {} : { paraphrases }),
    ...(clock === undefined ? {} : { clock }),
  }));
  if (problems.length === 0 && whole !== undefined && openCases !== undefined) return loaded;
  await collectAsync(problems, async () => (await openCases?.())?.close());
  const fits = prompts.length > 0 && (whole !== undefined || choosesCases(suite, value));
  context.unfinished.push(...loaded.map((one) => ({ suite: one, whole: fits })));
  throw new EvalsError(problems);
}

/** Whether the command line chose a model that is none of the suite's own. */
const isOtherModel = (chosen: SuiteDraft, own: SuiteDraft | undefined): boolean =>
  chosen.model !== own?.model && chosen.models === undefined;

/** For a suite with a mistake: whether the keys that concern its cases (`filter`, `user` and `scorers`) can be read. */
function choosesCases(suite: SuiteDraft, value: unknown): boolean {
  const written = (value as { readonly scorers?: unknown }).scorers;
  return (
    Array.isArray(written) &&
    written.length === suite.scorers.length &&
    (["filter", "user"] as const).every((key) => suite[key] !== undefined || !isNamed(value, key))
  );
}

/** Takes the place of the cases when no dataset was found. It adds no problem, because one was reported already. */
function noCases(): Promise<never> {
  return Promise.reject(new EvalsError([]));
}

/** A parsed suite file. */
interface SuiteFile {
  readonly value: unknown;
  readonly places: Places;
  /** For a suite created by code: the module and its imports. */
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

function gateContext(suite: SuiteDraft, value: unknown, { places, context }: SuiteReading) {
  const { config } = context.config;
  // When `trials` cannot be read, the schema has reported it. Infinity keeps the check of pass^k from adding a problem.
  const unread = isNamed(value, "trials") || config === undefined;
  const trials = suite.trials ?? (unread ? Infinity : (config.defaults.trials ?? DEFAULT_TRIALS));
  const late = suite.scorers.filter((entry) => entry.judge_when === "passed" || explainsOnly(entry));
  const pressure = pressureSettings(suite.pressure ?? []).map(({ kind }) => kind);
  return { places, trials, scorers: scorerNames(suite.scorers), partial: scorerNames(late), pressure };
}

/** The suite's paraphrases; undefined when it uses none, or when a problem was added. */
async function findParaphrases(
  name: string,
  suite: SuiteDraft,
  { places, context: { files }, problems }: SuiteReading,
): Promise<LoadedSuite["paraphrases"]> {
  if (suite.pressure === undefined) return undefined;
  const { loadParaphrases } = await import("./paraphrase-file.ts");
  return withPlace(places, ["pressure"], problems, () => loadParaphrases(name, suite, places, files));
}

function canaryWithoutPrompt(places: Places): Problem {
  return {
    code: "EVALS_SUITE_CANARY",
    path: places.path,
    ...places.at(["canary"], "key"),
    what: "This suite has a canary and names no version of a prompt.",
    why: "A canary asks with the baseline's prompt, so that a change can only come from the provider. Without a prompt it could come from the application.",
    fix: "Delete `canary`, or name a version under `prompt` (evals split <suite> makes a version of a prompt that is written in the suite).",
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
      why: "A chat model is asked with messages, and a prompt makes the messages of a case.",
      fix: "prompt: <name>        (a file prompts/<name>/1.0.0.md)",
    },
  ];
}
