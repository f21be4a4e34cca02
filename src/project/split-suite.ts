import { isDeepStrictEqual } from "node:util";
import { isMap, isNode, isScalar, parseDocument } from "yaml";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { isInlinePrompt } from "./inline-prompt.ts";
import { inlinePromptFile } from "./inline-prompt-file.ts";
import { parseYaml } from "./parse-yaml.ts";

/** A suite's file after moving parts of it to other files. */
export interface SplitSuite {
  /** The suite's file with names instead of cases and prompt; the rest is unchanged, including comments. */
  readonly suite: string;
  /** The text of each file to write, by path: the dataset, and the prompt's first version. */
  readonly files: Readonly<Record<string, string>>;
  /** Number of cases that were moved. */
  readonly cases: number;
}

/** The version that a prompt gets when it moves out of its suite. */
export const FIRST_VERSION = "1.0.0";

/**
 * Moves a suite's inline cases and prompt to their own files. The requests of a run stay the same, and so does its
 * fingerprint.
 *
 * @param name of the dataset and the prompt
 * @throws {EvalsError} when there is nothing to move, or when the rest of the file uses an anchor of the moved text
 */
export function splitSuite(text: string, path: string, name: string): SplitSuite {
  const { value, problems } = parseYaml(text, path);
  if (problems.length > 0) throw new EvalsError(problems);
  const { cases, prompt } = (value ?? {}) as { cases?: unknown; prompt?: unknown };
  const files: Record<string, string> = {};
  const moved: Record<string, string> = {};
  if (Array.isArray(cases)) {
    files[`datasets/${name}.jsonl`] = cases.map((one) => `${JSON.stringify(one)}\n`).join("");
    moved.cases = `dataset: ${name}`;
  }
  if (typeof prompt === "string" && isInlinePrompt(prompt)) {
    files[`prompts/${name}/${FIRST_VERSION}.md`] = inlinePromptFile(prompt);
    moved.prompt = `prompt: ${name}@${FIRST_VERSION}`;
  }
  if (Object.keys(files).length === 0) throw new EvalsError(nothingToSplit(path));
  const suite = replaceMembers(text, moved);
  if (!isDeepStrictEqual(parseYaml(suite, path).value, movedValue(value as object, moved, name)))
    throw new EvalsError(tiedByAnchor(path));
  return { suite, files, cases: Array.isArray(cases) ? cases.length : 0 };
}

function movedValue(value: object, moved: Readonly<Record<string, string>>, name: string): object {
  const rest: Record<string, unknown> = { ...value };
  if (moved.cases !== undefined) {
    delete rest.cases;
    rest.dataset = name;
  }
  return moved.prompt === undefined ? rest : { ...rest, prompt: `${name}@${FIRST_VERSION}` };
}

/** Replaces members of the outermost map in a text, from last to first. */
function replaceMembers(text: string, members: Readonly<Record<string, string>>): string {
  const { contents } = parseDocument(text, { uniqueKeys: false, merge: true, logLevel: "error" });
  if (!isMap(contents)) return text;
  let made = text;
  for (const { key, value } of [...contents.items].reverse()) {
    const member = isScalar(key) ? members[String(key.value)] : undefined;
    const start = isNode(key) ? key.range?.[0] : undefined;
    const end = isNode(value) ? value.range?.[1] : undefined;
    if (member === undefined || start === undefined || end === undefined) continue;
    const written = made.slice(start, end);
    made = made.slice(0, start) + member + made.slice(start + written.trimEnd().length);
  }
  return made;
}

function nothingToSplit(path: string): Problem {
  return {
    code: "EVALS_SPLIT_NOTHING",
    path,
    what: "This suite has neither cases nor a prompt of its own.",
    why: "There is nothing to move into files of their own.",
    fix: "Leave it as it is: its dataset and its prompt are files already.",
  };
}

function tiedByAnchor(path: string): Problem {
  return {
    code: "EVALS_SPLIT_ANCHOR",
    path,
    what: "An anchor (&) in the cases or the prompt of this suite is used in another part of it.",
    why: "The alias (*) in that part would lose its value when the anchor moves to another file.",
    fix: "Write out the value in place of the alias, then give the same command again.",
  };
}
