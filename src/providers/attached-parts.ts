import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  type AttachedFile,
  attachedFile,
  type FileMark,
  fileMark,
  markedFile,
  mayHoldFiles,
} from "../domain/attachment.ts";
import { type Json, sha256 } from "../domain/json.ts";
import type { Message } from "../domain/message.ts";
import { SettingMistake } from "../domain/problem.ts";
import type { PreparedRequest } from "../domain/provider.ts";
import { membersOf } from "./chat-shapes.ts";

/** How one API writes the parts of a message that holds files. */
interface PartWording {
  file(file: AttachedFile): Json;
  /** A part that is text; other parts are the API's own and stand as they are. */
  text(text: string): Json;
}

/** A content as an API wants it: one that holds no file of the project stands as it is. */
function worded(content: Message["content"], wording: PartWording): Message["content"] {
  if (!Array.isArray(content) || !content.some((part) => attachedFile(part) !== undefined)) return content;
  return content.map((part: Json) => {
    const file = attachedFile(part);
    if (file !== undefined) return wording.file(file);
    const members = membersOf(part);
    return members?.type === "text" && typeof members.text === "string" ? wording.text(members.text) : part;
  });
}

const audioFormat = ({ media_type }: AttachedFile): string => (media_type === "audio/wav" ? "wav" : "mp3");

const plain = (text: string): Json => ({ type: "text", text });

const CHAT: PartWording = {
  text: plain,
  file(file) {
    if (file.type === "image") return { type: "image_url", image_url: { url: fileMark(file, "data-url") } };
    if (file.type === "audio")
      return {
        type: "input_audio",
        input_audio: { data: fileMark(file, "base64"), format: audioFormat(file) },
      };
    return { type: "file", file: { filename: basename(file.path), file_data: fileMark(file, "data-url") } };
  },
};

const RESPONSES: PartWording = {
  text: (text) => ({ type: "input_text", text }),
  file(file) {
    if (file.type === "image")
      return { type: "input_image", detail: "auto", image_url: fileMark(file, "data-url") };
    if (file.type === "audio")
      return {
        type: "input_audio",
        input_audio: { data: fileMark(file, "base64"), format: audioFormat(file) },
      };
    return { type: "input_file", filename: basename(file.path), file_data: fileMark(file, "data-url") };
  },
};

const ANTHROPIC: PartWording = {
  text: plain,
  file(file) {
    if (file.type === "audio") throw noAudio(file);
    const { media_type, path } = file;
    if (file.type === "image")
      return { type: "image", source: { type: "base64", media_type, data: fileMark(file, "base64") } };
    const source: Json =
      media_type === "application/pdf"
        ? { type: "base64", media_type, data: fileMark(file, "base64") }
        : { type: "text", media_type: "text/plain", data: fileMark(file, "text") };
    return { type: "document", source, title: basename(path) };
  },
};

/** As OpenAI's chat completions take it. */
export const chatContent = (content: Message["content"]): Message["content"] => worded(content, CHAT);

/** As OpenAI's responses API takes it. */
export const responsesContent = (content: Message["content"]): Message["content"] =>
  worded(content, RESPONSES);

/** As Anthropic's messages take it. @throws {SettingMistake} for sound, which they do not */
export const anthropicContent = (content: Message["content"]): Message["content"] =>
  worded(content, ANTHROPIC);

function noAudio({ path }: AttachedFile): SettingMistake {
  return new SettingMistake([], {
    code: "EVALS_ATTACHED_TYPE",
    what: `The prompt sends sound (${path}), and Anthropic's API takes none.`,
    why: "The model would be asked without it.",
    fix: "Name a model that takes audio, or send a transcript as text.",
  });
}

/** An attached file is no longer what it was when the run was planned. */
export class ChangedFile extends Error {}

async function contentOf(
  { path, sha256: known, media_type, as }: FileMark["attached"],
  root: string,
): Promise<string> {
  const bytes = await readFile(join(root, path)).catch(() => undefined);
  if (bytes === undefined || sha256(bytes) !== known)
    throw new ChangedFile(
      `${path} ${bytes === undefined ? "cannot be read any more" : "was changed"} since the run was planned`,
    );
  if (as === "text") return bytes.toString("utf8");
  const data = bytes.toString("base64");
  return as === "base64" ? data : `data:${media_type};base64,${data}`;
}

async function filled(value: Json, root: string): Promise<Json> {
  if (value === null || typeof value !== "object") return value;
  const file = markedFile(value);
  if (file !== undefined) return contentOf(file, root);
  if (Array.isArray(value)) return Promise.all(value.map((one: Json) => filled(one, root)));
  const members = Object.entries(value).map(async ([name, one]) => [name, await filled(one, root)] as const);
  return Object.fromEntries(await Promise.all(members));
}

/**
 * A request as it is sent, with the content of its files in their places.
 * @param root absolute path of the project
 * @throws {ChangedFile} for a file that is not what was hashed
 */
export async function withFileContents(request: PreparedRequest, root: string): Promise<PreparedRequest> {
  return mayHoldFiles(request) ? ((await filled(request, root)) as PreparedRequest) : request;
}
