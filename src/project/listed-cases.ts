import type { Case, CaseSource } from "../domain/case.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import { describeCase, isCase, toCase } from "./check-case.ts";
import { duplicateId, emptyDataset, type ProblemList, problemList } from "./dataset-problems.ts";
import { parseYaml } from "./parse-yaml.ts";

/** A case of a format that is parsed as a whole. */
export interface ListedCase {
  readonly golden: Case;
  readonly line: number;
}

/** The common interface for cases that are all in memory. */
export function listedSource(cases: readonly ListedCase[], path: string): CaseSource {
  const at = (index: number): ListedCase => {
    const found = cases[index];
    if (found === undefined) throw new RangeError(`no case ${index} of ${cases.length}`);
    return found;
  };
  return {
    path,
    count: cases.length,
    id: (index) => at(index).golden.id,
    read: (index) => at(index).golden,
    line: (index) => at(index).line,
    close: () => {},
  };
}

/** Opens a YAML dataset: a list of cases. @throws {EvalsError} with all its problems */
export function openYamlCases(text: string, path: string): CaseSource {
  const { value, places, problems: syntax } = parseYaml(text, path);
  if (syntax.length > 0) throw new EvalsError(syntax);
  if (value === null) throw new EvalsError(emptyDataset(path));
  if (!Array.isArray(value)) throw new EvalsError(notAList(places));
  return openListedCases(value, places);
}

/**
 * Opens cases parsed from a list in a file.
 *
 * @param base location of the list in the file
 * @throws {EvalsError} with all their problems
 */
export function openListedCases(
  list: readonly unknown[],
  places: Places,
  base: readonly PropertyKey[] = [],
): CaseSource {
  const problems = problemList(places.path);
  const cases: ListedCase[] = [];
  for (const [index, entry] of list.entries()) {
    const at = [...base, index];
    const { line } = places.at(at);
    const strange = notJson(entry, at);
    if (strange !== undefined) problems.add(notJsonProblem(places, strange));
    else if (isCase(entry)) cases.push({ golden: toCase(entry), line });
    else for (const problem of describeCase(entry, places, at)) problems.add(problem);
  }
  return finishListed(cases, problems, places.path);
}

/** Rejects duplicate ids and an empty list. @throws {EvalsError} with all problems, including those in `problems` */
export function finishListed(cases: readonly ListedCase[], problems: ProblemList, path: string): CaseSource {
  const first = new Map<string, number>();
  for (const { golden, line } of cases) {
    const firstLine = first.get(golden.id);
    if (firstLine === undefined) first.set(golden.id, line);
    else problems.add(duplicateId(golden.id, path, line, firstLine));
  }
  if (cases.length === 0 && problems.isEmpty) problems.add(emptyDataset(path));
  if (!problems.isEmpty) throw new EvalsError(problems.all());
  return listedSource(cases, path);
}

function notAList(places: Places): Problem {
  return {
    code: "EVALS_DATASET_SYNTAX",
    path: places.path,
    ...places.at([]),
    what: "A YAML dataset must be a list of cases.",
    why: "The cases in this file cannot be found.",
    fix: "Begin every case with a dash: - id: first",
  };
}

/** The path of a value that YAML supports and JSON does not: `.nan`, `.inf`. */
function notJson(value: unknown, path: readonly PropertyKey[]): readonly PropertyKey[] | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : path;
  if (value === null || typeof value !== "object") return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = notJson(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function notJsonProblem(places: Places, path: readonly PropertyKey[]): Problem {
  return {
    code: "EVALS_CASE_INVALID",
    path: places.path,
    ...places.at(path),
    what: "A case can contain only what JSON can: no .nan and no .inf.",
    why: "Such a value cannot be sent or stored.",
    fix: "Write a number, a text or null.",
  };
}
