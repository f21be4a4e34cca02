import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { LONGEST_REPLY, LONGEST_REPLY_WORDS } from "../domain/longest-reply.ts";
import { CutReply, UnreadableReply } from "./network-failure.ts";

/** Maximum size of a reply in bytes, both compressed and decompressed. */
export const MAX_REPLY_BYTES = LONGEST_REPLY;

/** The error for a reply that is longer than `MAX_REPLY_BYTES`. */
export function tooLong(cause?: unknown): UnreadableReply {
  return new UnreadableReply(`is longer than ${LONGEST_REPLY_WORDS}, the most that is read of a reply`, {
    cause,
  });
}

/** The values of the headers that determine how to decode a body. */
export interface ReplyEncoding {
  readonly contentEncoding?: string | undefined;
  readonly contentType?: string | undefined;
}

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

async function inflaterOf(name: string): Promise<Inflate | undefined> {
  const zlib = await import("node:zlib");
  switch (name) {
    case "gzip":
    case "x-gzip":
      return promisify(zlib.gunzip) as Inflate;
    case "deflate":
      return async (bytes, options) =>
        // Some servers send raw deflate without the two-byte zlib header.
        ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0
          ? (promisify(zlib.inflate) as Inflate)(bytes, options)
          : (promisify(zlib.inflateRaw) as Inflate)(bytes, options);
    case "br":
      return promisify(zlib.brotliDecompress) as Inflate;
    case "zstd": {
      // zstd is not available in every supported Node version.
      const { zstdDecompress } = zlib as { zstdDecompress?: typeof zlib.gunzip };
      return zstdDecompress === undefined ? undefined : (promisify(zstdDecompress) as Inflate);
    }
    default:
      return undefined;
  }
}

/** Decompresses a body. Its encodings are removed in the reverse order of the header. */
async function inflated(bytes: Buffer, contentEncoding: string): Promise<Buffer> {
  const names = contentEncoding
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  let plain = bytes;
  for (const name of names.reverse()) {
    if (plain.length === 0) return plain;
    const inflate = await inflaterOf(name);
    if (inflate === undefined)
      throw new UnreadableReply(
        `is encoded as ${JSON.stringify(name.slice(0, 40))}, which evals cannot decode`,
      );
    try {
      plain = await inflate(plain, { maxOutputLength: MAX_REPLY_BYTES });
    } catch (error) {
      const code = String((error as { code?: unknown }).code);
      if (code === "ERR_BUFFER_TOO_LARGE") throw tooLong(error);
      if (code === "Z_BUF_ERROR") throw new CutReply(error);
      throw new UnreadableReply(`says that it is ${name}, but is not`, { cause: error });
    }
  }
  return plain;
}

const MARKS = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
] as const;

const markOf = (bytes: Buffer): string | undefined =>
  MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte))?.[0];

/** The charset declared inside an HTML or XML document. */
function namedInside(bytes: Buffer): string | undefined {
  const start = bytes.toString("latin1", 0, 1024);
  if (!start.trimStart().startsWith("<")) return undefined;
  return (
    /<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w:.-]+)/i.exec(start)?.[1] ??
    /^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w:.-]+)/i.exec(start)?.[1]
  );
}

const CHARSET = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^;\s]+))/i;

/** JSON has no charset declaration: it is always UTF-8. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;

function charsetOf(bytes: Buffer, contentType: string): string {
  const [, quoted, single, bare] = CHARSET.exec(contentType) ?? [];
  const named = quoted ?? single ?? bare ?? (JSON_TYPE.test(contentType) ? undefined : namedInside(bytes));
  return markOf(bytes) ?? (named ?? "utf-8").trim();
}

/** Whether a body can be parsed as it arrives: uncompressed and UTF-8. */
export function isPlainUtf8({ contentEncoding = "", contentType = "" }: ReplyEncoding): boolean {
  const [, quoted, single, bare] = CHARSET.exec(contentType) ?? [];
  const charset = (quoted ?? single ?? bare ?? "utf-8").trim();
  return /^(?:identity)?$/i.test(contentEncoding.trim()) && /^(?:utf-?8|us-ascii)$/i.test(charset);
}

/** The characters of the bytes 0x80 to 0x9f in windows-1252. */
const WINDOWS_1252 =
  "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
  "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

/** A decoder for windows-1252. In some versions of Node TextDecoder reads such bytes as ISO-8859-1. */
const windows1252 = {
  decode: (bytes: Buffer): string =>
    bytes
      .toString("latin1")
      .replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] as string),
};

function decoderOf(charset: string, fatal: boolean): { decode(bytes: Buffer): string } {
  try {
    const decoder = new TextDecoder(charset, { fatal });
    // The encoding standard reads latin1 and ASCII as windows-1252, too.
    return decoder.encoding === "windows-1252" ? windows1252 : decoder;
  } catch (error) {
    throw new UnreadableReply(
      `is written in ${JSON.stringify(charset.slice(0, 40))}, a charset that evals does not know`,
      { cause: error },
    );
  }
}

/** The most common content type, which takes a fast path. */
const PLAIN_JSON = /^application\/json(?:; ?charset=utf-8)?$/i;

function decoded(bytes: Buffer, contentType: string): string {
  // A body whose first byte is below 0x80 has no byte order mark.
  if ((bytes[0] ?? 0) < 0x80 && PLAIN_JSON.test(contentType) && isUtf8(bytes)) return bytes.toString("utf8");
  const charset = charsetOf(bytes, contentType);
  if (/^utf-?8$/i.test(charset) && isUtf8(bytes)) {
    const text = bytes.toString("utf8");
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
  try {
    return decoderOf(charset, true).decode(bytes);
  } catch (error) {
    if (error instanceof UnreadableReply) throw error;
    throw new UnreadableReply(`holds bytes that are not ${charset.toUpperCase()}`, { cause: error });
  }
}

/**
 * Decodes a reply according to its headers. Invalid bytes are never replaced by guesses.
 *
 * @throws {UnreadableReply} when the bytes do not match the headers
 * @throws {CutReply} when compressed data is incomplete
 */
export function replyText(body: Buffer, encoding: ReplyEncoding): string | Promise<string> {
  const { contentEncoding = "", contentType = "" } = encoding;
  if (contentEncoding === "") return boundedText(body, contentType);
  return inflated(body, contentEncoding).then((plain) => boundedText(plain, contentType));
}

function boundedText(plain: Buffer, contentType: string): string {
  if (plain.length > MAX_REPLY_BYTES) throw tooLong();
  return decoded(plain, contentType);
}

/** Decodes an error body, which is only used for a message: bytes that cannot be decoded are dropped or replaced. */
export async function failureText(body: Buffer, encoding: ReplyEncoding): Promise<string> {
  const { contentEncoding = "", contentType = "" } = encoding;
  let plain = body;
  try {
    if (contentEncoding !== "") plain = await inflated(body, contentEncoding);
  } catch {
    return "";
  }
  try {
    return decoderOf(charsetOf(plain, contentType), false).decode(plain);
  } catch {
    return plain.toString("utf8");
  }
}
