import * as z from "zod";
import { isConflictMarker } from "../domain/file-text.ts";
import { keyedByUser } from "../domain/keyed-by-user.ts";
import { fileLines } from "../domain/line-file.ts";
import { onFirstUse } from "../domain/on-first-use.ts";
import { ONCE } from "../domain/parse-once.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { repeatedKeyProblems } from "../domain/repeated-keys.ts";
import type { BaselineFileAt } from "../domain/report.ts";
import { exactSum } from "../statistics/exact-sum.ts";
import type { Side, SideScores } from "./side.ts";

/**
 * The schema of a baseline file without features of schema 2. Earlier versions of evals can read such a file, too.
 */
export const BASELINE_SCHEMA = "evals.baseline/1";

/**
 * The schema of a baseline file in which a line has `flips` or `failures`, or whose suite lists prompts. The file's
 * header has separate fields for the prompt and the model.
 */
export const BASELINE_SCHEMA_2 = "evals.baseline/2";

/** Schemas of the lines of a baseline file. */
const schemas = onFirstUse(() => {
  const hash = z.string().regex(/^[0-9a-f]{64}$/);
  const named = {
    suite: z.string(),
    /** The target as a text for people, for instance `prompt 1.2.0 · gpt-5.4-mini-2026-03-17`. */
    target: z.string(),
  };
  const judged = {
    scorers: keyedByUser(z.strictObject({ hash, required: z.boolean(), graded: z.boolean().optional() })),
    /** An accepted regression: the fingerprints of the old and the new baseline, and the reason. */
    accepted: z.strictObject({ from: hash, to: hash, why: z.string().min(1) }).optional(),
  };
  const header = z.discriminatedUnion("schema", [
    z.strictObject({ schema: z.literal(BASELINE_SCHEMA), ...named, ...judged }),
    z.strictObject({
      schema: z.literal(BASELINE_SCHEMA_2),
      ...named,
      /** The target's prompt; absent for a target without a prompt. */
      prompt: z.strictObject({ name: z.string().min(1), version: z.string().min(1) }).optional(),
      /** The provider's model name; absent when the answers were made elsewhere. */
      model: z.string().optional(),
      /** Path of the project in its repository; `.` at the top. */
      project: z.string().min(1),
      ...judged,
    }),
  ]);
  const scores = z.union([
    z.int().min(0),
    z.strictObject({ n: z.int().min(0), pass: z.int().min(0) }),
    z.array(z.number().min(0).max(1)),
  ]);
  const firstCase = z.strictObject({
    case: z.string().min(1),
    /** Hash of input and expected. */
    content: hash,
    /** Hash of everything that defines the case's result. */
    key: hash,
    /** The runs whose trials this line counts, without duplicates. */
    runs: z.array(z.string()).min(1),
    trials: z.int().min(1),
    pass: z.int().min(0),
    scores: keyedByUser(scores),
  });
  const anyCase = firstCase.extend({
    /**
     * By kind of pressure: the number of passing trials that were asked again as a harder variant, and the number of
     * these variants that failed.
     */
    flips: keyedByUser(z.tuple([z.int().min(0), z.int().min(0)])).optional(),
    /** Number of failed trials by failure class. */
    failures: keyedByUser(z.int().min(1)).optional(),
  });
  return { header, scores, firstCase, anyCase };
});
type Schemas = ReturnType<typeof schemas>;

/**
 * First line of a baseline file. It has no date and no commit: git records both, and a squash merge would make a
 * written commit wrong.
 */
export type BaselineHeader = z.output<Schemas["header"]>;

/**
 * A scorer's results for a case: the number of passed trials; `{n, pass}` when the scorer could not score every trial;
 * the list of all scores for a graded scorer.
 */
type CaseScores = z.output<Schemas["scores"]>;

/**
 * The line of one case, in any version of the format. Lines are sorted by case id, so branches that change
 * different cases merge without a conflict.
 */
export type BaselineCase = z.output<Schemas["anyCase"]>;

/** A promoted baseline. */
export interface Baseline {
  readonly header: BaselineHeader;
  readonly cases: readonly BaselineCase[];
}

/**
 * Path of a suite's baseline, relative to the project root.
 *
 * @param target null unless the suite lists several targets (`listedTarget`)
 */
export function baselinePath(suite: string, target: string | null): string {
  return target === null ? `evals/baselines/${suite}.jsonl` : `evals/baselines/${suite}.${target}.jsonl`;
}

