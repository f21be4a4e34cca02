/** One file of a new project, and how `evals init` handled it. */
export type StartedFile =
  | { readonly path: string; readonly how: "created" | "kept" }
  /** Lines were appended to an existing file. */
  | { readonly path: string; readonly how: "extended"; readonly lines: readonly string[] };

/** The result of `evals init`. */
export interface StartedProject {
  readonly files: readonly StartedFile[];
  /** The example suite; null when the project existed already and its config has no model that suits the example. */
  readonly example: {
    /** Name of the suite and its prompt. */
    readonly name: string;
    /** The version of the prompt that the suite uses (`released`), and a version that the gate blocks (`edited`). */
    readonly released: string;
    readonly edited: string;
    /** Existing folders whose files now belong to the project. */
    readonly foldersBefore: readonly string[];
  } | null;
  /** Whether the project is in a git repository. */
  readonly inRepository: boolean;
}
