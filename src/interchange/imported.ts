import type { Json } from "../domain/json.ts";

/** A file created by an import. */
export interface ImportedFile {
  /** Relative to the project root, with `/`. */
  readonly path: string;
  /** The whole text, or chunks when it may be large; chunks can be read only once. */
  readonly text: string | AsyncIterable<string>;
}

/** A location in a file of the other tool, which is the tool that an import reads from. */
export interface SourcePlace {
  /** The path as the user would type it: relative to the working directory, with `/`. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** Something in the other tool's files that was not imported. */
export interface Left extends SourcePlace {
  /** Which thing was not imported, in a few words. */
  readonly what: string;
  /** Why it was not imported, and what the user can do instead. */
  readonly why: string;
}

/**
 * A part of the other tool's files that became a scorer. Without `case`, the scorer applies to every case of the
 * suite.
 */
export interface Kept extends SourcePlace {
  /** The other tool's word for the part, for instance the type of an assertion. */
  readonly what: string;
  readonly suite: string;
  readonly scorer: string;
  readonly case?: string | undefined;
}

/** The result of an importer. The same input gives the same bytes. */
export interface Imported {
  /** All files except evalconfig.yaml, in the order shown to the user. */
  readonly files: readonly ImportedFile[];
  /** Entries for evalconfig.yaml by alias, to be merged with existing ones. */
  readonly models: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Number of imported items by kind: `cases`, `scorers`, `suites`, … A kind without items may be absent. */
  readonly taken: Readonly<Record<string, number>>;
  readonly left: readonly Left[];
  readonly kept: readonly Kept[];
  /** Further results of this kind of import, for instance `conventions`. */
  readonly more?: Readonly<Record<string, Json>> | undefined;
}

/** Access to the other tool's files. Paths are relative to the working directory, or absolute. */
export interface SourceFiles {
  /** The content as text. @throws {EvalsError} for a missing or unreadable file, or one that is not UTF-8 */
  text(path: string): string;
  /** @throws {EvalsError} for a missing or unreadable file */
  bytes(path: string): Uint8Array;
  /** The lines one by one, without line ends, for files larger than memory. @throws {EvalsError} like `text` */
  lines(path: string): AsyncIterable<string>;
  /** The kind of what is at the path; undefined when nothing is there. */
  kind(path: string): "file" | "folder" | undefined;
  /** Files that match a pattern (`*`, `**`, `?`, `{a,b}`), sorted, without hidden folders and node_modules. */
  glob(pattern: string): readonly string[];
  /** The path relative to the project root, with `/`; undefined when the path is outside of the project. */
  inProject(path: string): string | undefined;
}

/**
 * Sends a request to the other tool's server: POST when there is a body, else GET.
 *
 * @returns the status and body of the reply; a status of null and the reason when there was no reply
 */
export type AskServer = (
  url: string,
  headers: Record<string, string>,
  body?: { readonly [key: string]: Json },
) => Promise<{ readonly status: number | null; readonly text: string }>;

/** What an importer may ask the rest of the program to do. */
export interface ImportTools {
  /**
   * Why the scorer of this suite entry rejects the entry, or rejects the operand (the value that `against` finds in
   * a case); undefined when it accepts both. An entry that names files or models cannot be checked here.
   */
  refuses(entry: { readonly [key: string]: Json }, operand: Json | undefined): Promise<string | undefined>;
  /** Renders a template in the same way as prompts are rendered. @throws {Error} when it cannot be rendered */
  renderLiquid(source: string, scope: object): Promise<string>;
}

/** One call of an importer. */
export interface ImportRequest {
  /** The arguments after the tool's name, usually files. */
  readonly sources: readonly string[];
  /** Name of suite, dataset and prompt; by default derived from the files. */
  readonly name?: string | undefined;
  /** The importer's own options from the command line. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly files: SourceFiles;
  readonly ask: AskServer;
  readonly tools: ImportTools;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads files of another tool.
 *
 * @throws {EvalsError} for sources that do not exist or are not from that tool
 */
export type Importer = (request: ImportRequest) => Promise<Imported>;
