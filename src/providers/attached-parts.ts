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

/** How one API represents the parts of a message with attached files. */
interface PartWording {
  file(file: AttachedFile): Json;
  /** Renders a text part. Parts in the API's own format are passed through unchanged. */
  text(text: string): Json;
}

/** Converts a message content to the format of an API. Content without project files is returned unchanged. */
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

/** A message's content in the format of OpenAI's chat completions. */
export const chatContent = (content: Message["content"]): Message["content"] => worded(content, CHAT);

/** A message's content in the format of OpenAI's responses API. */
export const responsesContent = (content: Message["content"]): Message["content"] =>
  worded(content, RESPONSES);

/**
 * A message's content in the format of Anthropic's messages.
 *
 * @throws {SettingMistake} for audio, which the API does not accept
 */
export const anthropicContent = (content: Message["content"]): Message["content"] =>
  worded(content, ANTHROPIC);

function noAudio({ path }: AttachedFile): SettingMistake {
  return new SettingMistake([], {
    code: "EVALS_ATTACHED_TYPE",
    what: `The prompt sends sound (${path}), and Anthropic's API accepts no sound.`,
    why: "The model would be asked without the file.",
    fix: "Name a model that takes audio, or send a transcript as text.",
  });
}

/** An attached file changed after the run was planned. */
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
 * Returns the request with the contents of attached files filled in.
 *
 * @param root absolute path of the project
 * @throws {ChangedFile} when a file no longer matches its hash
 */
export async function withFileContents(request: PreparedRequest, root: string): Promise<PreparedRequest> {
  return mayHoldFiles(request) ? ((await filled(request, root)) as PreparedRequest) : request;
}
