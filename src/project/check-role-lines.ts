import { nearest } from "../domain/did-you-mean.ts";
import { ROLES } from "../domain/message.ts";
import type { Problem } from "../domain/problem.ts";
import type { LoadedSuite } from "../domain/project.ts";
import type { PromptVersion } from "../domain/prompt.ts";

/** A line that could be meant as a role line: one word, with or without a colon. */
const ONE_WORD = /^[ \t]*([A-Za-z]+)[ \t]*(:?)[ \t]*$/;

/** Names of the person in the prompts of other tools. */
const PERSON = new Set(["user", "human"]);

/** Roles with names so long that a similar word alone on a line is hardly ever meant as text. */
const LONG_ROLES = ROLES.filter((role) => role.length > 4);

/**
 * Warns about lines that look like role lines and are text: `User:`, `usr:`, `sytem:`. What stands below such a line
 * is sent as part of the message above. This is only a warning, because a prompt may quote a conversation.
 */
export function roleLikeLines(
  { path, parts }: PromptVersion,
  { suite: { user } }: Pick<LoadedSuite, "suite">,
): Problem[] {
  const hears = user !== undefined || parts.some((part) => part.kind === "messages" || part.role === "user");
  return parts.flatMap((part) =>
    part.kind === "messages"
      ? []
      : part.template.split("\n").flatMap((line, index) => {
          const role = meantRole(line, hears);
          return role === undefined ? [] : [roleLike(line.trim(), role, { path, line: part.line + index })];
        }),
  );
}

/**
 * The role that a line of text was probably meant to start.
 *
 * @param hears whether a message of the user reaches the model; if not, a line that is nearly `user:` is suspect too
 */
function meantRole(line: string, hears: boolean): string | undefined {
  const [, written = "", colon] = ONE_WORD.exec(line) ?? [];
  const word = written.toLowerCase();
  // An exact role line in the text was escaped with a backslash, so it is meant as text.
  if (word === "" || (line.trimEnd() === `${word}:` && (ROLES as readonly string[]).includes(word)))
    return undefined;
  if (!hears && (colon === ":" ? PERSON.has(word) || nearest(word, ["user"]) !== undefined : word === "user"))
    return "user";
  const near = colon === ":" ? nearest(word, LONG_ROLES) : undefined;
  return near === undefined || word === near || word === `${near}s` ? undefined : near;
}

function roleLike(text: string, role: string, at: { readonly path: string; readonly line: number }): Problem {
  return {
    code: "EVALS_PROMPT_ROLE_LINE",
    ...at,
    column: 1,
    what: `"${text}" is text of the message above it, not a role line. Did you mean "${role}:"?`,
    why: `The text below it is sent as part of that message, and not as a message of its own with the role ${role}.`,
    fix: `${role}:        (small letters, alone on the line, from its first column)`,
  };
}
