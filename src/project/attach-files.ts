import { ATTACHED_KINDS, type AttachedFile, type AttachedKind } from "../domain/attachment.ts";
import type { Case } from "../domain/case.ts";
import { membersIn } from "../domain/found-documents.ts";
import type { Json } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { AttachLine } from "../domain/prompt.ts";
import { lookUp } from "../templates/compile-template.ts";
import type { AttachedFiles } from "./attached-files.ts";
import type { PromptScope } from "./prompt-scope.ts";

/** Splits a path: `input.items[0].name` becomes `input`, `items`, `0`, `name`. */
export function stepsOf(path: string): string[] {
  return path.replace(/\[(\d+)\]/g, ".$1").split(".");
}

/**
 * Returns a function that reads the files to attach for a case. Each line, such as `images: input.photos`, names the
 * place in the case where the paths of the files are.
 */
export function attachRenderer(
  lines: readonly AttachLine[],
  path: string,
  attached: AttachedFiles,
): (scope: PromptScope, golden: Case) => readonly AttachedFile[] {
  const places = lines.map((line) => ({ line, steps: stepsOf(line.path) }));
  return (scope, golden) =>
    places.flatMap(({ line, steps }) => {
      const found = lookUp(scope, steps);
      const paths = pathsIn(found as Json | undefined);
      if (paths === undefined) throw new EvalsError(noPaths(line, path, golden));
      return paths.map((one) => readFor(one, line.kind, { line: line.line, path, golden, attached }));
    });
}

/**
 * The paths in a value: one path or a list of paths; `null` and an empty list mean no file. Undefined for
 * another value.
 */
function pathsIn(value: Json | undefined): readonly string[] | undefined {
  if (value === null) return [];
  if (typeof value === "string") return [value];
  if (!Array.isArray(value)) return undefined;
  const paths = value.map((one) => (typeof one === "string" ? one : membersIn(one).path));
  return paths.every((one) => typeof one === "string") ? paths : undefined;
}

/** The place at which a prompt refers to a file, for error messages. */
interface AskedAt {
  readonly line: number;
  readonly path: string;
  readonly golden: Case;
  readonly attached: AttachedFiles;
}

function readFor(
  path: string,
  kind: AttachedKind,
  { line, path: prompt, golden, attached }: AskedAt,
): AttachedFile {
  try {
    return attached.read(path, kind);
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    const problems = error.problems.map((one) => ({
      ...one,
      ...{ path: prompt, line, column: 1, what: `Case "${golden.id}": ${one.what}` },
    }));
    throw new EvalsError(problems, { cause: error });
  }
}

/** The content of a message: its text alone, or content parts for the text and the files. */
export function contentWith(text: string, files: readonly AttachedFile[]): Message["content"] {
  if (files.length === 0) return text;
  const parts = files as readonly unknown[] as readonly Json[];
  return text === "" ? parts : [{ type: "text", text }, ...parts];
}

/**
 * Reads the files that a message names in `{type, path}` parts; returns the same object for a message without
 * such parts.
 */
export function withAttached(message: Message, at: AskedAt): Message {
  const { content } = message;
  if (!Array.isArray(content) || !content.some(isFilePart)) return message;
  const parts = content.map((part) => (isFilePart(part) ? readFor(part.path, part.type, at) : part));
  return { ...message, content: parts as unknown as readonly Json[] };
}

function isFilePart(part: unknown): part is { readonly type: AttachedKind; readonly path: string } {
  const { type, path } = membersIn(part);
  return (ATTACHED_KINDS as readonly unknown[]).includes(type) && typeof path === "string";
}

function noPaths({ path: place, line }: AttachLine, path: string, golden: Case): Problem {
  return {
    code: "EVALS_ATTACHED_PATHS",
    path,
    line,
    column: 1,
    what: `Case "${golden.id}" has no file paths in ${place}.`,
    why: "The model would be asked without the files.",
    fix: `Put a path into ${place}, or a list of paths, relative to the project root: "photos/a.png". An empty list means no file.`,
  };
}
