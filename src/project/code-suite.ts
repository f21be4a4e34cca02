import { relative, resolve } from "node:path";
import type { ModuleEvents } from "../domain/module-events.ts";
import { refuseCode } from "../domain/no-exec.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import { isFile } from "../modules/is-file.ts";
import { moduleFiles } from "../modules/module-files.ts";
import { openUserModule, UnusableModule, type UserModule } from "../modules/user-module.ts";
import type { FileSource } from "./file-source.ts";
import { readText } from "./read-text.ts";

/** Time limit for a module to create its suite, in milliseconds. */
const LONGEST_MS = 60_000;

/** A suite created by code, in the form of a parsed YAML file. */
export interface CodeSuite {
  readonly value: unknown;
  readonly places: Places;
  /** The module and all its imports, relative to the root. */
  readonly files: readonly string[];
}

interface Host {
  readonly files: FileSource;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly modules?: ModuleEvents | undefined;
}

/**
 * Runs a suite's module in a thread and reads its export.
 *
 * @throws {EvalsError} for a module that fails, exports no suite, or must not be run
 */
export async function readCodeSuite(path: string, { files, env, modules }: Host): Promise<CodeSuite> {
  const place = { path, line: 1, column: 1 };
  refuseCode(env, `The suite ${path}`, place);
  const { root } = files;
  if (root === undefined) throw new EvalsError({ ...NOT_CHECKED_OUT, ...place });
  const text = readText(files, path);
  let opened: UserModule | undefined;
  try {
    const own = moduleFiles(root, path).filter((file) => isFile(resolve(root, file)));
    opened = await openUserModule({ root, file: path, env, events: modules, gives: "suite" }, true);
    const { outcome } = await opened.call({ form: "scorer", input: "null" }, LONGEST_MS, null);
    if (outcome.kind === "returned") {
      const value: unknown = JSON.parse(outcome.json);
      return { value, places: placesIn(text, path, value), files: own };
    }
    const mistake = {
      odd: (): string => ("what" in outcome ? outcome.what.replace(/^returned /, "it gives ") : ""),
      threw: (): string => ("message" in outcome ? outcome.message : ""),
      ended: (): string => ("how" in outcome ? `it ${outcome.how}` : ""),
      timeout: (): string => `it takes more than ${LONGEST_MS / 1000} s`,
      aborted: (): string => "it was stopped",
    }[outcome.kind]();
    throw outcome.kind === "odd" ? noSuite(path, mistake) : broken({ root, path, text }, mistake);
  } catch (error) {
    if (error instanceof EvalsError) throw error;
    const isNone = error instanceof UnusableModule && error.why === "no-function";
    if (isNone) throw noSuite(path, "its default export is not a suite", error);
    throw broken({ root, path, text }, messageOf(error), error);
  } finally {
    await opened?.close();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const NOT_CHECKED_OUT: Problem = {
  code: "EVALS_SUITE_MODULE",
  what: "The suite of this commit is made by code, which runs only from files on the disk.",
  why: "Only a checkout has the files that the code imports.",
  fix: "Name a stored run instead of the commit, or make one: evals run --at <commit>",
};

function noSuite(path: string, message: string, cause?: unknown): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_SUITE_MODULE",
      ...{ path, line: 1, column: 1 },
      what: `This module makes no suite: ${message}.`,
      why: "There would be nothing to run.",
      fix: 'export default defineSuite({ dataset: "…", model: "…", scorers: [ … ] }), with defineSuite imported from "git-evals"',
    },
    { cause },
  );
}

interface ModuleText {
  readonly root: string;
  readonly path: string;
  readonly text: string;
}

/**
 * The error for a module that cannot be loaded or fails. The problem gets the location that the message names, if
 * there is one.
 */
function broken(module: ModuleText, message: string, cause?: unknown): EvalsError {
  const { place, words } = placeOf(module, message.replace(/\s+/g, " "));
  return new EvalsError(
    {
      code: "EVALS_SUITE_MODULE",
      ...place,
      what: `This module makes no suite: ${words.slice(0, 500)}.`,
      why: "There would be nothing to run.",
      fix: "Correct the module: evals check loads it again.",
    },
    { cause },
  );
}

interface NamedPlace {
  readonly place: { readonly path: string; readonly line: number; readonly column: number };
  /** The message without the location in it. */
  readonly words: string;
}

/**
 * Finds the location of a module's error: the message of a syntax error ends with the location; a missing import is
 * located at its name in the text.
 */
function placeOf({ root, path, text }: ModuleText, message: string): NamedPlace {
  const start = message.lastIndexOf(` ${root}`);
  const [, file, line, column] = /^ (.+):(\d+):(\d+)$/.exec(start === -1 ? "" : message.slice(start)) ?? [];
  if (file !== undefined) {
    const inside = relative(root, file).replaceAll("\\", "/");
    return {
      place: { path: inside, line: Number(line), column: Number(column) },
      words: message.slice(0, start),
    };
  }
  const [missing = "", name = ""] = /^Cannot find module '([^']+)'/.exec(message) ?? [];
  const before = text.slice(0, Math.max(0, text.indexOf(`"${name}"`), text.indexOf(`'${name}'`))).split("\n");
  return missing === ""
    ? { place: { path, line: 1, column: 1 }, words: message }
    : {
        place: { path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
        words: `it imports "${name}", which does not exist`,
      };
}

/**
 * Locates a suite's values in its source by their keys; a computed value gets the location of the last key
 * before it.
 */
function placesIn(text: string, path: string, value: unknown): Places {
  const at: Places["at"] = (keys) => {
    let from = 0;
    let here = value;
    for (const key of keys) {
      here = memberOf(here, key);
      const found =
        typeof key === "number"
          ? entryStart(text, here, from)
          : wordAt(text, new RegExp(`\\b${escaped(String(key))}\\b\\s*[:,(]`), from);
      if (found === -1) break;
      from = found;
    }
    const before = text.slice(0, from).split("\n");
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  };
  return { path, at };
}

/** Offset of a list's entry in the source, found by the first text that it contains; -1 when not found. */
function entryStart(text: string, entry: unknown, from: number): number {
  const first =
    typeof entry === "string"
      ? entry
      : Object.values((entry ?? {}) as object).find((one) => typeof one === "string");
  return typeof first === "string" ? wordAt(text, new RegExp(`["'\`]${escaped(first)}["'\`]`), from) : -1;
}

function wordAt(text: string, pattern: RegExp, from: number): number {
  const found = text.slice(from).search(pattern);
  return found === -1 ? -1 : from + found;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

function memberOf(value: unknown, key: PropertyKey): unknown {
  return value !== null && typeof value === "object"
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}
