/** One mistake in what a person wrote: where, what, why it matters, how to mend it. */
export interface Problem {
  /** Stable, for machines and for searching: EVALS_… */
  readonly code: string;
  /** Relative to the project root; absent when the mistake is on the command line. */
  readonly path?: string | undefined;
  /** From 1. */
  readonly line?: number | undefined;
  /** From 1, in UTF-16 units. */
  readonly column?: number | undefined;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/**
 * Mistakes of the user, all that were found at once. Anything else that is thrown is a bug of ours.
 * Only `cli/` turns one into text; the exit code is 2.
 */
export class EvalsError extends Error {
  readonly problems: readonly Problem[];
  /** It came up while a run was under way (a full disk): what had arrived is kept, and the exit code is 3. */
  readonly midway: boolean;
  /** It is a mistake of the project that only a first reply could show: the exit code is 2 even midway. */
  readonly mistake: boolean;

  constructor(
    problems: Problem | readonly Problem[],
    {
      midway = false,
      mistake = false,
      ...options
    }: ErrorOptions & { readonly midway?: boolean; readonly mistake?: boolean } = {},
  ) {
    const all = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(all.map((p) => `${p.what} [${p.code}]`).join("\n"), options);
    this.name = "EvalsError";
    this.problems = all;
    this.midway = midway;
    this.mistake = mistake;
  }
}

/**
 * A mistake inside one settings object (a scorer of a suite, a model of the config), thrown by the module that
 * understands the setting. The room that read the file knows the place and turns it into a `Problem`.
 */
export class SettingMistake extends Error {
  /** Where in the settings object, for instance `["select", "json"]`. */
  readonly at: readonly (string | number)[];
  readonly problem: Omit<Problem, "path" | "line" | "column">;

  constructor(
    at: readonly (string | number)[],
    problem: Omit<Problem, "path" | "line" | "column">,
    options?: ErrorOptions,
  ) {
    super(problem.what, options);
    this.name = "SettingMistake";
    this.at = at;
    this.problem = problem;
  }
}
