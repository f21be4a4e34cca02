import type { CaseSource } from "../domain/case.ts";
import { halfCharacterProblems } from "../domain/changed-values.ts";
import { elementLines } from "../domain/element-lines.ts";
import { isDeeperThan } from "../domain/json-depth.ts";
import { readJsonFile } from "../domain/json-file.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import { describeCase, isCase, toCase } from "./check-case.ts";
import { emptyDataset, MAX_DEPTH, problemList, tooDeep } from "./dataset-problems.ts";
import { finishListed, type ListedCase } from "./listed-cases.ts";
import { parseYaml } from "./parse-yaml.ts";

/**
 * A file with more characters is not parsed again to find the column of a mistake; the line of the mistake is known
 * anyway.
 */
const LONGEST_PLACED = 1_000_000;

/** Opens a JSON dataset: one list of cases. @throws {EvalsError} with all its problems */
export function openJsonCases(text: string, path: string): CaseSource {
  if (text.trim() === "") throw new EvalsError(emptyDataset(path));
  const value = readJsonFile(text, {
    path,
    code: "EVALS_DATASET_SYNTAX",
    why: "The cases in this file cannot be read.",
    fix: "Write one JSON list of cases, or one case per line in a .jsonl file.",
  });
  const halves = halfCharacterProblems(text, path);
  if (halves.length > 0) throw new EvalsError(halves);
  // The list around the cases adds a level.
  if (isDeeperThan(text, MAX_DEPTH + 1)) throw new EvalsError(tooDeep(path, 1));
  if (!Array.isArray(value)) throw new EvalsError(notAList(path));
  return listed(value, text, path);
}

function listed(value: readonly unknown[], text: string, path: string): CaseSource {
  const problems = problemList(path);
  const lines = elementLines(text);
  const places = placesOf(text, path, lines);
  const cases: ListedCase[] = [];
  for (const [index, entry] of value.entries()) {
    if (isCase(entry)) cases.push({ golden: toCase(entry), line: lines[index] ?? 1 });
    else for (const problem of describeCase(entry, places(), [index])) problems.add(problem);
  }
  return finishListed(cases, problems, path);
}

/** Locates the keys of a file, for a mistake only. JSON is valid YAML, and the YAML parser knows where each key is. */
function placesOf(text: string, path: string, lines: readonly number[]): () => Places {
  let found: Places | undefined;
  const byLine: Places = {
    path,
    at: ([index]) => ({ line: lines[Number(index ?? 0)] ?? 1, column: 1 }),
  };
  return () => {
    found ??= text.length > LONGEST_PLACED ? byLine : parseYaml(text, path).places;
    return found;
  };
}

function notAList(path: string): Problem {
  return {
    code: "EVALS_DATASET_SYNTAX",
    path,
    line: 1,
    column: 1,
    what: "A JSON dataset must be one list of cases.",
    why: "The cases in this file cannot be found.",
    fix: 'Put the cases into one pair of brackets: [{"id":"first","input":"…"}]',
  };
}
