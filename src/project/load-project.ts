import { EvalConfig } from "../domain/config.ts";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import { listedTargetOf } from "../domain/listed-target.ts";
import { isRefusedCode } from "../domain/no-exec.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { LoadedSuite, Project, Registry } from "../domain/project.ts";
import type { ProviderDefinition } from "../domain/provider.ts";
import type { Redaction } from "../domain/redaction.ts";
import type { ScorerDefinition } from "../domain/scorer.ts";
import { collect, collectAsync, directoryInstead } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";
import { findJudge, listJudges } from "./find-judge.ts";
import { problemWithoutSecrets } from "./find-secrets.ts";
import { type LoadedConfig, loadConfig, unknownModel } from "./load-config.ts";
import { loadSuite } from "./load-suite.ts";
import { readEnvFile } from "./read-env-file.ts";
import { readText } from "./read-text.ts";
import { resolveDataset } from "./resolve-dataset.ts";
import { suiteOfFile } from "./suite-files.ts";
import type { SuiteContext, SuiteOverrides } from "./suite-reading.ts";
import type { UnfinishedSuite } from "./unread-project.ts";

/** The inputs for loading a project. */
export interface ProjectSource {
  /** Absolute path of the project root. */
  readonly root: string;
  readonly files: FileSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly providers: Registry<ProviderDefinition>;
  readonly scorers: Registry<ScorerDefinition>;
  /** Names of the suites to load; absent means all. */
  readonly suites?: readonly string[] | undefined;
  readonly overrides?: SuiteOverrides | undefined;
  readonly modules?: Project["modules"];
}

const FOLDER = "evals";
const BASELINES = "evals/baselines";

/**
 * Reads the user's files: config, models, suites and their prompts. Datasets are located, and read only when there is
 * another mistake, so that all mistakes are reported together.
 *
 * @throws {EvalsError} with all problems of all files
 */
export async function loadProject(source: ProjectSource): Promise<Project> {
  const { files, providers } = source;
  const loaded = await loadConfig(files, providers);
  const problems: Problem[] = [...loaded.problems];
  const env = readEnv(source, problems);
  const unfinished: UnfinishedSuite[] = [];
  const suites = await loadSuites({ ...source, env }, loaded, { problems, unfinished });
  const redaction = await collectAsync(problems, () => redactionOf(loaded));
  problems.push(...unknownDatasets(files, loaded));
  if (problems.some(isRefusedCode)) problems.push(...(await codeBeside(suites, loaded, files)));
  if (problems.length > 0 || loaded.config === undefined) {
    for (const { openCases } of suites) await collectAsync(problems, async () => (await openCases()).close());
    // Cases created by code were reported above with their location.
    const reported = problems.filter((one) => !isRefusedCode(one) || one.path !== undefined);
    const [{ tidyProblems }, { UnreadProject }] = await Promise.all([
      import("./tidy-problems.ts"),
      import("./unread-project.ts"),
    ]);
    const all = tidyProblems(reported.length > 0 ? reported : problems);
    const config = loaded.config ?? EvalConfig.parse({ models: {} });
    const project = projectOf(source, loaded, config, { env, suites, redaction });
    throw new UnreadProject(all, { project, unfinished, modelsMissing: loaded.problems.length > 0 });
  }
  return projectOf(source, loaded, loaded.config, { env, suites, redaction });
}

function projectOf(
  { root, files, modules }: ProjectSource,
  { places, models, warnings }: LoadedConfig,
  config: Project["config"],
  { env, suites, redaction }: Pick<Project, "env" | "suites" | "redaction">,
): Project {
  return {
    root,
    config,
    configPlaces: places,
    models,
    suites,
    budget: config.budget ?? null,
    warnings: warnings.map(problemWithoutSecrets),
    judges: judgeFiles(files),
    env,
    modules,
    ...(redaction === undefined ? {} : { redaction }),
  };
}

/** After a suite's code was refused: problems for everything else in the project that would run code. */
async function codeBeside(
  suites: readonly LoadedSuite[],
  { models, places }: LoadedConfig,
  files: FileSource,
): Promise<Problem[]> {
  const { codeOfSuite } = await import("./find-code.ts");
  const read = { models, configPlaces: places, judges: judgeFiles(files) };
  return (await Promise.all(suites.map((suite) => codeOfSuite(read, suite, suite.models)))).flat();
}

/** The config's redaction. @throws {EvalsError} for invalid patterns */
export async function redactionOf({
  config,
  places,
}: Pick<LoadedConfig, "config" | "places">): Promise<Redaction | undefined> {
  if (config?.redact === undefined) return undefined;
  const { openRedaction } = await import("../redaction/open-redaction.ts");
  return openRedaction(config.redact, (index) => ({
    path: places.path,
    ...places.at(["redact", index, "pattern"]),
  }));
}

/** Problems of settings for a dataset that does not exist: they would have no effect. */
function unknownDatasets(files: FileSource, { config, places }: LoadedConfig): Problem[] {
  return Object.keys(config?.datasets ?? {}).flatMap((name) => {
    if (files.exists(name)) return [];
    const place = { path: places.path, ...places.at(["datasets", name], "key") };
    try {
      resolveDataset(files, name);
      return [];
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      return error.problems.map((one) => ({
        ...one,
        ...place,
        why: "Settings for a dataset that does not exist would have no effect.",
      }));
    }
  });
}

