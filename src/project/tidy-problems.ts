import type { Problem } from "../domain/problem.ts";
import { problemWithoutSecrets, SECRET_CODE } from "./find-secrets.ts";

/** Each problem once (two suites may use one broken prompt), by file and line, without keys in the text. */
export function tidyProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  const files = [...new Set(problems.map((problem) => problem.path))];
  const inOrder = [...problems].sort(
    (a, b) =>
      files.indexOf(a.path) - files.indexOf(b.path) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
  const placeOf = ({ path, line, column }: Problem): string => JSON.stringify([path, line, column]);
  // Other problems of a value that contains a key are not reported.
  const secrets = new Set(problems.filter(({ code }) => code === SECRET_CODE).map(placeOf));
  return inOrder.map(problemWithoutSecrets).filter((problem) => {
    if (problem.code !== SECRET_CODE && secrets.has(placeOf(problem))) return false;
    const key = JSON.stringify([problem.path, problem.line, problem.column, problem.code, problem.what]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
