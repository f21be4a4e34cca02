import type * as z from "zod";
import { didYouMean, nearest } from "../domain/did-you-mean.ts";
import type { Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import { hintFor } from "./common-mistakes.ts";
import { andMore, SHOWN } from "./dataset-problems.ts";
import {
  descriptionAt,
  keysAt,
  orList,
  type Schema,
  schemasAt,
  typeWords,
  wordsFor,
} from "./schema-shape.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What is known of a parsed file when its mistakes are described. */
export interface IssueContext {
  readonly schema: Schema;
  /** The value given to the schema. */
  readonly value: unknown;
  readonly places: Places;
  /** Location of `value` in the file. */
  readonly base?: Path;
  /** Whether `value` is one line of a file, as in JSON Lines, and not the whole file. */
  readonly isLine?: boolean;
  /** Prefix: `EVALS_SUITE` becomes EVALS_SUITE_UNKNOWN_KEY, EVALS_SUITE_MISSING_KEY, EVALS_SUITE_INVALID. */
  readonly code: string;
}

/** Converts zod's issues to problems with a location and a plain message: the first twenty, the rest as a number. */
export function describeIssues(issues: readonly Issue[], context: IssueContext): Problem[] {
  return describeAll(issues, [], context);
}

function describeAll(issues: readonly Issue[], above: Path, context: IssueContext): Problem[] {
  const problems: Problem[] = [];
  let hidden = 0;
  const told = unknownKeys(issues, above);
  for (const issue of issues.flatMap(keyByKey)) {
    // Guessing the intended key takes time for each issue, and a damaged file has thousands of issues.
    if (problems.length < SHOWN) problems.push(...describe(issue, above, context, told));
    else hidden++;
  }
  return hidden === 0 ? problems : [...problems, andMore(context.places.path, hidden)];
}

const keyByKey = (issue: Issue): readonly Issue[] =>
  issue.code === "unrecognized_keys" ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue];

/** The keys that the issues report as unknown. An object that takes any key reports none. */
function unknownKeys(issues: readonly Issue[], above: Path): ReadonlySet<string> {
  return new Set(
    issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => placeOf([...above, ...issue.path, key]))
        : [],
    ),
  );
}

const placeOf = (path: Path): string => JSON.stringify(path.map(String));

/** @param told paths, from `placeOf`, of the keys that are reported as unknown; no second problem is made for them */
function describe(issue: Issue, above: Path, context: IssueContext, told: ReadonlySet<string>): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, path, context));
  if (issue.code === "invalid_union") return describeUnion(issue, path, context, told);
  // A rule about several keys of an object cannot be judged while one of these keys is misspelt.
  if (issue.code === "custom" && [path, path.slice(0, -1)].some((at) => hasSlip(at, context, told)))
    return [];
  if (issue.code === "invalid_key") return [invalidKey(path, issue, context)];
  if (issue.code === "invalid_element") {
    return describeAll(issue.issues, path, context);
  }
  const value = valueAt(context.value, path);
  const missing = value === undefined && path.length > 0 && !hasKey(context.value, path);
  return missing
    ? missingKey(path, context, told)
    : [invalid(path, expectation(issue, path, value, context.schema), context)];
}

function invalidKey(path: Path, issue: Issue & { code: "invalid_key" }, context: IssueContext): Problem {
  const full = [...(context.base ?? []), ...path];
  const expected = issue.issues.map(({ message }) => message).join("; ");
  return {
    code: `${context.code}_INVALID`,
    path: context.places.path,
    ...context.places.at(full, "key"),
    what: `"${String(path.at(-1))}" cannot be a key${within(full.slice(0, -1))}: ${expected}.`,
    why: "A wrong key cannot be used, and guessing what was meant would change what is run.",
    fix: "Rename it.",
  };
}

/**
 * Problems of a value that matches no member of a union: those of the closest member or, if no member is close, one
 * problem that names all members.
 */
function describeUnion(
  issue: Issue & { code: "invalid_union" },
  path: Path,
  context: IssueContext,
  told: ReadonlySet<string>,
): Problem[] {
  const value = valueAt(context.value, path);
  if (value === undefined && !hasKey(context.value, path)) return missingKey(path, context, told);
  // A branch of the union that fails at its top level is not the intended one.
  const meant = issue.errors.filter((branch) => branch.every((inner) => !isWrongKind(inner)));
  const best = [...meant].sort((a, b) => foreignKeys(a) - foreignKeys(b) || badness(a) - badness(b))[0];
  if (best !== undefined) return describeAll(best, path, context);
  const words = schemasAt(context.schema, path).map(wordsFor);
  return [invalid(path, words.length > 0 ? orList(words) : "something else", context)];
}

