import type { Problem } from "../domain/problem.ts";
import { problemWithoutSecrets, SECRET_CODE } from "./find-secrets.ts";

/**
 * Removes duplicate problems (two suites may use one broken prompt), sorts them by file and line, and removes API keys
 * from their texts.
 */
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
  // Where a value contains an API key, only the key is reported. Other problems of this value are left out.
  const secrets = new Set(problems.filter(({ code }) => code === SECRET_CODE).map(placeOf));
  return inOrder.map(problemWithoutSecrets).filter((problem) => {
    if (problem.code !== SECRET_CODE && secrets.has(placeOf(problem))) return false;
    const key = JSON.stringify([problem.path, problem.line, problem.column, problem.code, problem.what]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