/** The file's text. The same baseline always gives the same bytes. */
export function formatBaseline({ header, cases }: Baseline): string {
  const sorted = [...cases].sort((a, b) => (a.case < b.case ? -1 : 1));
  return `${[header, ...sorted].map((line) => JSON.stringify(line)).join("\n")}\n`;
}

/**
 * Parses what `formatBaseline` wrote.
 *
 * @param source bytes from the disk, or the text of a file in a commit
 * @throws {EvalsError} for a file that has conflict markers, is from a newer version, truncated or damaged; it lists
 * every bad line
 */
export function parseBaseline(source: string | Buffer, path: string): Baseline {
  const lines = linesOf(source, path);
  const header = readHeader(lines[0] ?? "", path);
  const problems: Problem[] = [];
  const cases: BaselineCase[] = [];
  const seen = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const one = readLine(line, header);
    problems.push(...(one === undefined ? [] : repeatedKeyProblems(line, one, path, index + 1)));
    const first = one === undefined ? undefined : seen.get(one.case);
    if (one === undefined)
      problems.push(isHeader(line) ? repeatedHeader(path, index + 1) : brokenLine(path, index + 1));
    else if (first !== undefined) problems.push(repeatedCase(path, index + 1, one.case, first));
    else {
      seen.set(one.case, index + 1);
      cases.push(one);
    }
  }
  if (problems.length > 0) throw new EvalsError(problems.slice(0, 20));
  return { header, cases };
}

function linesOf(source: string | Buffer, path: string): string[] {
  const lines = fileLines(source, { path, code: "EVALS_BASELINE_BROKEN", noun: "case" });
  const conflict = lines.findIndex(isConflictMarker);
  if (conflict !== -1) throw new EvalsError(conflicted(path, conflict + 1));
  return lines;
}

function readHeader(line: string, path: string): BaselineHeader {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new EvalsError(brokenLine(path, 1));
  }
  const schema = (value as { schema?: unknown } | null)?.schema;
  if (typeof schema === "string" && schema !== BASELINE_SCHEMA && schema !== BASELINE_SCHEMA_2)
    throw new EvalsError(otherVersion(path, schema));
  const header = schemas().header.safeParse(value, ONCE);
  if (!header.success) throw new EvalsError(brokenLine(path, 1));
  const repeated = repeatedKeyProblems(line, value, path);
  if (repeated.length > 0) throw new EvalsError(repeated);
  return header.data;
}

