import type * as z from "zod";
import { nearest } from "../domain/did-you-mean.ts";
import { conflictInProse, conflictProblem } from "../domain/file-text.ts";
import type { Json } from "../domain/json.ts";
import { ROLES, type Role } from "../domain/message.ts";
import { ONCE } from "../domain/parse-once.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import type { PromptPart, PromptVersion } from "../domain/prompt.ts";
import { describeIssues } from "./describe-issues.ts";
import { unfilledInText } from "./find-environment.ts";
import { problemWithoutSecrets, secretsInText } from "./find-secrets.ts";
import { parseYaml } from "./parse-yaml.ts";
import { attachedBelow, attachedByHeader, ESCAPED_ATTACH_LINE } from "./prompt-attachments.ts";
import { CASE_PATH, type PromptFrontMatter, promptFrontMatterSchema } from "./prompt-front-matter.ts";

/** Matches a line that starts a message: `user:` alone. */
export const ROLE_LINE = new RegExp(`^(${ROLES.join("|")}):[ \\t]*$`);
/**
 * Matches a line that inserts messages of the case: one path after the colon. `messages: see below` is text.
 */
export const MESSAGES_LINE = /^messages:[ \t]*([\w.[\]-]+)[ \t]*$/;
/** Matches a role line or messages line with a backslash before it. Such a line is text of the message. */
export const ESCAPED_LINE = new RegExp(
  `^\\\\+(?:(?:${ROLES.join("|")}):[ \\t]*|messages:[ \\t]*[\\w.[\\]-]+[ \\t]*)$`,
);

type PromptFile = Pick<PromptVersion, "path" | "name" | "version">;

/**
 * Parses a prompt file. The text is split into messages here, before anything is rendered, so that an input with a role
 * line cannot fake a message.
 *
 * @param text the file without its byte order mark
 * @throws {EvalsError} with all its mistakes: EVALS_PROMPT_…, EVALS_YAML_…, EVALS_SECRET_IN_FILE
 */
export function parsePrompt(text: string, file: PromptFile): PromptVersion {
  const { version, problems } = readPrompt(text, file);
  if (problems.length > 0) throw new EvalsError(problems);
  return version;
}

/** A prompt file as far as it can be read. @throws {EvalsError} for a merge conflict and an unterminated front matter */
export function readPrompt(
  text: string,
  file: PromptFile,
): { readonly version: PromptVersion; readonly problems: readonly Problem[] } {
  const { header, body, bodyLine } = splitFrontMatter(text, file.path);
  const front =
    header.trim() === ""
      ? noFrontMatter(file.path)
      : readFrontMatter(promptFrontMatterSchema(), header, file.path, "EVALS_PROMPT");
  const split = splitParts(body, bodyLine, file.path);
  const { parts, problems } = attachedByHeader(split.parts, front);
  const all = [
    ...front.problems,
    ...split.problems,
    ...problems,
    ...secretsInText(text, file.path),
    ...unfilledInText(text, file.path),
  ];
  const { description, author, rationale, model, params, retrieval } = front.value ?? {};
  const version = {
    ...file,
    description: description ?? null,
    author: author ?? null,
    rationale: rationale ?? null,
    pinned: {
      model: model ?? null,
      params: (params ?? null) as Json,
      retrieval: (retrieval ?? null) as Json,
    },
    parts,
  };
  return { version, problems: all.map(problemWithoutSecrets) };
}

/** The front matter of a file without one: no keys, and line 1 as every location. */
function noFrontMatter(path: string): FrontMatter<PromptFrontMatter> {
  return { value: {}, places: { path, at: () => ({ line: 1, column: 1 }) }, problems: [] };
}

interface Split {
  /** The text of the front matter after an empty line 1, so that its line numbers are those of the file. */
  readonly header: string;
  readonly body: readonly string[];
  /** Line of the body's first line, from 1. */
  readonly bodyLine: number;
}

/** @throws {EvalsError} for a merge conflict and for an unterminated front matter */
export function splitFrontMatter(text: string, path: string): Split {
  const conflict = conflictInProse(text);
  if (conflict !== undefined) throw new EvalsError(conflictProblem(path, conflict));
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines[0]?.trimEnd() !== "---") return { header: "", body: lines, bodyLine: 1 };
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  if (end === -1) throw new EvalsError(openFrontMatter(path));
  return { header: ["", ...lines.slice(1, end)].join("\n"), body: lines.slice(end + 1), bodyLine: end + 2 };
}

/**
 * The parsed text between the `---` lines; no value when the text has a mistake. Empty text means an object without
 * keys.
 */
interface FrontMatter<T> {
  readonly value: T | undefined;
  /** The keys as they are written, and those that have a mistake; undefined when the text is no YAML object. */
  readonly written?: { readonly keys: object; readonly issues: readonly z.core.$ZodIssue[] } | undefined;
  readonly places: Places;
  readonly problems: readonly Problem[];
}

