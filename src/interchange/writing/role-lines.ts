import { ROLES } from "../../domain/message.ts";

/** One message of a prompt or judge file; its text is a Liquid template already. */
export interface RoleText {
  /** One that is unknown here is written as the user's. */
  readonly role: string;
  readonly template: string;
}

const ROLE_LINE = new RegExp(`^\\\\*(?:${ROLES.join("|")}):[ \\t]*$`);
const MESSAGES_LINE = /^\\*messages:[ \t]*[\w.[\]-]+[ \t]*$/;

/** Messages below their role lines; a line of a text that looks like a role line is marked as text. */
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

/** A text as a Liquid template that prints it as it is. */
export function literal(text: string): string {
  return /\{\{|\{%|\{#/.test(text) ? `{% raw %}${text.replaceAll("{% endraw %}", "")}{% endraw %}` : text;
}

/** `input.question`, or `input["the question"]` for a key that is no plain word. */
export function member(parent: string, key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}