function readLine(line: string, header: BaselineHeader): BaselineCase | undefined {
  try {
    const { firstCase, anyCase } = schemas();
    const shape = header.schema === BASELINE_SCHEMA ? firstCase : anyCase;
    const one: BaselineCase = shape.parse(JSON.parse(line));
    return isCounted(one, header) ? one : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the counts of a line are possible for its number of trials. After an edit by hand they might not be. */
function isCounted(
  { trials, pass, scores, flips = {}, failures = {} }: BaselineCase,
  { scorers }: BaselineHeader,
): boolean {
  const fits = ([name, one]: [string, CaseScores]): boolean => {
    if (typeof one === "number") return one <= trials;
    if (Array.isArray(one)) return one.length <= trials && scorers[name]?.graded === true;
    return one.pass <= one.n && one.n <= trials;
  };
  return (
    pass <= trials &&
    Object.entries(scores).every(fits) &&
    Object.values(flips).every(([tried, flipped]) => flipped <= tried) &&
    Object.values(failures).every((count) => count <= trials - pass)
  );
}

const WHY = "The gate compares runs with this file, and must not guess what the file contains.";

function conflicted(path: string, line: number): Problem {
  return {
    code: "EVALS_BASELINE_CONFLICT",
    path,
    line,
    column: 1,
    what: "The baseline has merge conflict markers.",
    why: "Two branches promoted the same cases, and only a run of the merged files shows the results of these cases now.",
    fix: `git checkout --theirs -- ${path} && git add ${path}, finish the merge with git commit, then: evals run && evals promote`,
  };
}

function otherVersion(path: string, schema: string): Problem {
  return {
    code: "EVALS_BASELINE_VERSION",
    path,
    line: 1,
    column: 1,
    what: `The baseline has the format "${schema}", and this version of evals reads only ${BASELINE_SCHEMA} and ${BASELINE_SCHEMA_2}.`,
    why: WHY,
    fix: "Update git-evals (npm install --save-dev git-evals@latest); or replace the baseline: evals run --baseline none && evals promote",
  };
}

function brokenLine(path: string, line: number): Problem {
  return {
    code: "EVALS_BASELINE_BROKEN",
    path,
    line,
    column: 1,
    what: "This line was not written by evals promote.",
    why: WHY,
    fix: `git checkout HEAD -- ${path}; if the committed file has the same mistake: evals run --baseline none && evals promote`,
  };
}

const isHeader = (line: string): boolean => line.startsWith('{"schema":');

/**
 * The problem that a file has two headers. The cause is a union merge (`merge=union`), which keeps both versions of a
 * line that both branches changed.
 */
function repeatedHeader(path: string, line: number): Problem {
  return {
    code: "EVALS_BASELINE_BROKEN",
    path,
    line,
    column: 1,
    what: "There is a second header here: a merge kept the headers of both branches.",
    why: "The two headers differ in scorers, target or accepted regression, and only a run of the merged inputs shows which header is right.",
    fix: "evals run --baseline none && evals promote",
  };
}

function repeatedCase(path: string, line: number, id: string, first: number): Problem {
  return {
    code: "EVALS_BASELINE_BROKEN",
    path,
    line,
    column: 1,
    what: `The case "${id}" is here twice; first on line ${first}.`,
    why: WHY,
    fix: "A merge kept the lines of both branches; only a run of the merged inputs shows which line is right: evals run --baseline none && evals promote",
  };
}

/**
 * A baseline as a side of a comparison.
 *
 * @param root the baseline's fingerprint, computed from its cases' keys
 */
export function sideOfBaseline({ header, cases }: Baseline, file: BaselineFileAt, root: string): Side {
  return {
    label: `${file.path} at ${file.at}`,
    file,
    run: null,
    suite: header.suite,
    target: header.target,
    ...targetOf(header),
    fingerprint: root,
    trials: cases.reduce((largest, one) => Math.max(largest, one.trials), 0),
    ids: cases.map((one) => one.case),
    contents: cases.map((one) => one.content),
    keys: cases.map((one) => one.key),
    answered: cases.map((one) => one.trials),
    passed: cases.map((one) => one.pass),
    scores: new Map(
      Object.entries(header.scorers).map(([name, scorer]) => [name, scoresOf(name, scorer, cases)]),
    ),
    ...flipsOf(cases),
    failures: (index) => cases[index]?.failures,
    tagsOf: () => [],
  };
}

/**
 * Counts of variants by kind of pressure. A case whose line does not name a kind was not tested with that kind, and
 * has the count 0 for it.
 */
function flipsOf(cases: readonly BaselineCase[]): Pick<Side, "flips"> {
  const kinds = new Set(cases.flatMap(({ flips }) => Object.keys(flips ?? {})));
  if (kinds.size === 0) return {};
  const column = (kind: string, at: 0 | 1) => cases.map(({ flips }) => flips?.[kind]?.[at] ?? 0);
  return {
    flips: new Map([...kinds].map((kind) => [kind, { tried: column(kind, 0), flipped: column(kind, 1) }])),
  };
}

/**
 * The prompt and model of a baseline as fields. The first version of the format only has a text for people, and only
 * this function parses that text.
 */
export function targetOf(header: BaselineHeader): Pick<Side, "prompt" | "model"> {
  if (header.schema === BASELINE_SCHEMA_2)
    return { prompt: header.prompt ?? null, model: header.model ?? null };
  const [, version, model = ""] = /^(?:prompt (\S+) · )?(.*)$/s.exec(header.target) ?? [];
  return {
    prompt: version === undefined ? null : { name: null, version },
    // A file of recorded answers does not name their model.
    model: model.endsWith(".jsonl") ? null : model,
  };
}

function scoresOf(
  name: string,
  { hash, required, graded = false }: BaselineHeader["scorers"][string],
  cases: readonly BaselineCase[],
): SideScores {
  const sums = cases.map((one) => sumsOf(one.scores[name], one.trials));
  const isLeftOut = cases.map((one) => !Object.hasOwn(one.scores, name));
  return {
    hash,
    required,
    binary: !graded,
    exempt: isLeftOut.includes(true) ? isLeftOut.map(Number) : null,
    count: sums.map((one) => one.count),
    sum: sums.map((one) => one.sum),
    sumOfSquares: sums.map((one) => one.sumOfSquares),
  };
}

function sumsOf(scores: CaseScores | undefined, trials: number) {
  if (scores === undefined) return { count: 0, sum: 0, sumOfSquares: 0 };
  if (typeof scores === "number") return { count: trials, sum: scores, sumOfSquares: scores };
  if (!Array.isArray(scores)) return { count: scores.n, sum: scores.pass, sumOfSquares: scores.pass };
  const sum = exactSum(scores);
  const sumOfSquares = exactSum(scores.map((score) => score * score));
  return { count: scores.length, sum, sumOfSquares };
}
