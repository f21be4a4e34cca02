import { EvalsError } from "../domain/problem.ts";

/** Converts an error that a module threw outside of any call. */
export function thrownOutside(error: unknown): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_THROWN_OUTSIDE",
      what: `An error was thrown outside of any call: ${String(error)}`,
      why: "Nobody can say which answer it belongs to, and what runs on after it cannot be trusted.",
      fix: "Await or catch what the module started, then: evals run",
    },
    { midway: true },
  );
}
