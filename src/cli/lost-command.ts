import { EvalsError, type Problem } from "../domain/problem.ts";
import { thrownOutside } from "../modules/thrown-outside.ts";
import type { Loss } from "./guard-process.ts";

/** The error for a command that was ended by user code. */
export function lostCommand(how: Loss): EvalsError {
  return how.kind === "threw" ? thrownOutside(how.error) : new EvalsError(problemOf(how), { midway: true });
}

function problemOf(how: Exclude<Loss, { kind: "threw" }>): Problem {
  switch (how.kind) {
    case "exited":
      return {
        code: "EVALS_ENDED_INSIDE",
        what: "The process was ended before the command had: a module or scorer called process.exit.",
        why: "Nobody can say how the run would have gone on, so its exit code decides nothing.",
        fix: "Return or throw where it calls process.exit, then: evals run",
      };
    case "stalled":
      return {
        code: "EVALS_WAITS_FOR_NOTHING",
        what: "A module or scorer waits for something that can never come.",
        why: "Nothing is left that could wake it, so the process ends before the command does.",
        fix: "Settle every promise that it returns, then: evals run",
      };
    default:
      return how satisfies never;
  }
}
