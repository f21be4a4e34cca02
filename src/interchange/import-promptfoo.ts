import { posix } from "node:path";
import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { Imported, ImportedFile, ImportRequest, Kept } from "./imported.ts";
import { type Assigned, assignScorers } from "./promptfoo/assign-scorers.ts";
import { casesOf } from "./promptfoo/cases.ts";
import { ChecksFiles } from "./promptfoo/checks-files.ts";
import { type ConfigSource, isObject, readSource } from "./promptfoo/config-source.ts";
import type { Reading, Test } from "./promptfoo/config-test.ts";
import { JudgeFiles } from "./promptfoo/judge-files.ts";
import { reportKeys } from "./promptfoo/known-keys.ts";
import { Losses } from "./promptfoo/losses.ts";
import { Models } from "./promptfoo/models.ts";
import { ProjectFiles } from "./promptfoo/project-files.ts";
import type { ProviderHelp, ProviderSpec } from "./promptfoo/provider-spec.ts";
import { offeredTools } from "./promptfoo/provider-tools.ts";
import { providerSpecs } from "./promptfoo/providers.ts";
import { readPrompts } from "./promptfoo/read-prompts.ts";
import { readTest, readTests } from "./promptfoo/read-tests.ts";
import { slugOf, UniqueNames } from "./promptfoo/slug.ts";
import { suiteText, withPrompt } from "./promptfoo/suite-text.ts";
import { type ChosenTarget, type SuiteGroup, suiteGroups } from "./promptfoo/target-choice.ts";
import { datasetText, writePrompts } from "./promptfoo/write-prompts.ts";

/** A promptfoo config has at least one of these keys. */
const MARKS = ["prompts", "providers", "targets", "tests", "defaultTest", "scenarios", "redteam"];

/** Converts promptfoo configs to suites, datasets, prompts, judges and scorers. */
export async function importPromptfoo(request: ImportRequest): Promise<Imported> {
  const names = new UniqueNames();
  const models = new Models();
  const parts: Imported[] = [];
  for (const path of request.sources) parts.push(await importConfig(path, request, { names, models }));
  const files = new Map(parts.flatMap((part) => part.files.map((file) => [file.path, file] as const)));
  const taken: Record<string, number> = {};
  for (const part of parts)
    for (const [kind, count] of Object.entries(part.taken)) taken[kind] = (taken[kind] ?? 0) + count;
  const entries = models.entries();
  return {
    files: [...files.values()],
    models: entries,
    taken: { ...taken, models: Object.keys(entries).length },
    left: parts.flatMap(({ left }) => left),
    kept: parts.flatMap(({ kept }) => kept),
  };
}

/** Maximum length of a composed suite name. */
const MAX_NAME = 90;

interface SharedNames {
  readonly names: UniqueNames;
  readonly models: Models;
}

