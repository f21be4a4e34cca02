import { DEFAULT_TRIALS } from "../../domain/config.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { LoadedModel, LoadedSuite, Project } from "../../domain/project.ts";
import { isRecording } from "../../domain/recorded-provider.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import { dollars, plural } from "../../reports/format-numbers.ts";
import { selectCases } from "../../run/narrow-cases.ts";
import { openProject } from "../project/open-project.ts";
import { readProjectAt } from "../project/project-at.ts";
import type { SideContext } from "./outputs-side.ts";
import { type Meaning, promptFile, promptSides, refSides } from "./side-meaning.ts";
import type { SideSource } from "./side-source.ts";

/** A meaning of a word that stands for something to run: a commit, or a prompt version. */
export type Runnable = Extract<Meaning, { kind: "ref" | "prompt" }>;

/** The suites that must be run before a side can be compared. */
export interface MissingSide {
  readonly meaning: Runnable;
  readonly project: Project;
  readonly suites: readonly LoadedSuite[];
}

/**
 * The wanted suites for which a side has no result but could have one, because the suites exist at the side's commit
 * or use the side's prompt; null when there is no such suite.
 *
 * @param wanted names of suites; null for all
 */
export async function missingOf(
  meaning: Runnable,
  wanted: readonly string[] | null,
  { io, root, directory }: SideContext,
): Promise<MissingSide | null> {
  const project =
    meaning.kind === "ref" ? await readProjectAt(io, root, meaning.at) : await openProject(io, { directory });
  const name = meaning.kind === "prompt" ? (await promptFile(root, meaning.word))?.name : undefined;
  const suites = project.suites.filter(
    (one) =>
      (wanted === null || wanted.includes(one.name)) &&
      !meaning.sides.some((side) => side.suite === one.name) &&
      (meaning.kind === "ref" || one.prompt?.version.name === name),
  );
  return suites.length === 0 ? null : { meaning, project, suites };
}

/** Runs whole suites without a gate, from the current files or a commit. */
export type RunSides = (request: {
  readonly suites: readonly string[];
  readonly directory: string | undefined;
  readonly baseline: "none";
  readonly at?: string;
  readonly prompt?: readonly string[];
}) => Promise<unknown>;

/**
 * Runs the suites that are missing for a side.
 *
 * @throws {EvalsError} when answers are still missing afterwards
 */
export async function runMissing(
  { meaning, suites }: MissingSide,
  context: SideContext,
  run: RunSides,
): Promise<readonly SideSource[]> {
  const { directory } = context;
  const options = {
    suites: suites.map((one) => one.name),
    directory,
    baseline: "none" as const,
    ...(meaning.kind === "ref" ? { at: meaning.at.word } : { prompt: [meaning.word] }),
  };
  await run(options);
  const sides =
    meaning.kind === "ref"
      ? (await refSides(meaning.at, context)).sides
      : await promptSides(meaning.word, context);
  const still = options.suites.filter((suite) => !sides.some((side) => side.suite === suite));
  if (still.length === 0) return sides;
  throw new EvalsError(
    {
      code: "EVALS_DIFF_RUN_INCOMPLETE",
      what: `The run of ${still.join(", ")} is not complete.`,
      why: "A comparison with a side that lacks answers would prove nothing.",
      fix: `${runCommandOf(meaning, still)} --resume`,
    },
    { midway: true },
  );
}

const runCommandOf = (meaning: Runnable, suites: readonly string[]): string =>
  `evals run ${suites.join(" ")} ${meaning.kind === "ref" ? `--at ${meaning.at.word}` : `--prompt ${meaning.word}`}`;

/**
 * The error for a side that was not run yet. It says which runs are missing, what they would cost, and the command.
 */
export async function notRunYet(
  missing: readonly MissingSide[],
  command: string,
  context: SideContext,
): Promise<EvalsError> {
  return new EvalsError(
    await Promise.all(
      missing.map(async (one) => {
        const names = one.suites.map((suite) => suite.name);
        return {
          code: "EVALS_DIFF_NOT_RUN",
          what: `There is no complete run of ${describeRunnable(one.meaning)} for ${names.join(", ")}, and no baseline of it.`,
          why: `A comparison needs two sides. ${await costSentence(one, context)}`,
          fix: `${command} --run-missing    (or ${runCommandOf(one.meaning, names)})`,
        };
      }),
    ),
  );
}

function describeRunnable(meaning: Runnable): string {
  return meaning.kind === "ref"
    ? `${meaning.at.word} (${meaning.at.commit.slice(0, 7)})`
    : `prompt ${meaning.word}`;
}

/** One sentence: how many answers a run would ask for at most, and their cost. Cached answers are not asked again. */
async function costSentence({ project, suites }: MissingSide, context: SideContext): Promise<string> {
  let calls = 0;
  let usd: number | null = 0;
  for (const suite of suites) {
    for (const model of suite.models) {
      if (isRecording(model.provider.kind)) continue;
      const asked = await callsOf(project, suite);
      const each = await dollarsEach(suite, model, context);
      calls += asked;
      usd = usd === null || each === null ? null : usd + asked * each;
    }
  }
  if (calls === 0) return "The answers are recorded, so a run asks no model.";
  const asks = `Running the missing side asks for at most ${plural(calls, "answer")}`;
  if (usd !== null) return `${asks}, for about ${dollars(usd)}.`;
  return `${asks}. Their cost is unknown: a model has no price, or no stored run tells how long its answers are.`;
}

async function callsOf(project: Project, suite: LoadedSuite): Promise<number> {
  const cases = await suite.openCases();
  try {
    const trials = suite.suite.trials ?? project.config.defaults.trials ?? DEFAULT_TRIALS;
    return selectCases(cases, suite.suite.filter, null).length * trials;
  } finally {
    cases.close();
  }
}

/**
 * The cost of one answer in US dollars, from the newest run of this suite and model: its tokens at the config's price
 * or, without a price, the cost of its trials. Null when both are unknown.
 */
async function dollarsEach(
  suite: LoadedSuite,
  model: LoadedModel,
  { store }: SideContext,
): Promise<number | null> {
  const { price } = model.entry;
  const { items } = await store.read.runs({ suite: suite.name }, { limit: 50 });
  for (const { no } of items.filter((one) => one.header.alias === model.alias)) {
    const { metrics } = storedSummary((await store.read.run(no)) ?? { report: null });
    const [input, output] = [metrics?.input_tokens?.value, metrics?.output_tokens?.value];
    if (input == null || output == null) continue;
    if (price === undefined) return metrics?.cost_per_trial?.value ?? null;
    return (input * price.input + output * price.output) / 1e6;
  }
  return null;
}

/** A sentence for each suite that is left out of a comparison. */
export function leftOut(missing: readonly MissingSide[]): string[] {
  return missing.map(
    ({ meaning, suites }) =>
      `Not compared: ${suites.map((one) => one.name).join(", ")}. ${plural(suites.length, "suite has", "suites have")} no complete run of ${describeRunnable(meaning)}; --run-missing runs it.`,
  );
}
