import type { Case, CaseSource } from "./case.ts";
import type { Budget, EvalConfig, ModelEntry } from "./config.ts";
import type { Json } from "./json.ts";
import type { JudgeFile } from "./judge.ts";
import type { Message } from "./message.ts";
import type { ModuleEvents } from "./module-events.ts";
import type { Places } from "./places.ts";
import type { Problem } from "./problem.ts";
import type { PromptVersion } from "./prompt.ts";
import type { ProviderDefinition } from "./provider.ts";
import type { Redaction } from "./redaction.ts";
import type { RunHeader } from "./run.ts";
import type { ScorerDefinition } from "./scorer.ts";
import type { ScorerEntry, Suite } from "./suite.ts";

/** A model of the config with its provider, settings parsed by it. */
export interface LoadedModel {
  readonly alias: string;
  readonly entry: ModelEntry;
  readonly provider: ProviderDefinition;
  readonly settings: unknown;
}

/** The model whose answers a recording holds; any other is itself. */
export function recordedModel(model: LoadedModel, models: ReadonlyMap<string, LoadedModel>): LoadedModel {
  const alias = model.provider.replays?.(model.settings);
  return (alias === undefined ? undefined : models.get(alias)) ?? model;
}

export interface LoadedScorer {
  readonly definition: ScorerDefinition;
  readonly settings: unknown;
  /** As it was written. */
  readonly entry: ScorerEntry;
  /** It, or one that it is made of, asks a model; as in `ScorerDefinition`. */
  readonly asks: ScorerDefinition["asks"];
}

/** Reviewed wordings of cases' inputs, from a file. */
export interface Paraphrases {
  readonly path: string;
  /** By case id. */
  readonly inputs: ReadonlyMap<string, readonly Json[]>;
  /** Line of the first wording of a case, from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

/** A suite with everything it names found. */
export interface LoadedSuite {
  /** File name without its ending. */
  readonly name: string;
  readonly path: string;
  readonly suite: Suite;
  readonly places: Places;
  readonly models: readonly LoadedModel[];
  readonly prompt: LoadedPrompt | null;
  /** The moment that templates know as `clock`; absent where neither suite nor config fixes one. */
  readonly clock?: string | undefined;
  readonly scorers: readonly LoadedScorer[];
  /** Of a suite that code makes: the module and all that it imports, relative to the root; absent for any other. */
  readonly codeFiles?: readonly string[] | undefined;
  /** Who plays the person; absent where no model does. */
  readonly person?: { readonly prompt: LoadedPrompt; readonly model: LoadedModel } | undefined;
  /** Absent where the suite asks for none. */
  readonly paraphrases?: Paraphrases | undefined;
  /**
   * Opens the dataset: every case is read and checked once; a module that makes cases is run.
   * @throws {EvalsError} with all its problems
   */
  openCases(): Promise<CaseSource>;
}

/** The suite that a run is of: of several prompts that it lists, the one with the run's; undefined where it is gone. */
export function suiteOf(
  { suites }: Pick<Project, "suites">,
  { suite, prompt }: Pick<RunHeader, "suite" | "prompt">,
): LoadedSuite | undefined {
  const own = suites.filter(({ name }) => name === suite);
  const isSame = (version: PromptVersion | undefined): boolean =>
    version !== undefined && version.name === prompt?.name && version.version === prompt.version;
  return own.find((one) => isSame(one.prompt?.version)) ?? own[0];
}

/** A prompt version with its templates compiled. */
export interface LoadedPrompt {
  readonly version: PromptVersion;
  /**
   * @param clock what `{{ clock }}` says; without it the prompt may not ask for it
   * @throws {EvalsError} naming prompt file, line and case id
   */
  render(golden: Case, clock?: string): readonly Message[];
  /** Paths of the files with which the messages that were rendered so far are sent, sorted. */
  attached(): readonly string[];
}

/** The judges of a project; a file is read when it is asked for. */
export interface JudgeFiles {
  /** @throws {EvalsError} for a name or version that is not there, without a place; or with the file's own mistakes */
  find(spec: string): Promise<JudgeFile>;
  /** Every version that can be read, and the problems of all others. */
  all(): { readonly judges: readonly JudgeFile[]; readonly problems: readonly Problem[] };
}

/** The user's repository as one value. */
export interface Project {
  /** Absolute. */
  readonly root: string;
  readonly config: EvalConfig;
  readonly configPlaces: Places;
  readonly models: ReadonlyMap<string, LoadedModel>;
  readonly suites: readonly LoadedSuite[];
  readonly budget: Budget | null;
  /** Floating models, leaked answers: reported, not refused. */
  readonly warnings: readonly Problem[];
  readonly judges: JudgeFiles;
  /** Environment with `.env` of the root below it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absent: the process is ours alone. */
  readonly modules?: ModuleEvents | undefined;
  /** What is taken out of texts before they are scored and kept; absent where the config names nothing. */
  readonly redaction?: Redaction | undefined;
}

/** Loads the definition of a kind or type when a file names it; undefined for an unknown one. */
export interface Registry<D> {
  readonly names: readonly string[];
  load(name: string): Promise<D | undefined>;
}

export type { Json, Places };