async function importConfig(path: string, request: ImportRequest, shared: SharedNames): Promise<Imported> {
  if (/\.[cm]?[jt]s$|\.py$/.test(path)) throw new EvalsError(codeConfig(path));
  const source = readSource(request.files.text(path), path);
  const config = source.value;
  if (!isObject(config) || !MARKS.some((key) => Object.hasOwn(config, key)))
    throw new EvalsError(otherConfig(path));
  const losses = new Losses();
  const base = posix.dirname(path) === "." ? "" : posix.dirname(path);
  const reading: Reading = { files: request.files, losses, base };
  reportKeys("config", config, { source, steps: [], losses });
  if (isObject(config.evaluateOptions))
    reportKeys("evaluateOptions", config.evaluateOptions, { source, steps: ["evaluateOptions"], losses });
  const defaults = defaultTest(config, source, reading);
  const prompts = readPrompts(source, config.prompts, reading);
  const tests = [...readTests(source, ["tests"], reading), ...scenarioTests(config, source, reading)];
  if (tests.length === 0 && prompts.length === 0)
    return { files: [], models: {}, taken: {}, left: losses.list(), kept: [] };
  const suite = shared.names.take(request.name ?? suiteName(config, path));
  const cases = casesOf(tests.length > 0 ? tests : [NO_TEST(source)], defaults, reading);
  const files = new ProjectFiles(request.files, suite);
  const help: ProviderHelp = { losses, files, reading };
  const asked = targets(config, source, shared.models, help);
  const specs = asked.flatMap(({ spec }) => spec ?? []);
  const written = await writePrompts(prompts, cases, { suite, request, losses, defaults });
  const checks = new ChecksFiles(suite, files);
  const judges = new JudgeFiles(shared.models, help);
  const assigned = await assignScorers(cases, {
    ...help,
    checks,
    judges,
    models: shared.models,
    tests: cases.map(({ vars }) => vars),
    offered: offeredTools(specs, reading),
    transform: commonTransform(specs, losses),
    refuses: request.tools.refuses,
  });
  checks.write(path);
  const needsPrompt = checks.asksForPrompt();
  const dataset: ImportedFile = {
    path: `datasets/${suite}.jsonl`,
    text: await datasetText(cases, assigned, needsPrompt ? written : [], request),
  };
  const groups = suiteGroups({
    cases,
    prompts: written,
    targets: asked,
    own: (named, place) => shared.models.own(named, place, help),
    losses,
  });
  const suites = groups.map((group, index) => ({ ...group, name: nameOf(group, index, groups) }));
  function nameOf({ prompt, aliases }: SuiteGroup, index: number, all: readonly SuiteGroup[]): string {
    if (index === 0) return suite;
    const isFirst = all.findIndex((other) => other.prompt === prompt) === index;
    const parts = [suite, ...(prompt === written[0] ? [] : [prompt.name]), ...(isFirst ? [] : aliases)];
    return shared.names.take(slugOf(parts.join("-"), MAX_NAME));
  }
  const suiteFiles = suites.map(
    ({ name, prompt: { name: prompt }, aliases, cases: own }): ImportedFile => ({
      path: `evals/${name}.yaml`,
      text: suiteText({
        config,
        dataset: suite,
        prompt,
        aliases,
        cases: own,
        scorers: withPrompt(assigned.scorers, needsPrompt ? prompt : undefined),
        path,
      }),
    }),
  );
  return {
    files: [
      ...suiteFiles,
      dataset,
      ...written.map(({ name, text }) => ({ path: `prompts/${name}/1.0.0.md`, text })),
      ...files.list(),
    ],
    models: {},
    taken: {
      suites: suites.length,
      cases: cases.length,
      scorers: assigned.scorers.length,
      prompts: written.length,
      judges: judges.count,
    },
    left: losses.list(),
    kept: keptOf(assigned, suites, cases.length),
  };
}

const NO_TEST = (source: ConfigSource): Test => ({
  place: source.at([]),
  vars: {},
  assertions: [],
  options: {},
  metadata: {},
});

function suiteName(config: { readonly [key: string]: Json }, path: string): string {
  const described = typeof config.description === "string" ? slugOf(config.description) : "";
  const file = posix.basename(path).replace(/\.\w+$/, "");
  const folder = posix.basename(posix.dirname(path));
  const named =
    file === "promptfooconfig"
      ? folder === "." || folder === ".."
        ? ""
        : folder
      : file.replace(/[.-]?promptfooconfig[.-]?/, "");
  return (described || slugOf(named) || "promptfoo").replace(/^\./, "");
}

