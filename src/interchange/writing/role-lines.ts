import { ROLES } from "../../domain/message.ts";

/** One message of a prompt or judge file; its text is a Liquid template. */
export interface RoleText {
  /** An unknown role is written as `user`. */
  readonly role: string;
  readonly template: string;
}

const ROLE_LINE = new RegExp(`^\\\\*(?:${ROLES.join("|")}):[ \\t]*$`);
const MESSAGES_LINE = /^\\*messages:[ \t]*[\w.[\]-]+[ \t]*$/;

/** Formats messages with their role lines; a text line that looks like a role line is escaped. */
export function roleLines(messages: readonly RoleText[]): string {
  return messages
    .map(({ role, template }) => {
      const known = ROLES.some((one) => one === role) ? role : "user";
      const lines = template
        .trim()
        .split(/\r?\n/)
        .map((line) => {
          return ROLE_LINE.test(line) || MESSAGES_LINE.test(line) ? `\\${line}` : line;
        });
      return `${known}:\n${lines.join("\n")}\n`;
    })
    .join("");
}

/** A Liquid template that prints the text unchanged. */
export function literal(text: string): string {
  if (!/\{\{|\{%|\{#/.test(text)) return text;
  // If the text contains an end tag of a raw block, the tag is cut after its brace, so that neither half ends the
  // surrounding block.
  return `{% raw %}${text.replace(/\{(?=%-?\s*endraw\b)/g, "{{% endraw %}{% raw %}")}{% endraw %}`;
}

/** `input.question`, or `input["the question"]` for a key that is not a plain word. */
export function member(parent: string, key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}
