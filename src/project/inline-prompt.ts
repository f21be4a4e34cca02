import type { LoadedPrompt, Places } from "../domain/project.ts";
import { INLINE_PROMPT, type PromptVersion } from "../domain/prompt.ts";
import { compilePrompt } from "./compile-prompt.ts";
import type { FileSource } from "./file-source.ts";
import { ROLE_LINE, splitParts } from "./parse-prompt.ts";

/**
 * Whether a suite's `prompt:` is the prompt's own text and not its name: it has several lines, or a `{{ … }}`.
 */
export function isInlinePrompt(prompt: string): boolean {
  return /\{\{|\{%/.test(prompt) || prompt.trim().includes("\n");
}

/**
 * A suite's inline prompt: role lines as in a prompt file; a text without role lines is the user's message.
 *
 * @param source the suite's file, to determine the line of the text
 * @throws {EvalsError} with all its mistakes, located in the suite's file
 */
export async function loadInlinePrompt(
  text: string,
  places: Places,
  source: string,
  files: FileSource,
): Promise<LoadedPrompt> {
  const firstLine = firstLineOf(places, source);
  const { parts, problems } = partsOf(text, firstLine, places.path);
  const version = {
    ...{ ...INLINE_PROMPT, path: places.path, description: null, author: null, rationale: null },
    ...{ pinned: { model: null, params: null, retrieval: null }, parts },
  };
  return compilePrompt(version, files, problems);
}

type Parts = ReturnType<typeof splitParts>;

function partsOf(text: string, line: number, path: string): Parts {
  const lines = text.split("\n");
  if (lines.some((one) => ROLE_LINE.test(one))) return splitParts(lines, line, path);
  const blank = lines.findIndex((one) => one.trim() !== "");
  const parts: PromptVersion["parts"] = [
    { kind: "message", role: "user", template: text.trim(), line: line + Math.max(0, blank) },
  ];
  return { parts: [...parts], problems: [] };
}

/** Line of the prompt's first line in the suite's file. The text of a block scalar starts on the line after `|`. */
function firstLineOf(places: Places, source: string): number {
  const { line, column } = places.at(["prompt"]);
  const mark = source.split("\n", line)[line - 1]?.[column - 1];
  return mark === "|" || mark === ">" ? line + 1 : line;
}
