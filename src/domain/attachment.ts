import { membersIn } from "./found-documents.ts";
import type { Json } from "./json.ts";

export const ATTACHED_KINDS = ["image", "file", "audio"] as const;
export type AttachedKind = (typeof ATTACHED_KINDS)[number];

/** A project file that is sent with a message. Its hash is part of the request; its bytes are not. */
export interface AttachedFile {
  readonly type: AttachedKind;
  /** Relative to the project root. */
  readonly path: string;
  /** `image/png`, `application/pdf`, `audio/wav`, … */
  readonly media_type: string;
  /** SHA-256 of the file's content; 64 hexadecimal digits. */
  readonly sha256: string;
  /** Size of the file. */
  readonly bytes: number;
}

/** The form in which an API expects a file's content. */
export type AttachedForm = "data-url" | "base64" | "text";

/**
 * Placeholder in a request for a file's content, replaced when the request is sent. The placeholder is an object and
 * not text, so that no input text can imitate a placeholder.
 */
export interface FileMark {
  readonly attached: AttachedFile & { readonly as: AttachedForm };
}

/** The project file in a part of a message's content; undefined for other parts. */
export function attachedFile(part: unknown): AttachedFile | undefined {
  const { type, path, sha256, media_type, bytes } = membersIn(part);
  const known = (ATTACHED_KINDS as readonly unknown[]).includes(type);
  if (!known || typeof path !== "string" || typeof sha256 !== "string" || typeof media_type !== "string")
    return undefined;
  return { type: type as AttachedKind, path, sha256, media_type, bytes: Number(bytes) };
}

/** Creates the placeholder of a file. @param as the form that the API expects */
export function fileMark(file: AttachedFile, as: AttachedForm): Json {
  return { attached: { ...file, as } } satisfies FileMark as unknown as Json;
}

/** The file of a placeholder in a request; undefined for other values. */
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

/** `[image photos/a.png, 12 KB]`: the text shown for a file in a report. */
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

/** Whether any message of a request may contain files. A request without such a message is not searched for files. */
export function mayHoldFiles({ messages, input }: Readonly<Record<string, unknown>>): boolean {
  const asked = messages ?? input;
  return Array.isArray(asked) && asked.some((one) => Array.isArray(membersIn(one).content));
}

/** The maximum tokens that the large providers charge for an image. */
const IMAGE_TOKENS = 6000;
const PAGE_TOKENS = 3000;

/** Approximate number of tokens of a request's files, rather too high than too low. */
export function tokensOfFiles(request: Readonly<Record<string, unknown>>): number {
  if (!mayHoldFiles(request)) return 0;
  let tokens = 0;
  for (const { type, bytes, as } of filesIn(request.messages ?? request.input)) {
    if (type === "image") tokens += IMAGE_TOKENS;
    // A second of speech costs 10 tokens or more. It takes 32 kB uncompressed and at least 2 kB compressed, so one token
    // per 100 bytes gives 20 to 320 tokens for a second.
    else if (type === "audio") tokens += Math.ceil(bytes / 100);
    else tokens += as === "text" ? bytes : Math.max(PAGE_TOKENS, Math.ceil(bytes / 4));
  }
  return tokens;
}
