import { EvalsError, type Problem } from "./problem.ts";

/** The environment variable that forbids running the project's code; `--no-exec` sets it. */
export const NO_EXEC = "EVALS_NO_EXEC";

/** Whether the problem is that running code is forbidden. */
export const isRefusedCode = ({ code }: Pick<Problem, "code">): boolean => code === "EVALS_NO_EXEC";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whether the project's code must not be run. The variables of the process have priority over the project's `.env`, so
 * a project cannot permit its own code.
 */
export function forbidsCode(env: Env): boolean {
  const value = env[NO_EXEC];
  return value !== undefined && value !== "" && value !== "0";
}

/** The problem to report for something that would run code. @param what for instance `The module scorers/tone.ts` */
export function codeProblem(what: string): Problem {
  return {
    code: "EVALS_NO_EXEC",
    what: `${what} is code of this project, and --no-exec runs none.`,
    why: "Whoever wrote this project could do anything that you can on this machine.",
    fix: "Read the code, and leave --no-exec out; or run what needs no code of the project: models behind an API, outputs made elsewhere (provider: outputs), and scorers that are built in.",
  };
}

/**
 * The last check before code is run. Normally, an earlier check has already reported all code that a command needs.
 *
 * @throws {EvalsError} EVALS_NO_EXEC
 */
export function refuseCode(
  env: Env,
  what: string,
  place: Pick<Problem, "path" | "line" | "column"> = {},
): void {
  if (forbidsCode(env)) throw new EvalsError({ ...codeProblem(what), ...place });
}
