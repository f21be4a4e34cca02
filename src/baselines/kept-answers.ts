import * as z from "zod";
import { conflictProblem, isConflictMarker } from "../domain/file-text.ts";
import { sha256 } from "../domain/json.ts";
import { fileLines } from "../domain/line-file.ts";
import { onFirstUse } from "../domain/on-first-use.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { repeatedKeyProblems } from "../domain/repeated-keys.ts";
import type { Baseline } from "./baseline-file.ts";

const keptCaseSchema = onFirstUse(() =>
  z.strictObject({
    case: z.string().min(1),
    answers: z.array(
      z.strictObject({
        answer_hash: z.string(),
        output: z.string(),
        trials: z.int().min(1),
        pass: z.int().min(0),
      }),
    ),
  }),
);
type KeptCase = z.output<ReturnType<typeof keptCaseSchema>>;

/** A distinct answer of a case: its text, how often it was given, and how often it passed. */
export type KeptAnswer = KeptCase["answers"][number];

/** Distinct answers by case id. */
export type KeptAnswers = ReadonlyMap<string, readonly KeptAnswer[]>;

/** Path of the file with the answers that a baseline was made from. */
export function answersPath(baseline: string): string {
  return baseline.replace(/\.jsonl$/, ".answers.jsonl");
}

/** Groups equal answers of trials, most frequent first. */
export function countAnswers(
  trials: Iterable<{ readonly output: string; readonly trials?: number; readonly pass: number }>,
): KeptAnswer[] {
  const answers = new Map<string, { trials: number; pass: number }>();
  for (const { output, trials: times = 1, pass } of trials) {
    const one = answers.get(output) ?? { trials: 0, pass: 0 };
    one.trials += times;
    one.pass += pass;
    answers.set(output, one);
  }
  return [...answers]
    .map(([output, counts]) => ({ answer_hash: sha256(output), output, ...counts }))
    .sort((a, b) => b.trials - a.trials || (a.output < b.output ? -1 : 1));
}

/** The text of the file: one line per case, sorted by id. The same answers always give the same bytes. */
export function formatAnswers(answers: KeptAnswers): string {
  return [...answers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, kept]) => `${JSON.stringify({ case: id, answers: kept })}\n`)
    .join("");
}

/**
 * Parses what `formatAnswers` wrote.
 *
 * @param source bytes from the disk, or the text of a file in a commit
 * @throws {EvalsError} with every invalid line
 */
export function parseAnswers(source: string | Buffer, path: string): KeptAnswers {
  const lines = fileLines(source, { path, code: "EVALS_ANSWERS_BROKEN", noun: "case" });
  const conflict = lines.findIndex(isConflictMarker);
  if (conflict !== -1) throw new EvalsError(conflictProblem(path, conflict + 1));
  const problems: Problem[] = [];
  const answers = new Map<string, readonly KeptAnswer[]>();
  for (const [index, line] of lines.entries()) {
    const one = readLine(line);
    if (one === undefined) problems.push(brokenLine(path, index + 1));
    else problems.push(...repeatedKeyProblems(line, one, path, index + 1));
    if (one !== undefined) answers.set(one.case, one.answers);
  }
  if (problems.length > 0) throw new EvalsError(problems.slice(0, 20));
  return answers;
}

function readLine(line: string): KeptCase | undefined {
  try {
    return keptCaseSchema().parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function brokenLine(path: string, line: number): Problem {
  return {
    code: "EVALS_ANSWERS_BROKEN",
    path,
    line,
    column: 1,
    what: "This line was not written by evals promote --with-answers.",
    why: "Reports show these answers next to those of a new run, and when a scorer changes, these answers are scored again.",
    fix: `git checkout HEAD -- ${path}; or write the file again: evals promote --with-answers`,
  };
}

/**
 * The answers behind a baseline after a run was added to the baseline: the answers kept so far and, for cases that
 * got new trials, the run's own answers.
 *
 * @param whole all answers of the run, for cases that are new or changed
 * @param fresh only the answers that the run asked for itself, without cached ones
 */
export function growAnswers(
  { cases }: Baseline,
  run: string,
  {
    kept,
    whole,
    fresh,
  }: { readonly kept: KeptAnswers; readonly whole: KeptAnswers; readonly fresh: KeptAnswers },
): KeptAnswers {
  return new Map(
    cases.map(({ case: id, runs }) => {
      if (runs[0] === run) return [id, whole.get(id) ?? []];
      const before = kept.get(id) ?? [];
      return [id, runs.includes(run) ? countAnswers([...before, ...(fresh.get(id) ?? [])]) : before];
    }),
  );
}

/**
 * Whether there is an answer for every trial of the baseline. If not, the answers belong to another baseline.
 */
export function isWhole(answers: KeptAnswers, { cases }: Baseline): boolean {
  return cases.every(
    (one) => one.trials === (answers.get(one.case) ?? []).reduce((sum, { trials }) => sum + trials, 0),
  );
}
