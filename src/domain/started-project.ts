/** What became of one file of a new project. */
export type StartedFile =
  | { readonly path: string; readonly how: "created" | "kept" }
  /** Lines were added below what was there. */
  | { readonly path: string; readonly how: "extended"; readonly lines: readonly string[] };

/** What `evals init` made. */
export interface StartedProject {
  readonly files: readonly StartedFile[];
  /** Null where a project was there already: its config has no model that the example could use. */
  readonly example: {
    /** Of the suite and its prompt. */
    readonly name: string;
    /** Versions of the prompt: the one that the suite asks with, and one that a gate blocks. */
    readonly released: string;
    readonly edited: string;
    /** Folders whose files were there before, and belong to the project now. */
    readonly foldersBefore: readonly string[];
  } | null;
  /** It lies in a repository. */
  readonly inRepository: boolean;
}
