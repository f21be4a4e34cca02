import type { Case, CaseSource } from "../domain/case.ts";
import { EvalsError, type Problem, SettingMistake } from "../domain/problem.ts";
import type { LoadedSuite } from "../domain/project.ts";
import type { Client, Question } from "../domain/provider.ts";

/** Maximum number of problems reported. */
export const MAX_REQUEST_PROBLEMS = 20;

/** The question for one case: the case and, if the suite has a prompt, the rendered messages. */
export function questionOf({ prompt, clock }: LoadedSuite, golden: Case): Question {
  return {
    case_id: golden.id,
    input: golden.input,
    golden,
    messages: prompt === null ? null : prompt.render(golden, clock),
    ...(clock === undefined ? {} : { clock }),
  };
}

/**
 * Prepares the request of every case selected by `chosen` to find errors; the requests are not kept.
 *
 * @returns the problems of the first cases with errors
 */
export function checkRequests(
  suite: LoadedSuite,
  client: Client,
  cases: CaseSource,
  chosen: (golden: Case) => boolean,
): Problem[] {
  const problems: Problem[] = [];
  for (let index = 0; index < cases.count && problems.length < MAX_REQUEST_PROBLEMS; index++) {
    const golden = cases.read(index);
    if (!chosen(golden)) continue;
    try {
      client.prepare(questionOf(suite, golden));
    } catch (error) {
      const found = requestProblems(suite, error);
      problems.push(...found.problems);
      if (found.always) break;
    }
  }
  return problems;
}

/**
 * The problems of a request that could not be prepared. `always`: whether every request of this suite to this model
 * has these problems, not only this case's request. Errors that are not the user's mistakes are rethrown.
 */
export function requestProblems(
  { path, places, suite }: LoadedSuite,
  error: unknown,
): { readonly problems: readonly Problem[]; readonly always: boolean } {
  if (error instanceof EvalsError)
    return { problems: error.problems, always: error.cause instanceof SettingMistake };
  if (!(error instanceof SettingMistake)) throw error;
  const at = places.at([suite.models === undefined ? "model" : "models"]);
  return { problems: [{ ...error.problem, path, ...at }], always: true };
}
