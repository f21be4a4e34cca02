import { EvalsError } from "../domain/problem.ts";

// Errors for a module that disturbs the process in which it runs.

/** The error for what a module threw outside of any call. */
export function thrownOutside(error: unknown): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_THROWN_OUTSIDE",
      what: `An error was thrown outside of any call: ${String(error)}`,
      why: "Nobody can say which answer the error belongs to, and no result after it can be trusted.",
      fix: "Await or catch every promise that the module starts, then: evals run",
    },
    { midway: true },
  );
}

/** The error for a module that ended the process before the command was done. */
export function endedInside(): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_ENDED_INSIDE",
      what: "The process ended before the command was done: a module or scorer called process.exit.",
      why: "Nobody can say how the run would have ended, so the exit code of the process decides nothing.",
      fix: "Let the module or scorer return or throw instead of calling process.exit, then: evals run",
    },
    { midway: true },
  );
}

/** The error for a module whose promise never settles, when nothing is left that could settle it. */
export function waitsForNothing(): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_WAITS_FOR_NOTHING",
      what: "A module or scorer waits for something that can never come.",
      why: "Nothing is left that could end the wait, so the process ends before the command is done.",
      fix: "Settle every promise that the module or scorer returns, then: evals run",
    },
    { midway: true },
  );
}
