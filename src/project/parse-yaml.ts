import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import { changedNumberProblem, halfCharacterProblem, leadingZeroProblem } from "../domain/changed-values.ts";
import { isNestedTooDeep, isStackOverflow, tooDeepProblem } from "../domain/deep-yaml.ts";
import { isChangedByDouble } from "../domain/exact-json.ts";
import { conflictLine, conflictProblem } from "../domain/file-text.ts";
import type { Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import { type ProblemList, problemList } from "./dataset-problems.ts";
import { type Opening, openingBehind, unclosedOpenings } from "./yaml-openings.ts";

/** A YAML file, parsed as far as possible. */
export interface ParsedYaml {
  /** Plain JSON-like value; undefined when `problems` is not empty. */
  readonly value: unknown;
  readonly places: Places;
  readonly problems: readonly Problem[];
}

/** Parses text to a value with locations. Never throws for invalid input. */
export function parseYaml(text: string, path: string): ParsedYaml {
  try {
    return parsed(text, path);
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    const problem = tooDeepProblem(text, path);
    return { value: undefined, places: { path, at: () => ({ line: 1, column: 1 }) }, problems: [problem] };
  }
}

function parsed(text: string, path: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // `keyProblems` finds duplicate keys, and names both lines.
    uniqueKeys: false,
    merge: true,
    // With "silent", yaml would drop a second document without an error.
    logLevel: "error",
  });
  const places = placesIn(document, lines, path);
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { path, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const wrong = syntaxProblems(document, text, at);
  const problems = wrong.length > 0 ? wrong : structureProblems(document, at);
  if (problems.length > 0) return { value: undefined, places, problems };
  try {
    const value: unknown = document.toJS();
    if (isNestedTooDeep(value)) return { value: undefined, places, problems: [tooDeepProblem(text, path)] };
    return { value, places, problems };
  } catch (error) {
    // yaml throws a ReferenceError when aliases would expand the document to too many copies.
    if (!(error instanceof ReferenceError)) throw error;
    return { value: undefined, places, problems: [tooManyAliases(path)] };
  }
}

type At = (offset: number) => { path: string; line: number; column: number };

const SYNTAX = {
  code: "EVALS_YAML_SYNTAX",
  why: "The rest of the file cannot be read until this is corrected.",
} as const;

const SECOND_DOCUMENT = {
  code: "EVALS_YAML_SECOND_DOCUMENT",
  what: "A second document begins here (---).",
  why: "Only the first document would be read, and the rest of the file would be ignored.",
  fix: "Delete the line, or move what is below it into a file of its own.",
} as const;

function syntaxProblems(document: Document, text: string, at: At): readonly Problem[] {
  const { path } = at(0);
  const problems = problemList(path);
  /** Lines with an error, whether it is reported or not. */
  const seen = new Set<number>();
  const all = [...document.errors, ...document.warnings].filter((error) => !isEmptyEnd(error, text));
  const conflict = all.length === 0 ? undefined : conflictLine(text);
  if (conflict !== undefined) return [conflictProblem(path, conflict)];
  const tabs = all.filter((error) => error.code === "TAB_AS_INDENT");
  // After a tab all indentation is wrong, so the other errors are consequences.
  const lines = all.length === 0 ? [] : text.split("\n");
  let found: readonly Opening[] | undefined;
  const openings = () => {
    found ??= unclosedOpenings(text);
    return found;
  };
  for (const error of tabs.length > 0 ? tabs : all) {
    const opening = openingBehind(error, openings);
    const place = at(opening?.offset ?? error.pos[0]);
    // One mistake may cause several parser errors on a line.
    if (seen.has(place.line)) continue;
    const line = lines[place.line - 1] ?? "";
    const isConsequence =
      UNSPECIFIC.has(error.code) && !QUOTABLE.test(line) && seen.has(lineBefore(place.line, lines));
    seen.add(place.line);
    if (!isConsequence) problems.add({ ...place, ...describeSyntax(error, line, opening?.sign) });
  }
  return problems.all();
}

/** Errors that the parser also reports for each line that follows an unclosed bracket or a wrong indentation. */
const UNSPECIFIC = new Set<string>(["BAD_INDENT", "MISSING_CHAR", "UNEXPECTED_TOKEN", "IMPOSSIBLE"]);

