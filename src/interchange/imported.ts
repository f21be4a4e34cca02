import type { Json } from "../domain/json.ts";

/** A file that an import makes. */
export interface ImportedFile {
  /** Relative to the project root, with `/`. */
  readonly path: string;
  /** Whole, or in pieces where it may be large; pieces are asked for once. */
  readonly text: string | AsyncIterable<string>;
}

/** A place in a file of the other tool. */
export interface SourcePlace {
  /** As the user would type it: relative to the working directory, with `/`. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** What could not be taken over. */
export interface Left extends SourcePlace {
  /** What is there, in a few words. */
  readonly what: string;
  /** Why it was left, and what to do instead. */
  readonly why: string;
}

/** What became a scorer, and of which suite and case; without a case it is one of every case of the suite. */
export interface Kept extends SourcePlace {
  readonly what: string;
  readonly suite: string;
  readonly scorer: string;
  readonly case?: string | undefined;
}

/** What an importer makes of the files of another tool. The same input gives the same value, byte for byte. */
export interface Imported {
  /** Everything but evalconfig.yaml, in the order in which it is shown. */
  readonly files: readonly ImportedFile[];
  /** Entries of evalconfig.yaml by alias; joined with those that are there. */
  readonly models: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** How many of each kind were taken: `cases`, `scorers`, `suites`, … Kinds of which there are none may be absent. */
  readonly taken: Readonly<Record<string, number>>;
  readonly left: readonly Left[];
  readonly kept: readonly Kept[];
  /** What an import of this kind says beside its lists, for instance `conventions`. */
  readonly more?: Readonly<Record<string, Json>> | undefined;
}

/** What is read of the other tool, by whoever holds the disk. Paths are relative to the working directory, or absolute. */
export interface SourceFiles {
  /** @throws {EvalsError} for a missing or unreadable file, and for one that is no UTF-8 text */
  text(path: string): string;
  /** @throws {EvalsError} for a missing or unreadable file */
  bytes(path: string): Uint8Array;
  /** Lines without their ends, for files too large to hold. @throws {EvalsError} as `text` does */
  lines(path: string): AsyncIterable<string>;
  /** What is there: a file, a folder, or nothing. */
  kind(path: string): "file" | "folder" | undefined;
  /** Files that a pattern names (`*`, `**`, `?`, `{a,b}`), sorted; those of hidden folders and node_modules are left out. */
  glob(pattern: string): readonly string[];
  /** Where a source stands seen from the project root, with `/`; undefined when it lies outside of it. */
  inProject(path: string): string | undefined;
}

/**
 * Asks a server of another tool.
 * @returns its body, whatever the status; a status of null and the reason where no answer came
 */
export type AskServer = (
  url: string,
  headers: Record<string, string>,
) => Promise<{ readonly status: number | null; readonly text: string }>;

/** What an importer may ask of the project that it makes files for. */
export interface ImportTools {
  /**
   * Why a scorer could not take such an entry of a suite, or such an operand at its `against`; undefined when it could. Not for
   * entries that name files or models.
   */
  refuses(entry: { readonly [key: string]: Json }, operand: Json | undefined): Promise<string | undefined>;
  /** A template as a prompt would render it. @throws {Error} where it cannot be rendered */
  renderLiquid(source: string, scope: object): Promise<string>;
}

/** One call of an importer. */
export interface ImportRequest {
  /** The words after the name of the tool: files as they were given, mostly. */
  readonly sources: readonly string[];
  /** What suite, dataset and prompt are called; by default the importer derives it from the files. */
  readonly name?: string | undefined;
  /** The importer's own options, as the command line read them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly files: SourceFiles;
  readonly ask: AskServer;
  readonly tools: ImportTools;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads files of another tool.
 * @throws {EvalsError} for sources that are not there or are nothing of that tool
 */
export type Importer = (request: ImportRequest) => Promise<Imported>;