function isWrongKind(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

/**
 * Number of the value's keys that the union member does not know. A key that looks like a misspelling of a missing key
 * does not count.
 */
function foreignKeys(branch: readonly Issue[]): number {
  const lacking = branch.flatMap(({ path: [name, ...rest] }) =>
    name === undefined || rest.length > 0 ? [] : [String(name)],
  );
  return branch
    .flatMap((issue) => (issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : []))
    .filter((key) => nearest(key, lacking) === undefined).length;
}

function badness(branch: readonly Issue[]): number {
  return branch.reduce(
    (sum, issue) => sum + (issue.code === "unrecognized_keys" ? 2 * issue.keys.length : 1),
    0,
  );
}

function unknownKey(key: string, path: Path, context: IssueContext): Problem {
  const known = keysAt(context.schema, path);
  const present = Object.keys(Object(valueAt(context.value, path)));
  const free = known.filter((name) => !present.includes(name));
  const guess = nearest(key, free);
  const full = [...(context.base ?? []), ...path, key];
  const hint = hintFor("unknown", full, undefined);
  return {
    code: `${context.code}_UNKNOWN_KEY`,
    path: context.places.path,
    ...context.places.at(full, "key"),
    what: `Unknown key "${key}"${within([...(context.base ?? []), ...path])}.${didYouMean(key, free)}`,
    why: hint?.why ?? "A key that is not known would be ignored, and the file would not do what it says.",
    fix:
      hint?.fix ??
      (guess === undefined ? moved(key, path, context) : undefined) ??
      fixForKey(key, guess, known),
  };
}

/** The fix for an unknown key that is known at exactly one other place: one level below, or above. */
function moved(key: string, path: Path, { schema, base = [] }: IssueContext): string | undefined {
  const below = keysAt(schema, path)
    .map((name) => [...path, name])
    .filter((inner) => keysAt(schema, inner).includes(key));
  const above = path
    .map((_, length) => path.slice(0, length))
    .filter((outer) => keysAt(schema, outer).includes(key));
  const [place, ...others] = [...below, ...above];
  if (place === undefined || others.length > 0) return undefined;
  const full = [...base, ...place];
  return full.length === 0
    ? `Move it to the top level of the file: ${key} is known there.`
    : `Move it into "${dotted(full)}": ${dotted([...full, key])} is known.`;
}

function fixForKey(key: string, guess: string | undefined, known: readonly string[]): string {
  if (guess !== undefined) return `Rename it: ${guess}`;
  return known.length === 0 ? `Remove ${key}.` : `Remove it. Known here: ${known.join(", ")}.`;
}

/**
 * The unknown key of `parent` that is probably a misspelling of the missing key `name`; undefined when there is none.
 * The caller then reports only the misspelling, and not the missing key too.
 */
export function misspelt(name: string, parent: unknown, known: readonly string[]): string | undefined {
  if (parent === null || typeof parent !== "object") return undefined;
  const present = Object.keys(parent);
  const free = known.filter((key) => !present.includes(key));
  return present.find((key) => !known.includes(key) && nearest(key, free) === name);
}

/** Whether a key of the object at this path is reported as misspelt. */
function hasSlip(path: Path, { schema, value }: IssueContext, told: ReadonlySet<string>): boolean {
  const present = Object.keys(Object(valueAt(value, path)));
  const free = keysAt(schema, path).filter((key) => !present.includes(key));
  return present.some((key) => told.has(placeOf([...path, key])) && nearest(key, free) !== undefined);
}

function missingKey(path: Path, context: IssueContext, told: ReadonlySet<string>): Problem[] {
  const full = [...(context.base ?? []), ...path];
  const name = String(path.at(-1));
  const parent = path.slice(0, -1);
  const slip = misspelt(name, valueAt(context.value, parent), keysAt(context.schema, parent));
  if (slip !== undefined)
    return told.has(placeOf([...parent, slip])) ? [] : [unknownKey(slip, parent, context)];
  const about = descriptionAt(context.schema, path);
  const hint = hintFor("missing", path, undefined);
  const expected = orList(schemasAt(context.schema, path).map(wordsFor));
  const problem = {
    code: `${context.code}_MISSING_KEY`,
    path: context.places.path,
    ...context.places.at(full.slice(0, -1)),
    what: `"${name}" is missing${within(full.slice(0, -1))}.`,
    why: hint?.why ?? "The key has no default, so nothing can be run without it.",
    fix: hint?.fix ?? `Add ${name}: ${expected || "a value"}${about === undefined ? "" : ` (${about})`}.`,
  };
  return [problem];
}

function emptyFile(context: IssueContext): Problem {
  return {
    code: `${context.code}_INVALID`,
    path: context.places.path,
    line: 1,
    column: 1,
    what: "This file is empty.",
    why: "An empty file defines nothing to run.",
    fix: EMPTY_FILES[context.code] ?? "Write its keys, or delete the file.",
  };
}

const EMPTY_FILES: Readonly<Record<string, string>> = {
  EVALS_CONFIG: "models: { small: { provider: openai, model: gpt-5.4-mini-2026-03-17 } }",
  EVALS_SUITE: "Write at least dataset:, model: and scorers:, or delete the file.",
};

function invalid(path: Path, expected: string, context: IssueContext): Problem {
  const full = [...(context.base ?? []), ...path];
  const value = valueAt(context.value, path);
  const { isLine = false } = context;
  if (full.length === 0 && value === null && !isLine) return emptyFile(context);
  const about = descriptionAt(context.schema, path);
  const hint = hintFor("invalid", full, value);
  const subject = full.length === 0 ? (isLine ? "This line" : "This file") : `"${dotted(full)}"`;
  const allowed = schemasAt(context.schema, path).flatMap((schema) => allowedWords(schema));
  const guess = typeof value === "string" ? didYouMean(value, allowed) : "";
  return {
    code: `${context.code}_INVALID`,
    path: context.places.path,
    ...context.places.at(full),
    what: `${subject} ${requirement(hint?.expected ?? expected, value)}.${guess}`,
    why: hint?.why ?? "A wrong value cannot be used, and guessing what was meant would change what is run.",
    fix: hint?.fix ?? (full.length === 0 ? `Write ${expected}.` : fixForValue(full, expected, about)),
  };
}

/** A rule about the keys of an object, as schemas word it: `have either command or url`. */
const KEYS_RULE = /^have /;
/** A value that must not be there, as schemas word it: `left out: a GET request has no body`. */
const LEFT_OUT = /^left out\b/;

function requirement(expected: string, value: unknown): string {
  if (KEYS_RULE.test(expected)) return `must ${expected}`;
  return `must be ${expected}${LEFT_OUT.test(expected) ? "" : `, not ${describeValue(value)}`}`;
}

function fixForValue(full: Path, expected: string, about: string | undefined): string {
  if (LEFT_OUT.test(expected)) return `Delete ${dotted(full)}.`;
  if (KEYS_RULE.test(expected)) return `Write ${expected.replace(KEYS_RULE, "")} under "${dotted(full)}".`;
  const name = full.at(-1);
  const subject = typeof name === "string" ? `${name}: ` : "";
  return `Write ${subject}${expected}${about === undefined ? "" : ` (${about})`}.`;
}

function allowedWords(schema: Schema): string[] {
  const def = schema._zod.def as unknown as { entries?: Record<string, string>; values?: readonly unknown[] };
  return [
    ...Object.values(def.entries ?? {}),
    ...(def.values ?? []).filter((word) => typeof word === "string"),
  ];
}

/** The values allowed at this path, in words that complete "must be …". */
function expectation(issue: Issue, path: Path, value: unknown, schema: Schema): string {
  switch (issue.code) {
    case "invalid_type":
      // The schema is more precise than the issue: a whole number, not just a number.
      return orList(schemasAt(schema, path).map(wordsFor)) || typeWords(issue.expected);
    case "invalid_value":
      return orList(issue.values.map((allowed) => JSON.stringify(allowed)));
    case "too_small":
      return sizeWords(
        issue.origin,
        Number(issue.minimum),
        issue.inclusive !== false ? "at least" : "more than",
        value,
      );
    case "too_big":
      return sizeWords(
        issue.origin,
        Number(issue.maximum),
        issue.inclusive !== false ? "at most" : "less than",
        value,
      );
    case "invalid_format":
      return formatWords(issue);
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    default:
      return issue.message.replace(/^expected /, "") || `valid (${dotted(path)})`;
  }
}

/** The schema's own words for a text of this format; for a schema without such words, the format's. */
function formatWords({ format, message, pattern, ...issue }: Issue & { code: "invalid_format" }): string {
  if (!message.startsWith("Invalid ")) return message.replace(/^expected /, "");
  switch (format) {
    case "regex":
      return `text that matches ${pattern}`;
    case "starts_with":
      return `text that starts with ${JSON.stringify("prefix" in issue ? issue.prefix : "")}`;
    case "url":
      return "an address such as https://example.com";
    case "datetime":
      return "a date and time such as 2026-11-29T09:00:00Z";
    case "date":
      return "a date such as 2026-11-29";
    default:
      return `a valid ${format}`;
  }
}

function sizeWords(origin: string, limit: number, relation: string, value: unknown): string {
  if (origin === "string" || origin === "array" || origin === "set") {
    const isEmpty = Object(value).length === 0 && limit === 1;
    if (isEmpty) return origin === "string" ? "text" : "a list with at least one entry";
    return `${relation} ${limit} ${origin === "string" ? "characters" : "entries"} long`;
  }
  return `${relation} ${limit}`;
}

/** A value in a sentence, shortened; objects are not expanded. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (typeof value === "string") return value === "" ? "empty text" : `the text "${shorten(value)}"`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object" ? "a set of keys" : String(value);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A path as text: `gate.require`, `scorers[0].type`; `entry 3` in a file that is a list. */
export function dotted(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (text === "") return typeof step === "number" ? `entry ${step + 1}` : String(step);
    return typeof step === "number" ? `${text}[${step}]` : `${text}.${String(step)}`;
  }, "");
}

function within(path: Path): string {
  return path.length === 0
    ? ""
    : typeof path[0] === "number"
      ? ` in ${dotted(path)}`
      : ` in "${dotted(path)}"`;
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const step of path)
    here = here === null || here === undefined ? undefined : Reflect.get(Object(here), step);
  return here;
}

function hasKey(value: unknown, path: Path): boolean {
  const parent = valueAt(value, path.slice(0, -1));
  return parent !== null && typeof parent === "object" && Object.hasOwn(parent, path.at(-1) ?? "");
}
