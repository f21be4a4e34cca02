import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { LoadedPrompt, LoadedSuite, Project } from "../../domain/project.ts";
import { namedVersion } from "../../domain/prompt.ts";
import { Gate } from "../../domain/suite.ts";
import type { SuiteOverrides } from "../../project/suite-reading.ts";
import type { RunRequest } from "./run-request.ts";

/** The suites of a command, once for each target named by `--prompt` and `--model`. */
export interface TargetMatrix {
  readonly suites: readonly LoadedSuite[];
  /** Suites with another target than their own. They are run only for comparison, without baseline and gate. */
  readonly ungated: ReadonlySet<LoadedSuite>;
}

type Chosen = Pick<RunRequest, "model" | "prompt" | "trials">;

/** Whether the command line names several targets. */
export function isMatrix({ model, prompt }: Chosen): boolean {
  return model.length > 1 || prompt.length > 1;
}

/**
 * Every named prompt with every named model, in the order as typed. Without a name, the suite's own prompt or model.
 */
export function targetsOf({ model, prompt, trials }: Chosen): readonly [SuiteOverrides, ...SuiteOverrides[]] {
  const [first, ...more] = orOwn(prompt).flatMap((one) =>
    orOwn(model).map((alias) => ({ prompt: one, model: alias, trials })),
  );
  return [first ?? { trials }, ...more];
}

const orOwn = (values: readonly string[]): readonly (string | undefined)[] =>
  values.length === 0 ? [undefined] : values;

/**
 * Loads every suite with each chosen target.
 *
 * @param first the project with the first target, already loaded
 * @param load loads the same files with another target
 * @throws {EvalsError} with the mistakes of every target, and for two equal targets
 */
export async function openTargets(
  first: Project,
  chosen: Chosen,
  load: (overrides: SuiteOverrides) => Promise<Project>,
): Promise<TargetMatrix> {
  if (!isMatrix(chosen)) return { suites: first.suites, ungated: new Set() };
  const problems: Problem[] = [];
  const projects = [first];
  for (const target of targetsOf(chosen).slice(1)) {
    try {
      projects.push(await load(target));
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new EvalsError(problems);
  const own = await ownTargets(chosen, load);
  const suites = [...new Set(first.suites.map(({ name }) => name))].flatMap((name) =>
    projects.flatMap((project) => project.suites.filter((suite) => suite.name === name)),
  );
  refuseSameTwice(suites);
  const ungated = new Set<LoadedSuite>();
  const shown = suites.map((suite) => {
    if (own.some((one) => isOwn(suite, one))) return suite;
    const aside = withoutGate(suite);
    ungated.add(aside);
    return aside;
  });
  return { suites: shown, ungated };
}

/**
 * The suites with the targets that their own files name. Empty when these targets have mistakes: the command line names
 * other targets, so the mistakes do not matter.
 */
async function ownTargets(
  { trials }: Chosen,
  load: (overrides: SuiteOverrides) => Promise<Project>,
): Promise<readonly LoadedSuite[]> {
  try {
    return (await load({ trials })).suites;
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    return [];
  }
}

function isOwn({ name, prompt, models }: LoadedSuite, own: LoadedSuite): boolean {
  if (own.name !== name || own.prompt?.version.path !== prompt?.version.path) return false;
  return models.every(({ alias }) => own.models.some((one) => one.alias === alias));
}

function withoutGate(suite: LoadedSuite): LoadedSuite {
  return {
    ...suite,
    suite: {
      ...suite.suite,
      gate: Gate.parse({ regression: false, allow_removed: true }),
      canary: undefined,
    },
  };
}

function refuseSameTwice(suites: readonly LoadedSuite[]): void {
  const seen = new Set<string>();
  for (const { name, prompt, models } of suites) {
    const target = JSON.stringify([name, prompt?.version.path, models.map(({ alias }) => alias)]);
    if (!seen.has(target)) {
      seen.add(target);
      continue;
    }
    const model = models.map(({ alias }) => alias).join(", ");
    const named = prompt === null ? model : `${promptWords(prompt)} with ${model}`;
    throw new EvalsError({
      code: "EVALS_TARGET_TWICE",
      what: `${named} is asked for twice in suite "${name}".`,
      why: "Each target has one run, so the second would only repeat the first.",
      fix: "Leave one of the options out; to ask each case more often, raise --trials.",
    });
  }
}

function promptWords(prompt: LoadedPrompt): string {
  const version = namedVersion(prompt);
  return version === null ? "the suite's own prompt" : `${version.name}@${version.version}`;
}
