import type { Json } from "../domain/json.ts";
import { codeProblem } from "../domain/no-exec.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { type LoadedModel, type LoadedSuite, type Project, recordedModel } from "../domain/project.ts";

/** Kinds of models and types of scorers that run the project's code. */
export const CODE_KINDS: ReadonlySet<string> = new Set(["command", "module"]);

/** The parts of a project that this search needs; they are available before the whole project is loaded. */
type Read = Pick<Project, "models" | "configPlaces" | "judges">;

type Entry = { readonly [key: string]: unknown };

/**
 * Problems for the parts of a suite that would run the project's code. Only the models that the run asks are checked.
 */
export async function codeOfSuite(
  project: Read,
  suite: LoadedSuite,
  models: readonly LoadedModel[],
): Promise<Problem[]> {
  const asked = [...models, ...(suite.person === undefined ? [] : [suite.person.model])];
  const judges = await Promise.all(suite.scorers.map(({ entry }) => modelsOfScorer(project, entry)));
  return [
    ...codeOfData(suite),
    ...codeOfTools(suite),
    ...suite.scorers.flatMap(({ entry }, index) => codeOfScorer(suite, entry, ["scorers", index])),
    ...codeOfModels(project, [...asked, ...judges.flat()]),
  ];
}

function codeOfData({ suite: { dataset }, places }: LoadedSuite): Problem[] {
  if (dataset === undefined || typeof dataset === "string") return [];
  const at = places.at(["dataset", "module"]);
  return [{ ...codeProblem(`The module of cases ${dataset.module}`), path: places.path, ...at }];
}

function codeOfTools({ suite: { agent }, places }: LoadedSuite): Problem[] {
  if (agent?.recorded !== undefined) return [];
  return (agent?.tools ?? []).flatMap((tool, index) => {
    const at = { path: places.path, ...places.at(["agent", "tools", index]) };
    if (typeof tool === "string") return [{ ...codeProblem(`The module of tools ${tool}`), ...at }];
    if ("http" in tool) return [];
    const { command } = tool.mcp;
    return command === undefined ? [] : [{ ...codeProblem(`The MCP server ${command.join(" ")}`), ...at }];
  });
}

/** Problems for a scorer that runs code, and for each of its nested scorers that does. */
function codeOfScorer({ places, ...rest }: LoadedSuite, entry: Entry, at: readonly PropertyKey[]): Problem[] {
  const suite = { places, ...rest };
  const { type, of } = entry;
  const own =
    typeof type === "string" && CODE_KINDS.has(type)
      ? [{ ...codeProblem(`The scorer ${wordsOf(entry)}`), path: places.path, ...places.at(at) }]
      : [];
  const inner = Array.isArray(of)
    ? of.flatMap((one: unknown, index) =>
        isEntry(one) ? codeOfScorer(suite, one, [...at, "of", index]) : [],
      )
    : isEntry(of)
      ? codeOfScorer(suite, of, [...at, "of"])
      : [];
  return [...own, ...inner];
}

/** The models that a scorer and its nested scorers ask: judges, embeddings and classifiers. */
async function modelsOfScorer(project: Read, entry: Entry): Promise<LoadedModel[]> {
  const inner = [entry.of].flat().filter(isEntry);
  const found = await Promise.all(inner.map((one) => modelsOfScorer(project, one)));
  const named = [entry.model, ...(Array.isArray(entry.models) ? entry.models : [])];
  const judge = typeof entry.judge === "string" ? await aliasesOfJudge(project, entry.judge) : [];
  const own = [...named, ...judge].flatMap((alias) =>
    typeof alias === "string" ? (project.models.get(alias) ?? []) : [],
  );
  return [...own, ...found.flat()];
}

async function aliasesOfJudge({ judges }: Read, spec: string): Promise<string[]> {
  try {
    const { settings } = await judges.find(spec);
    const { model, models = [] } = settings as { model?: string; models?: readonly Json[] };
    return [model, ...models].flatMap((one) => aliasOf(one as Json | undefined) ?? []);
  } catch (error) {
    // A missing judge is reported when it is opened.
    if (error instanceof EvalsError) return [];
    throw error;
  }
}

function aliasOf(one: Json | undefined): string | undefined {
  if (typeof one === "string") return one;
  return isEntry(one) && typeof one.model === "string" ? one.model : undefined;
}

/**
 * Problems with models that run code. Fallback models, and the models whose answers a replay repeats, are checked too,
 * because they are opened as well.
 */
export function codeOfModels(project: Read, models: readonly LoadedModel[]): Problem[] {
  const fallbacks = models.flatMap(({ entry }) =>
    entry.fallback === undefined ? [] : (project.models.get(entry.fallback) ?? []),
  );
  const { configPlaces: places } = project;
  const all = [...models, ...fallbacks].map((model) => recordedModel(model, project.models));
  return [...new Set(all)]
    .filter(({ provider }) => CODE_KINDS.has(provider.kind))
    .map(({ alias, settings }) => ({
      ...codeProblem(`The model "${alias}" (${wordsOf(settings as Entry)})`),
      path: places.path,
      ...places.at(["models", alias, "provider"]),
    }));
}

function wordsOf({ command, file }: Entry): string {
  return Array.isArray(command) ? command.join(" ") : String(file);
}

const isEntry = (value: unknown): value is Entry =>
  value !== null && typeof value === "object" && !Array.isArray(value);
