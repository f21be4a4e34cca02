import type { AttachedKind } from "../domain/attachment.ts";
import type { Problem } from "../domain/problem.ts";
import type { Places } from "../domain/project.ts";
import type { AttachLine, PromptPart } from "../domain/prompt.ts";
import type { PromptFrontMatter } from "./prompt-front-matter.ts";

const KINDS = { images: "image", files: "file", audio: "audio" } as const satisfies Record<
  string,
  AttachedKind
>;
type Keyword = keyof typeof KINDS;

const PLACE = "(?:input|case\\.metadata)(?:\\.[A-Za-z_][\\w-]*|\\[\\d+\\])+";
/** Matches a line that attaches files: a path in the case follows the colon. `images: see below` is text. */
const ATTACH_LINE = new RegExp(`^(images|files|audio):[ \\t]*(${PLACE})[ \\t]*$`);
/** Matches an attachment line with a backslash before it. Such a line is text of the message. */
export const ESCAPED_ATTACH_LINE = new RegExp(`^\\\\+(?:images|files|audio):[ \\t]*${PLACE}[ \\t]*$`);

/** Extracts the attachment lines of a message. @param firstLine line number of the message's first line, from 1 */
export function attachedBelow(
  lines: readonly string[],
  firstLine: number,
): { readonly lines: readonly string[]; readonly attach: readonly AttachLine[] } {
  const attach: AttachLine[] = [];
  const text = lines.map((line, index) => {
    const [, keyword, path] = ATTACH_LINE.exec(line) ?? [];
    if (path === undefined) return line;
    attach.push({ kind: KINDS[keyword as Keyword], path, line: firstLine + index });
    return "";
  });
  return attach.length === 0 ? { lines, attach } : { lines: text, attach };
}

/** Adds the files named in the front matter to the last user message. */
export function attachedByHeader(
  parts: readonly PromptPart[],
  { value, places }: { readonly value: PromptFrontMatter | undefined; readonly places: Places },
): { readonly parts: readonly PromptPart[]; readonly problems: readonly Problem[] } {
  const attach = (Object.keys(KINDS) as Keyword[]).flatMap((keyword): AttachLine[] => {
    const path = value?.[keyword];
    return path === undefined ? [] : [{ kind: KINDS[keyword], path, line: places.at([keyword]).line }];
  });
  if (attach.length === 0) return { parts, problems: [] };
  const last = parts.findLastIndex((part) => part.kind === "message" && part.role === "user");
  const message = parts[last];
  if (message?.kind !== "message") return { parts, problems: attach.map((one) => noUser(one, places.path)) };
  const whole = { ...message, attach: [...(message.attach ?? []), ...attach] };
  return { parts: parts.map((part, index) => (index === last ? whole : part)), problems: [] };
}

function noUser({ path: place, line }: AttachLine, path: string): Problem {
  return {
    code: "EVALS_PROMPT_INVALID",
    path,
    line,
    column: 1,
    what: `The prompt has no message of the user with which the files in ${place} can be sent.`,
    why: "Files are sent with a message, and only user messages may have files.",
    fix: "Write a line user: and below it the message.",
  };
}
