import { nearest } from "../domain/did-you-mean.ts";
import { type JudgeDraft, type JudgeFile, UnreadJudge } from "../domain/judge.ts";
import { judgeSettingsSchema } from "../domain/judge-settings.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { AttachLine, PromptPart } from "../domain/prompt.ts";
import { unfilledInText } from "./find-environment.ts";
import { problemWithoutSecrets, secretsInText } from "./find-secrets.ts";
import { ROLE_LINE, readFrontMatter, splitFrontMatter, splitParts } from "./parse-prompt.ts";

/**
 * Parses a judge file. A body with role lines is a complete prompt. A body without role lines is inserted into the
 * standard prompt of the judge's kind.
 *
 * @param text the file without its byte order mark
 * @throws {UnreadJudge} with the mistakes in its text; {EvalsError} for a merge conflict, an unterminated front matter and
 * an API key
 */
export function parseJudge(text: string, file: Pick<JudgeFile, "path" | "name" | "version">): JudgeFile {
  const { header, body, bodyLine } = splitFrontMatter(text, file.path);
  const { value, written, places, problems } = readFrontMatter(
    judgeSettingsSchema(),
    header,
    file.path,
    "EVALS_JUDGE",
  );
  const found = readBody(body, bodyLine, file.path);
  const secrets = secretsInText(text, file.path);
  const all = [...problems, ...found.problems, ...secrets, ...unfilledInText(text, file.path)];
  const { parts, instructions } = found;
  const read = { ...file, places, parts, instructions };
  if (all.length === 0 && value !== undefined) return { ...read, settings: value };
  // Further mistakes would quote what the file says, and with it the key.
  if (secrets.length > 0) throw new EvalsError(all.map(problemWithoutSecrets));
  const settings = value === undefined ? readableSettings(written) : { settings: value, unread: NONE };
  throw new UnreadJudge(all.map(problemWithoutSecrets), { ...read, ...settings });
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The settings whose keys have no mistake, and the keys that have one. Where a key is misspelt, the key that was
 * probably meant counts as a key with a mistake, too.
 */
function readableSettings(
  written: ReturnType<typeof readFrontMatter>["written"],
): Pick<JudgeDraft, "settings" | "unread"> {
  const known = Object.keys(judgeSettingsSchema().shape);
  if (written === undefined) return { settings: {}, unread: new Set(known) };
  const unread = new Set<string>();
  for (const issue of written.issues) {
    const names = issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [];
    for (const name of names) {
      unread.add(name);
      const meant = nearest(name, known);
      if (meant !== undefined) unread.add(meant);
    }
    if (issue.path[0] !== undefined) unread.add(String(issue.path[0]));
  }
  const readable = Object.entries(written.keys).filter(([name]) => !unread.has(name));
  const parsed = judgeSettingsSchema().partial().safeParse(Object.fromEntries(readable));
  return parsed.success ? { settings: parsed.data, unread } : { settings: {}, unread: new Set(known) };
}

type Body = Pick<JudgeFile, "parts" | "instructions"> & { readonly problems: readonly Problem[] };

function readBody(body: readonly string[], bodyLine: number, path: string): Body {
  const first = body.findIndex((line) => line.trim() !== "");
  if (first === -1) return { parts: null, instructions: null, problems: [] };
  if (!body.some((line) => ROLE_LINE.test(line))) {
    const instructions = { template: body.join("\n").trim(), line: bodyLine + first };
    return { parts: null, instructions, problems: [] };
  }
  const { parts, problems } = splitParts(body, bodyLine, path);
  return {
    parts,
    instructions: null,
    problems: [...problems, ...parts.flatMap((one) => history(one, path))],
  };
}

/**
 * Problems for what a judge's prompt must not contain: messages of the case, which could give instructions to the judge
 * because no fence encloses them, and attached files.
 */
function history(part: PromptPart, path: string): Problem[] {
  if (part.kind !== "messages") return (part.attach ?? []).map((one) => noFiles(one, path));
  return [
    {
      code: "EVALS_JUDGE_INVALID",
      path,
      line: part.line,
      column: 1,
      what: "A judge's prompt cannot contain the messages of a case.",
      why: "The case's messages would be next to the judge's own instructions, and could contradict them.",
      fix: "Write {{ conversation }} or {{ question }} below a role line: evals marks where these texts begin and end. (To send the line itself as text: \\messages: …)",
    },
  ];
}

function noFiles({ line }: AttachLine, path: string): Problem {
  return {
    code: "EVALS_JUDGE_INVALID",
    path,
    line,
    column: 1,
    what: "A judge's prompt cannot be sent with files of a case.",
    why: "A judge only reads text, so no files can be sent with its prompt.",
    fix: "Delete the line, or put a backslash before it to send it as text.",
  };
}
