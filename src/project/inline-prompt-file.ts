import { ESCAPED_LINE, MESSAGES_LINE, ROLE_LINE } from "./parse-prompt.ts";

/**
 * The prompt file equivalent to an inline prompt. A text without role lines is the user's message. Lines of the text
 * that would have a special meaning in a prompt file are escaped.
 */
export function inlinePromptFile(prompt: string): string {
  const lines = prompt
    .replace(/^\s*\n/, "")
    .trimEnd()
    .split("\n");
  if (lines.some((line) => ROLE_LINE.test(line))) return `${lines.join("\n")}\n`;
  const asText = (line: string): string =>
    MESSAGES_LINE.test(line) || ESCAPED_LINE.test(line) ? `\\${line}` : line;
  return `user:\n${lines.map(asText).join("\n")}\n`;
}
