import type { Case, CaseSource } from "../domain/case.ts";
import { nearest } from "../domain/did-you-mean.ts";
import type { Problem } from "../domain/problem.ts";
import type { LoadedSuite } from "../domain/project.ts";
import type { ReadPath } from "./check-cases.ts";

/**
 * The problem that no case has a path which a scorer reads. If the first case has a nearly equal path, the path is
 * probably misspelt in the suite, and the problem is located in the suite.
 */
export function inNoCase(read: ReadPath, loaded: LoadedSuite, cases: CaseSource): Problem {
  const meant = nearPath(cases.read(read.first), read);
  const what = `None of the ${read.lacking} cases has ${read.path}, which the scorer "${read.scorer}" reads.`;
  const why = "Without a value to compare with, the answer could be neither right nor wrong.";
  if (meant !== undefined)
    return {
      code: "EVALS_CASE_NO_EXPECTED",
      ...placeOfScorer(loaded, read.scorer),
      what: `${what} Did you mean "${meant}"?`,
      why,
      fix: `against: ${meant}`,
    };
  return {
    code: "EVALS_CASE_NO_EXPECTED",
    path: cases.path,
    line: cases.line(read.first),
    column: 1,
    what,
    why,
    fix: "Add it to the cases, or give the scorer a value of its own: value: …",
  };
}

/** Location in the suite's file of a scorer's `against`; for a scorer without `against`, of the scorer's entry. */
function placeOfScorer(
  { suite, places }: LoadedSuite,
  name: string,
): Pick<Problem, "path" | "line" | "column"> {
  const index = suite.scorers.findIndex((one) => (one.name ?? one.type) === name);
  const entry = suite.scorers[index];
  const key = entry !== undefined && "against" in entry ? ["against"] : [];
  return { path: places.path, ...places.at(["scorers", index, ...key]) };
}

/**
 * A dotted path with its first missing name replaced by a similar one that the case has; undefined if there is none.
 */
function nearPath(golden: Case, { path, steps }: ReadPath): string | undefined {
  if (path !== steps.join(".")) return undefined;
  let here: unknown = golden;
  for (const [at, step] of steps.entries()) {
    if (here === null || typeof here !== "object") return undefined;
    const next: unknown = Object.hasOwn(here, step) ? (here as Record<string, unknown>)[step] : undefined;
    if (next === undefined) {
      const meant = nearest(String(step), Object.keys(here));
      return meant === undefined ? undefined : steps.with(at, meant).join(".");
    }
    here = next;
  }
  return undefined;
}