function defaultTest(
  config: { readonly [key: string]: Json },
  source: ConfigSource,
  reading: Reading,
): Test | undefined {
  const value = config.defaultTest;
  if (isObject(value)) return readTest(value, source, ["defaultTest"], reading, true);
  if (typeof value !== "string") return undefined;
  const path = posix.normalize(posix.join(reading.base, value.replace(/^file:\/\//, "")));
  if (reading.files.kind(path) !== "file") {
    reading.losses.add(source.at(["defaultTest"]), `defaultTest: ${value}`, "There is no such file.");
    return undefined;
  }
  const other = readSource(reading.files.text(path), path);
  return isObject(other.value) ? readTest(other.value, other, [], reading, true) : undefined;
}

/** Combines each of a scenario's tests with each of its sets of variables. */
function scenarioTests(
  config: { readonly [key: string]: Json },
  source: ConfigSource,
  reading: Reading,
): Test[] {
  if (!Array.isArray(config.scenarios)) return [];
  return (config.scenarios as readonly Json[]).flatMap((scenario, index) => {
    const steps = ["scenarios", index];
    if (!isObject(scenario) || !Array.isArray(scenario.config)) {
      reading.losses.add(
        source.at(steps),
        "a scenario",
        "Only scenarios with config: and tests: in this file are read.",
      );
      return [];
    }
    const sets = (scenario.config as readonly Json[]).map((one, at) =>
      readTest(isObject(one) ? one : {}, source, [...steps, "config", at], reading),
    );
    const tests = readTests(source, [...steps, "tests"], reading);
    return sets.flatMap((set) =>
      tests.map((test) => ({
        ...test,
        vars: { ...set.vars, ...test.vars },
        assertions: [...set.assertions, ...test.assertions],
      })),
    );
  });
}

function targets(
  config: { readonly [key: string]: Json },
  source: ConfigSource,
  models: Models,
  help: ProviderHelp,
): ChosenTarget[] {
  const key = config.providers === undefined && config.targets !== undefined ? "targets" : "providers";
  const taken = providerSpecs(source, [key], config[key], help).flatMap((spec) => {
    const alias = models.provider(spec, help);
    return alias === undefined ? [] : [{ alias, spec }];
  });
  if (taken.length > 0) return taken;
  help.losses.add(
    source.keyAt([key]),
    `${key}:`,
    "No provider could be imported: the suite uses a model that echoes the prompt, until the suite's `model` names another model of evalconfig.yaml.",
  );
  return [{ alias: models.echo(help.files.echo()) }];
}

/**
 * The code with which every provider of a config transforms its answers. If the providers have different code, none
 * of it is imported, and each transform is reported.
 */
function commonTransform(specs: readonly ProviderSpec[], losses: Losses): string | undefined {
  const [first] = specs;
  if (specs.every(({ transform }) => transform === first?.transform)) return first?.transform;
  for (const { id, transform, place } of specs)
    if (transform !== undefined)
      losses.add(
        place,
        `transform: of the provider ${id}`,
        "Not all providers have this transform, and a suite's scorers are the same for all of its models.",
      );
  return undefined;
}

/**
 * The assertions that became scorers, sorted by file and line. An assertion that scores every case of a suite is
 * listed once.
 */
function keptOf(
  { kept }: Assigned,
  suites: readonly (Pick<SuiteGroup, "cases"> & { readonly name: string })[],
  cases: number,
): Kept[] {
  const count = new Map<string, Set<string>>();
  const keyOf = ({ place, scorer }: Assigned["kept"][number]): string =>
    `${place.path}:${place.line} ${scorer}`;
  for (const one of kept) count.set(keyOf(one), (count.get(keyOf(one)) ?? new Set()).add(one.case));
  const seen = new Set<string>();
  const entries = kept.flatMap((one) => {
    const isAll = count.get(keyOf(one))?.size === cases;
    const key = isAll ? keyOf(one) : `${keyOf(one)} ${one.case}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const { place, what, scorer } = one;
    return suites
      .filter((suite) => isAll || suite.cases === undefined || suite.cases.includes(one.case))
      .map(
        ({ name }): Kept => ({ ...place, what, suite: name, scorer, ...(isAll ? {} : { case: one.case }) }),
      );
  });
  return entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
}

function codeConfig(path: string) {
  const file = /^\.{0,2}\//.test(path) ? path : `./${path}`;
  return {
    code: "EVALS_IMPORT_CODE",
    path,
    what: "This config is code, and an import runs no code.",
    why: "The code may give another result each time, and it can do anything on this machine.",
    fix: /\.[cm]?[jt]s$/.test(path)
      ? `Write what this code exports as JSON, then import promptfooconfig.json: node --input-type=module -e 'import c from "${file}"; console.log(JSON.stringify(c.default ?? c))' > promptfooconfig.json`
      : "Write what this code computes as YAML or JSON, then import that file.",
  };
}

function otherConfig(path: string) {
  return {
    code: "EVALS_IMPORT_FORMAT",
    path,
    what: `This file is not a config of promptfoo: it has none of ${MARKS.slice(0, 4).join(", ")}.`,
    why: "Nothing in the file says what is asked and how the answers are judged.",
    fix: "Name the promptfooconfig.yaml itself; other tools have commands of their own: evals import --help.",
  };
}
