import type * as z from "zod";
import { changedNumberProblems } from "../domain/changed-values.ts";
import { decodeText, isConflictMarker } from "../domain/file-text.ts";
import { findJsonError } from "../domain/find-json-error.ts";
import { lineFileProblem } from "../domain/line-file.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { repeatedKeyProblems } from "../domain/repeated-keys.ts";
import { problemList } from "../project/dataset-problems.ts";
import { describeIssues } from "../project/describe-issues.ts";
import { parseYaml } from "../project/parse-yaml.ts";

/** One kind of JSONL file: how its lines are checked, and what messages call them. */
export interface LineFormat<T> {
  readonly schema: () => z.ZodType<T>;
  /** Prefix of the error codes for mistakes in such a file, for instance `EVALS_LABELS`. */
  readonly code: string;
  /** The word for one line: "label", "verdict". */
  readonly noun: string;
  /** Absent when lines may repeat. Otherwise, two lines with the same identity are a mistake. */
  readonly unique?: {
    readonly identity: (line: T) => string;
    /** Text for the message about a repeated identity: `rater "ana" of this answer`. */
    readonly sameWords: (line: T) => string;
  };
  /** Adds members that a line may omit. */
  readonly complete?: (line: object) => object;
  /** Finds a mistake that the schema cannot detect; undefined when there is none. */
  readonly mistake?: (line: T) => Omit<Problem, "path" | "line" | "column"> | undefined;
}

/** In characters. A longer line is not parsed again to find the column of a mistake, because that would be slow. */
const LONGEST_PLACED_LINE = 100_000;

/**
 * Parses one JSON object per line, skipping empty lines.
 *
 * @throws {EvalsError} with every mistake of the file, each with its line and column
 */
export function parseLines<T>(bytes: Buffer, path: string, format: LineFormat<T>): T[] {
  const whole = lineFileProblem(bytes, { path, code: `${format.code}_SYNTAX`, noun: format.noun });
  if (whole !== undefined) throw new EvalsError(whole);
  const text = decodeText(bytes, path);
  const lines = text.split("\n");
  const problems = problemList(path);
  const values: T[] = [];
  const firstLines = new Map<string, number>();
  for (const [index, raw] of lines.entries()) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line.trim() === "") continue;
    const at = { path, line: index + 1 };
    if (isConflictMarker(line)) {
      // Stops here: a line that is on both sides of the conflict would also be reported as repeated.
      problems.add(conflict(at, format));
      break;
    }
    const read = readLine(line, at, format, index === lines.length - 1);
    if (!read.ok) {
      for (const problem of read.problems) problems.add(problem);
      continue;
    }
    values.push(read.value);
    if (format.unique === undefined) continue;
    const identity = format.unique.identity(read.value);
    const first = firstLines.get(identity);
    if (first !== undefined)
      problems.add(
        twice(format.unique.sameWords(read.value), { first, at, code: format.code, noun: format.noun }),
      );
    else firstLines.set(identity, index + 1);
  }
  if (!problems.isEmpty) throw new EvalsError(problems.all());
  return values;
}

type At = { readonly path: string; readonly line: number };
type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

function readLine<T>(line: string, at: At, format: LineFormat<T>, isLast: boolean): Read<T> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, problems: [notJson(line, at, format, isLast)] };
  }
  const wrong = [
    ...repeatedKeyProblems(line, value, at.path, at.line),
    ...changedNumberProblems(line, at.path, at.line),
  ];
  if (wrong.length > 0) return { ok: false, problems: wrong };
  const newer = newerFormat(value);
  if (newer !== undefined) return { ok: false, problems: [otherVersion(newer, at, format)] };
  if (format.complete !== undefined && value !== null && typeof value === "object")
    value = format.complete(value);
  const parsed = format.schema().safeParse(value);
  if (!parsed.success) return { ok: false, problems: issuesOf(parsed.error, value, line, at, format) };
  const mistake = format.mistake?.(parsed.data);
  if (mistake !== undefined) return { ok: false, problems: [{ ...mistake, ...at, column: 1 }] };
  return { ok: true, value: parsed.data };
}

function issuesOf<T>(
  error: z.ZodError,
  value: unknown,
  line: string,
  at: At,
  { schema, code }: LineFormat<T>,
): Problem[] {
  // JSON is valid YAML, and the YAML parser knows the position of every key.
  const inLine = line.length > LONGEST_PLACED_LINE ? undefined : parseYaml(line, at.path).places;
  const places = {
    path: at.path,
    at: (path: readonly PropertyKey[], on?: "key" | "value") => ({
      line: at.line,
      column: inLine?.at(path, on).column ?? 1,
    }),
  };
  return describeIssues(error.issues, { schema: schema(), value, places, code, isLine: true }).map(
    (problem) =>
      problem.code.endsWith("_UNKNOWN_KEY")
        ? { ...problem, fix: `${problem.fix} If a newer git-evals wrote the line, update git-evals.` }
        : problem,
  );
}

/**
 * The format that a line names in `schema`; undefined when it names none. Lines of this version never name one, so a
 * line that does was written by a newer version.
 */
function newerFormat(value: unknown): string | undefined {
  const schema = (value as { schema?: unknown } | null)?.schema;
  return typeof schema === "string" && schema.startsWith("evals.") ? schema : undefined;
}

const aOrAn = (noun: string): string => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

function notJson<T>(line: string, at: At, { code, noun }: LineFormat<T>, isLast: boolean): Problem {
  const error = findJsonError(line);
  const cut = isLast && error !== undefined && error.column > line.length;
  return {
    code: cut ? `${code}_CUT_OFF` : `${code}_SYNTAX`,
    ...at,
    column: error?.column ?? 1,
    what: cut
      ? `The last line is half ${aOrAn(noun)}: the program that wrote it was stopped.`
      : (error?.what ?? "Not JSON."),
    why: `${capital(aOrAn(noun))} that cannot be read would silently be missing from every figure.`,
    fix: cut
      ? `Delete line ${at.line}: the other lines are complete. Then give this ${noun} again.`
      : (error?.fix ?? "Write one JSON object per line.").replace("A case is", `${capital(aOrAn(noun))} is`),
  };
}

function otherVersion<T>(schema: string, at: At, { code, noun }: LineFormat<T>): Problem {
  return {
    code: `${code}_VERSION`,
    ...at,
    column: 1,
    what: `This file says that it is of the format "${schema}", which this program does not know.`,
    why: `${capital(aOrAn(noun))} of another format could mean something else.`,
    fix: "Update git-evals.",
  };
}

function conflict<T>(at: At, { code, noun }: LineFormat<T>): Problem {
  return {
    code: `${code}_CONFLICT`,
    ...at,
    column: 1,
    what: "The file has merge conflict markers.",
    why: `A person has to decide which ${noun} counts.`,
    fix: `Delete the lines with <<<<<<<, ======= and >>>>>>>. Keep the lines of both sides, but of two ${noun}s that contradict each other only the right one.`,
  };
}

function twice(
  same: string,
  { first, at, code, noun }: { first: number; at: At; code: string; noun: string },
): Problem {
  return {
    code: `${code}_TWICE`,
    ...at,
    column: 1,
    what: `There are two ${noun}s of ${same}.`,
    why: `Only one ${noun} can count, and chance must not decide which one.`,
    fix: `Delete line ${at.line} or line ${first}.`,
  };
}
