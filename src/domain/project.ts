import type { Case, CaseSource } from "./case.ts";
import type { Budget, EvalConfig, ModelEntry } from "./config.ts";
import type { Json } from "./json.ts";
import type { JudgeFile, UnreadJudge } from "./judge.ts";
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

/** A model of the config with its provider and parsed settings. */
export interface LoadedModel {
  readonly alias: string;
  readonly entry: ModelEntry;
  readonly provider: ProviderDefinition;
  readonly settings: unknown;
}

/** The model whose answers a recording contains; any other model is returned unchanged. */
export function recordedModel(model: LoadedModel, models: ReadonlyMap<string, LoadedModel>): LoadedModel {
  const alias = model.provider.replays?.(model.settings);
  return (alias === undefined ? undefined : models.get(alias)) ?? model;
}

export interface LoadedScorer {
  readonly definition: ScorerDefinition;
  readonly settings: unknown;
  /** Position of the scorer's entry in the suite's `scorers`, from 0. */
  readonly index: number;
  /** The scorer's entry as written in the suite file. */
  readonly entry: ScorerEntry;
  /** Set when the scorer, or a scorer nested in it, asks a model; see `ScorerDefinition`. */
  readonly asks: ScorerDefinition["asks"];
}

/** Reviewed paraphrases of cases' inputs, from a file. */
export interface Paraphrases {
  readonly path: string;
  /** The paraphrased inputs, by case id. */
  readonly inputs: ReadonlyMap<string, readonly Json[]>;
  /** Line of the first paraphrase of a case, from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

/** A suite with everything that it refers to. */
export interface LoadedSuite {
  /** File name without extension. */
  readonly name: string;
  readonly path: string;
  readonly suite: Suite;
  readonly places: Places;
  readonly models: readonly LoadedModel[];
  /** Set when the command line chose another model than those of the suite. */
  readonly otherModel?: true;
  readonly prompt: LoadedPrompt | null;
  /** The time available to templates as `clock`; absent when neither suite nor config sets one. */
  readonly clock?: string | undefined;
  readonly scorers: readonly LoadedScorer[];
  /** For a suite created by code: the module and its imports, relative to the root; absent for others. */
  readonly codeFiles?: readonly string[] | undefined;
  /** The simulated user; absent when there is none. */
  readonly person?: { readonly prompt: LoadedPrompt; readonly model: LoadedModel } | undefined;
  /** The reviewed paraphrases of the cases' inputs; absent when the suite uses none. */
  readonly paraphrases?: Paraphrases | undefined;
  /**
   * Opens the dataset: every case is parsed and checked once; a module that creates cases is run.
   *
   * @throws {EvalsError} with all problems of the dataset
   */
  openCases(): Promise<CaseSource>;
}

/** The suite of a run, with the run's prompt if the suite lists several; undefined when the suite no longer exists. */
export function suiteOf(
  { suites }: Pick<Project, "suites">,
  { suite, prompt }: Pick<RunHeader, "suite" | "prompt">,
): LoadedSuite | undefined {
  const own = suites.filter(({ name }) => name === suite);
  const isSame = (version: PromptVersion | undefined): boolean =>
    version !== undefined && version.name === prompt?.name && version.version === prompt.version;
  return own.find((one) => isSame(one.prompt?.version)) ?? own[0];
}

/** A prompt version with compiled templates. */
export interface LoadedPrompt {
  readonly version: PromptVersion;
  /**
   * @param clock value of `{{ clock }}`; without it the prompt must not use the variable
   * @throws {EvalsError} naming prompt file, line and case id
   */
  render(golden: Case, clock?: string): readonly Message[];
  /** Sorted paths of the files attached to the messages rendered so far. */
  attached(): readonly string[];
}

/** The judges of a project; each file is read when needed. */
export interface JudgeFiles {
  /**
   * @throws {EvalsError} for an unknown name or version (the error then has no location); {UnreadJudge} with the
   * mistakes in the text of the file
   */
  find(spec: string): Promise<JudgeFile>;
  all(): Promise<ListedJudges>;
}

/** All versions of every judge. */
export interface ListedJudges {
  readonly judges: readonly JudgeFile[];
  /** The versions with mistakes in their text. */
  readonly unread: readonly UnreadJudge[];
  /** Problems of files of which nothing can be read. */
  readonly problems: readonly Problem[];
}

/** The user's project as one value. */
export interface Project {
  /** Absolute path of the folder with `evalconfig.yaml`. */
  readonly root: string;
  readonly config: EvalConfig;
  readonly configPlaces: Places;
  readonly models: ReadonlyMap<string, LoadedModel>;
  readonly suites: readonly LoadedSuite[];
  readonly budget: Budget | null;
  /** Problems that are reported but do not stop a run, such as floating models and leaked answers. */
  readonly warnings: readonly Problem[];
  readonly judges: JudgeFiles;
  /** Environment variables; those in the root's `.env` have lower priority. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Handlers for what users' modules print and throw. Absent: those of `ownProcess` are used, which are for a process
   * that runs only this program.
   */
  readonly modules?: ModuleEvents | undefined;
  /** Redaction of texts before they are scored and stored; absent when the config has none. */
  readonly redaction?: Redaction | undefined;
}

/**
 * Definitions by name: a provider's kind, a scorer's type. `load` loads a definition when a file uses its name, and
 * returns undefined for an unknown name.
 */
export interface Registry<D> {
  readonly names: readonly string[];
  load(name: string): Promise<D | undefined>;
}

export type { Json, Places };
