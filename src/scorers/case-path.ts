import type { Case } from "../domain/case.ts";
import { didYouMean } from "../domain/did-you-mean.ts";
import type { Json } from "../domain/json.ts";
import { type PathStep, parsePath, walk } from "./frame/parse-path.ts";
import { badCasePath } from "./frame/scorer-mistakes.ts";

const MEMBERS = ["id", "input", "expected", "tags", "metadata"];

/** Reads one location in a case; undefined when it is missing. */
export type CaseReader = (golden: Case) => Json | undefined;

/**
 * Compiles a path to a location in a case: `expected.queue`, `expected.items[0]`, `metadata["my key"]`. The check
 * before a run (for a scorer's `reads`) and the scorers both use this function, so that a path means the same to
 * both.
 *
 * @param at location of the path in the scorer's settings
 * @throws {SettingMistake} EVALS_SCORER_CASE_PATH
 */
export function casePath(path: string, at: readonly (string | number)[] = ["against"]): CaseReader {
  const steps = parsePath(path);
  if (steps === undefined) throw badCasePath(at, path, "its syntax is wrong", "");
  const first = String(steps[0]);
  if (!MEMBERS.includes(first)) {
    throw badCasePath(
      at,
      path,
      `it starts with "${first}", and a case has ${MEMBERS.join(", ")}`,
      didYouMean(first, MEMBERS),
    );
  }
  return reader(steps);
}

function reader(steps: readonly PathStep[]): CaseReader {
  const [first, second] = steps;
  // Fast paths for the two most common forms, because this runs for every trial.
  if (first === "expected" && steps.length === 1) return (golden) => golden.expected;
  if (first === "expected" && typeof second === "string" && steps.length === 2) {
    const last = [second];
    return (golden) => walk(golden.expected, last);
  }
  return (golden) => walk(golden, steps);
}