function judgeFiles(files: FileSource): Project["judges"] {
  const found = new Map<string, ReturnType<typeof findJudge>>();
  return {
    find: (spec) => {
      const known = found.get(spec) ?? findJudge(files, spec);
      found.set(spec, known);
      return known;
    },
    all: () => listJudges(files),
  };
}

/** The root's `.env`; the process's own variables have priority. */
function readEnv({ files, env }: ProjectSource, problems: Problem[]): Project["env"] {
  return { ...collect(problems, () => readEnvFile(files)), ...env };
}

interface SuiteFile {
  readonly name: string;
  readonly path: string;
}

async function loadSuites(
  source: ProjectSource,
  config: LoadedConfig,
  { problems, unfinished }: { readonly problems: Problem[]; readonly unfinished: UnfinishedSuite[] },
): Promise<LoadedSuite[]> {
  const found = (await collectAsync(problems, () => findSuites(source.files, problems))) ?? [];
  const chosen = source.suites === undefined ? found : choose(source.suites, found, problems);
  const overrides = source.overrides ?? {};
  if (overrides.model !== undefined && config.aliasesRead && !config.aliases.includes(overrides.model)) {
    problems.push(unknownModel(overrides.model, config.aliases, {}));
    return [];
  }
  const context: SuiteContext = {
    files: source.files,
    env: source.env,
    modules: source.modules,
    config,
    scorers: source.scorers,
    prompts: new Map(),
    overrides,
    unfinished,
  };
  const suites: LoadedSuite[] = [];
  for (const { name, path } of chosen) {
    suites.push(...((await collectAsync(problems, () => loadSuite(name, path, context))) ?? []));
  }
  problems.push(...baselineClashes(suites));
  return suites;
}

/** All files of `evals/` that are suites, with the suites' names. Unusable files are added to `problems`. */
async function findSuites(files: FileSource, problems: Problem[]): Promise<SuiteFile[]> {
  const suites: SuiteFile[] = [];
  for (const { path, directory } of files.list(FOLDER)) {
    const file = path.slice(FOLDER.length + 1);
    const isYaml = /\.ya?ml$/.test(path);
    const name = directory && !isYaml ? undefined : suiteOfFile(file, () => readText(files, path));
    if (name === undefined) {
      if (directory && path !== BASELINES)
        problems.push(...(await import("./suite-file-problems.ts")).suitesBelow(files, path));
      continue;
    }
    const other = suites.find((suite) => suite.name === name);
    if (directory) problems.push(directoryInstead(path));
    else if (other !== undefined || !/^[A-Za-z0-9_][\w.-]{0,99}$/.test(name)) {
      const { twoFiles, badName } = await import("./suite-file-problems.ts");
      problems.push(other === undefined ? badName(name, path) : twoFiles(name, path, other.path));
    } else suites.push({ name, path });
  }
  return suites;
}

function choose(names: readonly string[], found: readonly SuiteFile[], problems: Problem[]): SuiteFile[] {
  const unique = [...new Set(names)];
  return unique.flatMap((name) => {
    const suite = found.find((file) => file.name === name);
    if (suite === undefined) problems.push(unknownSuite(name, found));
    return suite === undefined ? [] : [suite];
  });
}

/** The problem of an unknown suite name on the command line. */
export function unknownSuite(name: string, found: readonly SuiteFile[]): Problem {
  const names = found.map((suite) => suite.name);
  const path = name.replace(/^\.\//, "");
  const byPath = found.find((suite) => suite.path === path || suite.path.replace(/\.ya?ml$/, "") === path);
  const isPath = /[/\\]|\.ya?ml$/.test(name);
  const guess = byPath?.name ?? nearest(path.replace(/^.*[/\\]/, "").replace(/\.ya?ml$/, ""), names);
  return {
    code: "EVALS_SUITE_UNKNOWN",
    what: isPath
      ? `"${name}" is a path; a suite is named without its folder and its extension.`
      : `Unknown suite "${name}".${didYouMean(name, names)}`,
    why: "There would be nothing to run.",
    fix:
      guess === undefined
        ? suiteList(names)
        : `evals run ${guess}${names.length > 1 ? `        (all suites: ${names.join(", ")})` : ""}`,
  };
}

function suiteList(names: readonly string[]): string {
  return names.length === 0
    ? `Write ${FOLDER}/<name>.yaml, or: evals init`
    : `Name one of: ${names.join(", ")}.`;
}

/** Problems of suites that would share a baseline file: suite `a` with one of its models `b`, and a suite `a.b`. */
function baselineClashes(suites: readonly LoadedSuite[]): Problem[] {
  return suites.flatMap((suite) =>
    suite.models.flatMap((model) => {
      const target = listedTargetOf(suite, model);
      const other = suites.find(({ name }) => target !== null && name === `${suite.name}.${target}`);
      if (other === undefined) return [];
      return [
        {
          code: "EVALS_SUITE_NAME",
          path: other.path,
          what: `"${other.name}" is also the name of the baseline of suite "${suite.name}" with ${suite.suite.prompts === undefined ? "model " : ""}"${target}".`,
          why: "Two baselines would be written to one file.",
          fix: `Rename this suite: ${FOLDER}/${suite.name}-${target}.yaml`,
        },
      ];
    }),
  );
}