/** The line before a line, not counting empty lines and comments. */
function lineBefore(line: number, lines: readonly string[]): number {
  let before = line - 1;
  while (before > 0 && /^\s*(?:#.*)?$/.test(lines[before - 1] ?? "")) before--;
  return before;
}

/** Whether an error is about a second document that has only comments: ignoring that document loses nothing. */
function isEmptyEnd({ code, pos }: YAMLError, text: string): boolean {
  if (code !== "MULTIPLE_DOCS") return false;
  const lines = text.slice(pos[0]).split("\n");
  return lines.every((line) => /^(?:(?:---|\.\.\.)?\s*|(?:---|\.\.\.)?\s+#.*|#.*)$/.test(line.trimEnd()));
}

/** A key and a value that begins with a character that means something else in YAML. */
const QUOTABLE = /^\s*(?:- )?("?[\w^@. -]+"?):\s+((?:>=|>|[@`%]).*?)\s*$/;

function describeSyntax(
  error: YAMLError,
  line: string,
  opened: string | undefined,
): Pick<Problem, "code" | "what" | "why" | "fix"> {
  if (error.code === "MULTIPLE_DOCS") return SECOND_DOCUMENT;
  if (opened === "{" || opened === "[") {
    const closer = opened === "{" ? "}" : "]";
    return {
      ...SYNTAX,
      what: `The ${opened} here is never closed.`,
      fix: `Write ${closer} after the last thing that belongs into it.`,
    };
  }
  const quotable = QUOTABLE.exec(line);
  if (error.code === "TAB_AS_INDENT") {
    return {
      code: "EVALS_YAML_TAB",
      what: "This line is indented with a tab.",
      why: "YAML allows only spaces for indentation.",
      fix: "Put two spaces in place of each tab.",
    };
  }
  if (quotable?.[1] !== undefined && quotable[2] !== undefined) {
    const value = quotable[2].replaceAll('"', "'");
    return {
      ...SYNTAX,
      what: `A value that begins with "${value.startsWith(">=") ? ">=" : value.charAt(0)}" needs quotes in YAML.`,
      fix: `${quotable[1]}: "${value}"`,
    };
  }
  return { ...SYNTAX, ...syntaxWords(error) };
}

function syntaxWords(error: YAMLError): Pick<Problem, "what" | "fix"> {
  switch (error.code) {
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MULTILINE_IMPLICIT_KEY":
      return {
        what: 'There is a second ": " here, or a line that is indented where it must not be.',
        fix: "Put quotes around a value that contains a colon; indent the keys of one level alike.",
      };
    case "BAD_INDENT":
      return {
        what: "This line is indented too little, or the bracket before it is never closed.",
        fix: "Close every [ and {, and indent what belongs together alike.",
      };
    case "MISSING_CHAR":
      return missingCharacter(error.message);
    case "TAG_RESOLVE_FAILED":
      return {
        what: `${error.message.replace("Unresolved tag: ", "The tag ")} is not known here.`,
        fix: "Remove it, or put quotes around a value that begins with an exclamation mark.",
      };
    case "BAD_ALIAS":
      return {
        what: "This alias has no anchor before it.",
        fix: 'Quote a value that begins with an asterisk: "*.md"',
      };
    case "BAD_SCALAR_START":
      return { what: "A plain value cannot begin with this character.", fix: "Put quotes around the value." };
    default:
      return {
        what: "This is not valid YAML: the parser cannot read what begins here.",
        fix: "Indent the keys of one level alike; put quotes around a value with special characters.",
      };
  }
}

function missingCharacter(message: string): Pick<Problem, "what" | "fix"> {
  if (message.includes("quote")) {
    return { what: "A quote is opened and never closed.", fix: "Close the quote at the end of its value." };
  }
  return {
    what: message.startsWith("Sequence item without")
      ? "A list item has no dash, or the line is indented too little."
      : "A bracket, a comma or a colon is missing before this.",
    fix: "Indent the keys of one level alike, and close every [ and {.",
  };
}

/**
 * Finds duplicate keys, keys that are not text, values that parsing would change, and undefined or recursive
 * aliases.
 */
function structureProblems(document: Document, at: At): readonly Problem[] {
  const problems = problemList(at(0).path);
  const anchors = new Map<string, Node>();
  const above = new Set<Node>();
  const visit = (node: unknown): void => {
    if (isAlias(node)) return void visitAlias(node);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) return void addAll(problems, changedValue(node, at));
    above.add(node);
    if (isMap(node)) {
      addAll(problems, keyProblems(node.items, at));
      for (const { key, value } of node.items) {
        visit(key);
        visit(value);
      }
    } else for (const item of node.items) visit(item);
    above.delete(node);
  };
  const visitAlias = ({ source, range }: Alias): void => {
    // By the rules of YAML, an alias means the last node before it that has this anchor.
    const target = anchors.get(source);
    const place = at(range?.[0] ?? 0);
    if (target === undefined) problems.add(unknownAlias(source, place));
    else if (above.has(target)) problems.add(cyclicAlias(source, place));
  };
  visit(document.contents);
  return problems.all();
}

function addAll(list: ProblemList, problems: readonly Problem[]): void {
  for (const problem of problems) list.add(problem);
}

/**
 * Problems of a value that parsing would change. `.inf` and `.nan` are no problem here: a reader that needs JSON reports
 * them.
 */
function changedValue({ value, source, range }: Scalar, at: At): readonly Problem[] {
  if (typeof value === "string")
    return value.isWellFormed() ? [] : [halfCharacterProblem(at(range?.[0] ?? 0))];
  if (typeof value !== "number" || source === undefined || !/\d/.test(source)) return [];
  if (/^[-+]?0\d/.test(source)) return [leadingZeroProblem(source, at(range?.[0] ?? 0))];
  const changed = /^0[xo]/.test(source) ? !Number.isSafeInteger(value) : isChangedByDouble(source);
  return changed ? [changedNumberProblem(source, at(range?.[0] ?? 0))] : [];
}

function keyProblems(pairs: readonly Pair[], at: At): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, number>();
  for (const { key } of pairs) {
    const place = at(isNode(key) ? (key.range?.[0] ?? 0) : 0);
    if (!isScalar(key)) {
      problems.push({
        ...SYNTAX,
        ...place,
        what: "A bracket is where a key is expected.",
        fix: 'Put quotes around a template: "{{ input.question }}"',
      });
      continue;
    }
    const name = String(key.value);
    if (name === "<<") continue;
    const line = first.get(name);
    if (line === undefined) first.set(name, place.line);
    else problems.push(duplicateKey(name, line, place));
  }
  return problems;
}

type Place = ReturnType<At>;

function duplicateKey(name: string, firstLine: number, place: Place): Problem {
  return {
    code: "EVALS_YAML_DUPLICATE_KEY",
    ...place,
    what: `The key "${name}" is here a second time.`,
    why: "Only one of the two values could count, and nobody could tell which.",
    fix: `Delete one of the two keys; the first is on line ${firstLine}.`,
  };
}

function unknownAlias(name: string, place: Place): Problem {
  return {
    code: "EVALS_YAML_SYNTAX",
    ...place,
    what: `The alias *${name} has no anchor before it.`,
    why: "An alias repeats the value of its anchor; without one it has no value.",
    fix: `Put &${name} before the value that the alias repeats; or, if it is text, put quotes around it: "*${name}"`,
  };
}

function cyclicAlias(name: string, place: Place): Problem {
  return {
    code: "EVALS_YAML_CYCLE",
    ...place,
    what: `The alias *${name} is inside the value of its own anchor.`,
    why: "The value would contain itself without end.",
    fix: `Write out what is meant in place of *${name}.`,
  };
}

function tooManyAliases(path: string): Problem {
  return {
    code: "EVALS_YAML_ALIASES",
    path,
    line: 1,
    column: 1,
    what: "The aliases of this file unfold to more than 100 copies of each other.",
    why: "A file of a few lines can fill the memory that way, so it is not read.",
    fix: "Write out the values, or use fewer aliases of aliases.",
  };
}

function placesIn(document: Document, lines: LineCounter, path: string): Places {
  return {
    path,
    at: (steps, on = "value") => {
      const { line, col } = lines.linePos(offsetAt(document, steps, on));
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
  };
}

function offsetAt(document: Document, steps: readonly PropertyKey[], on: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of steps.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node) ? pairsOf(node).get(String(step)) : undefined;
    const next = pair !== undefined ? pair.value : isSeq(node) ? node.items[Number(step)] : undefined;
    const keyStart = pair === undefined ? undefined : startOf(pair.key);
    if (next === undefined && keyStart === undefined) return offset;
    const last = index === steps.length - 1;
    const start = last && on === "key" ? keyStart : undefined;
    offset = start ?? startOf(next) ?? keyStart ?? offset;
    node = next;
  }
  return offset;
}

const PAIRS = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** The pairs of a map by key; of several pairs with the same key, only the first. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = PAIRS.get(map);
  if (known !== undefined) return known;
  const pairs = new Map<string, Pair>();
  for (const pair of map.items)
    if (isScalar(pair.key) && !pairs.has(String(pair.key.value))) pairs.set(String(pair.key.value), pair);
  PAIRS.set(map, pairs);
  return pairs;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node.range?.[0] ?? undefined) : undefined;
}
