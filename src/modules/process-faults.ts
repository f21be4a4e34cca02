import { EvalsError } from "../domain/problem.ts";

// Errors for the harm that a module can do to the process in which it runs.

/** Converts an error that a module threw outside of any call. */
export function thrownOutside(error: unknown): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_THROWN_OUTSIDE",
      what: `An error was thrown outside of any call: ${String(error)}`,
      why: "Nobody can say which answer the error belongs to, and no result after it can be trusted.",
      fix: "Await or catch what the module started, then: evals run",
    },
    { midway: true },
  );
}

/** A module that ended the process before the command had ended. */
export function endedInside(): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_ENDED_INSIDE",
      what: "The process was ended before the command had: a module or scorer called process.exit.",
      why: "Nobody can say how the run would have gone on, so its exit code decides nothing.",
      fix: "Return or throw where it calls process.exit, then: evals run",
    },
    { midway: true },
  );
}

/** A module whose promise never settles, when nothing is left that could settle it. */
export function waitsForNothing(): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_WAITS_FOR_NOTHING",
      what: "A module or scorer waits for something that can never come.",
      why: "Nothing is left that could wake it, so the process ends before the command does.",
      fix: "Settle every promise that it returns, then: evals run",
    },
    { midway: true },
  );
}
