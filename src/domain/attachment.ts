import { membersIn } from "./found-documents.ts";
import type { Json } from "./json.ts";

export const ATTACHED_KINDS = ["image", "file", "audio"] as const;
export type AttachedKind = (typeof ATTACHED_KINDS)[number];

/** A file of the project that is sent with a message. Its content is part of the request's hash, the bytes are not in the request. */
export interface AttachedFile {
  readonly type: AttachedKind;
  /** Relative to the project root. */
  readonly path: string;
  /** `image/png`, `application/pdf`, `audio/wav`, … */
  readonly media_type: string;
  /** Of its content; 64 hexadecimal digits. */
  readonly sha256: string;
  /** Its size. */
  readonly bytes: number;
}

/** How an API wants a file's content. */
export type AttachedForm = "data-url" | "base64" | "text";

/**
 * Stands in a request where a file's content goes, until the request is sent. An object, not a text: no input can write one into a
 * message.
 */
export interface FileMark {
  readonly attached: AttachedFile & { readonly as: AttachedForm };
}

/** A part of a message's content that is a file of the project; undefined for any other part. */
export function attachedFile(part: unknown): AttachedFile | undefined {
  const { type, path, sha256, media_type, bytes } = membersIn(part);
  const known = (ATTACHED_KINDS as readonly unknown[]).includes(type);
  if (!known || typeof path !== "string" || typeof sha256 !== "string" || typeof media_type !== "string")
    return undefined;
  return { type: type as AttachedKind, path, sha256, media_type, bytes: Number(bytes) };
}

/** A file's place in a request. @param as how the API wants it */
export function fileMark(file: AttachedFile, as: AttachedForm): Json {
  return { attached: { ...file, as } } satisfies FileMark as unknown as Json;
}

/** The file that is at a place in a request; undefined where none does. */
export function markedFile(value: unknown): FileMark["attached"] | undefined {
  if (value === null || typeof value !== "object") return undefined;
  const { attached, ...rest } = value as Readonly<Record<string, unknown>>;
  if (Object.keys(rest).length > 0) return undefined;
  const file = attachedFile(attached);
  return file && { ...file, as: membersIn(attached).as as AttachedForm };
}

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `[image photos/a.png, 12 KB]`: what a report says in the place of a file. */
export function attachedText({ type, path, bytes }: AttachedFile): string {
  return `[${type} ${path}, ${sizeText(bytes)}]`;
}

/** Every file in a request. */
export function* filesIn(value: unknown): Generator<FileMark["attached"]> {
  if (value === null || typeof value !== "object") return;
  const file = markedFile(value);
  if (file !== undefined) yield file;
  else for (const inner of Object.values(value)) yield* filesIn(inner);
}

/** Whether any message of a request may hold a file: others are sent without a further look. */
export function mayHoldFiles({ messages, input }: Readonly<Record<string, unknown>>): boolean {
  const asked = messages ?? input;
  return Array.isArray(asked) && asked.some((one) => Array.isArray(membersIn(one).content));
}

/** What the largest of the providers count for an image, at the most. */
const IMAGE_TOKENS = 6000;
const PAGE_TOKENS = 3000;

/** Tokens that the files of a request take, about, and rather too many than too few. */
export function tokensOfFiles(request: Readonly<Record<string, unknown>>): number {
  if (!mayHoldFiles(request)) return 0;
  let tokens = 0;
  for (const { type, bytes, as } of filesIn(request.messages ?? request.input)) {
    if (type === "image") tokens += IMAGE_TOKENS;
    // Speech is 32 kB a second as it is recorded, 2 kB at the least as it is sent, and 10 tokens or more.
    else if (type === "audio") tokens += Math.ceil(bytes / 100);
    else tokens += as === "text" ? bytes : Math.max(PAGE_TOKENS, Math.ceil(bytes / 4));
  }
  return tokens;
}