export function readFrontMatter<S extends z.ZodType>(
  schema: S,
  header: string,
  path: string,
  code: string,
): FrontMatter<z.output<S>> {
  const { value: written, places, problems } = parseYaml(header.trim() === "" ? "\n{}" : header, path);
  if (problems.length > 0) return { value: undefined, places, problems };
  const value = written ?? {};
  const parsed = schema.safeParse(value, ONCE);
  if (parsed.success) return { value: parsed.data, places, problems: [] };
  const { issues } = parsed.error;
  return {
    value: undefined,
    written: typeof value === "object" && !Array.isArray(value) ? { keys: value, issues } : undefined,
    places,
    problems: describeIssues(issues, { schema, value, places, code }),
  };
}

interface OpenPart {
  readonly role: Role;
  readonly roleLine: number;
  readonly lines: string[];
}

/** Splits messages at their role lines. */
export function splitParts(body: readonly string[], firstLine: number, path: string) {
  const parts: PromptPart[] = [];
  const problems: Problem[] = [];
  let open: OpenPart | undefined;
  let stray: { readonly line: number; readonly text: string } | undefined;
  const close = (): void => {
    if (open !== undefined) closePart(open, path, parts, problems);
    open = undefined;
  };
  for (const [index, line] of body.entries()) {
    const number = firstLine + index;
    const role = ROLE_LINE.exec(line)?.[1] as Role | undefined;
    const history = MESSAGES_LINE.exec(line)?.[1];
    if (role !== undefined) {
      close();
      open = { role, roleLine: number, lines: [] };
    } else if (history !== undefined) {
      close();
      if (CASE_PATH.test(history)) parts.push({ kind: "messages", path: history, line: number });
      else problems.push(badHistory(history, path, number));
    } else if (open !== undefined) {
      open.lines.push(line);
    } else if (line.trim() !== "") {
      stray ??= { line: number, text: line.trim() };
    }
  }
  close();
  if (stray !== undefined) problems.push(textOutsideRole(path, stray, parts.length > 0));
  else if (parts.length === 0 && problems.length === 0) problems.push(noMessage(path, firstLine));
  return { parts, problems };
}

function closePart(open: OpenPart, path: string, parts: PromptPart[], problems: Problem[]): void {
  const { attach, lines } = attachedBelow(open.lines, open.roleLine + 1);
  const blankLines = lines.findIndex((line) => line.trim() !== "");
  if (blankLines === -1 && attach.length === 0) {
    problems.push(emptyMessage(open.role, path, open.roleLine));
    return;
  }
  const template = lines.map(unescaped).join("\n").trim();
  const line = open.roleLine + 1 + Math.max(0, blankLines);
  const message = { kind: "message", role: open.role, template, line } as const;
  parts.push(attach.length === 0 ? message : { ...message, attach });
}

function unescaped(line: string): string {
  return ESCAPED_LINE.test(line) || ESCAPED_ATTACH_LINE.test(line) ? line.slice(1) : line;
}

function openFrontMatter(path: string): Problem {
  return {
    code: "EVALS_PROMPT_INVALID",
    path,
    line: 1,
    column: 1,
    what: "The front matter that begins here has no end.",
    why: "The prompt's text cannot be distinguished from its description.",
    fix: "Put a line of three dashes (---) below the front matter.",
  };
}

function textOutsideRole(
  path: string,
  { line, text }: { readonly line: number; readonly text: string },
  hasRoles: boolean,
): Problem {
  const [, word] = /^([A-Za-z]+)[ \t]*:?$/.exec(text) ?? [];
  const meant = word === undefined ? undefined : nearest(word, ROLES);
  return {
    code: "EVALS_PROMPT_NO_ROLE",
    path,
    line,
    column: 1,
    what: `${hasRoles ? "This text has no role line above it." : "There is no role line above this text."}${meant === undefined ? "" : ` Did you mean "${meant}:"?`}`,
    why: "Every message needs a role, and a guess would change what the model is asked.",
    fix: `Put a line of its own above it: user:        (or ${ROLES.filter((role) => role !== "user").join(":, ")}:)`,
  };
}

function noMessage(path: string, line: number): Problem {
  return {
    code: "EVALS_PROMPT_EMPTY",
    path,
    line,
    column: 1,
    what: "This prompt has no message.",
    why: "A model would be asked nothing.",
    fix: "Write a line user: and below it the message, for instance {{ input }}.",
  };
}

function emptyMessage(role: Role, path: string, line: number): Problem {
  return {
    code: "EVALS_PROMPT_EMPTY",
    path,
    line,
    column: 1,
    what: `There is no message below "${role}:".`,
    why: "An empty message would be sent, and providers refuse it.",
    fix: `Write the message below, or delete the line. (To send the line itself as text: \\${role}:)`,
  };
}

function badHistory(history: string, path: string, line: number): Problem {
  return {
    code: "EVALS_PROMPT_INVALID",
    path,
    line,
    column: "messages: ".length + 1,
    what: `"${history}" is not a place in a case where earlier messages can be.`,
    why: "The line inserts a list of messages from the case, and the list can be only in its input or its metadata.",
    fix: "messages: input.history        (to send the line itself as text: \\messages: …)",
  };
}
