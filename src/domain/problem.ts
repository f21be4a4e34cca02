/** One mistake of the user: where it is, what is wrong, why it matters, how to fix it. */
export interface Problem {
  /** Stable code for machines and searching: EVALS_… */
  readonly code: string;
  /** Relative to the project root; absent for a mistake on the command line. */
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
 * All mistakes of the user that were found together. Anything else that is thrown is a bug of this program. Only
 * `cli/` prints such an error as text, and exits with code 2.
 */
export class EvalsError extends Error {
  readonly problems: readonly Problem[];
  /**
   * Whether the mistakes appeared during a run (for instance a full disk): then received answers are kept, and the exit
   * code is 3.
   */
  readonly midway: boolean;
  /**
   * Whether the mistake is in the project and could be found only by the model's first reply. The exit code is then 2,
   * although the run had begun.
   */
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
 * A mistake in one settings object (a scorer of a suite, a model of the config), thrown by the module that knows the
 * setting. The code that read the file adds the location and converts it to a `Problem`.
 */
export class SettingMistake extends Error {
  /** Path in the settings object, for instance `["select", "json"]`. */
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
