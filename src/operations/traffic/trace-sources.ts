import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { decodeText } from "../../domain/file-text.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Left, SourceFiles, SourcePlace } from "../../interchange/imported.ts";
import { type PlacedSpans, spansOfItem, traceItems } from "../../interchange/trace-items.ts";
import { attemptFile } from "../../project/named-file.ts";
import { refuseOtherThanFile } from "../../project/regular-file.ts";
import { NoProtobuf, otlpDocuments } from "../../traces/otlp-protobuf.ts";

/** Number of bytes at the start of a file from which its format is recognized. */
const HEAD = 65_536;
/** Maximum bytes of one decompressed file, so that it fits into memory. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * The spans of one file: JSON, JSON Lines or protobuf, optionally compressed with gzip.
 *
 * @param cwd absolute; the path is relative to it
 * @throws {EvalsError} for a file that is missing or unreadable
 */
export async function* traceFile(
  files: SourceFiles,
  path: string,
  cwd: string,
): AsyncGenerator<PlacedSpans | Left> {
  const kind = files.kind(path) === "file" ? kindOf(headOf(resolve(cwd, path), path)) : "text";
  if (kind === "text") yield* traceItems(files, path);
  else if (kind === "protobuf") yield* protobufSpans(files.bytes(path), { path, line: 1 });
  else yield* traceBytes(files, path, unpacked(files.bytes(path), path));
}

/** Like `traceFile`, but for bytes in memory. @param path the name of the source in messages */
export async function* traceBytes(
  files: SourceFiles,
  path: string,
  bytes: Uint8Array,
): AsyncGenerator<PlacedSpans | Left> {
  if (kindOf(bytes.subarray(0, HEAD)) === "protobuf") yield* protobufSpans(bytes, { path, line: 1 });
  else yield* traceItems(filesOver(files, bytes), path);
}

function headOf(place: string, path: string): Uint8Array {
  const head = Buffer.alloc(HEAD);
  const file = attemptFile(place, path, () => {
    refuseOtherThanFile(place);
    return openSync(place, "r");
  });
  try {
    return head.subarray(0, readSync(file, head, 0, HEAD, 0));
  } finally {
    closeSync(file);
  }
}

/** Recognizes the format of a file by its first bytes. Protobuf's times and ids contain bytes that no text has. */
function kindOf(head: Uint8Array): "gzip" | "protobuf" | "text" {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  // The first bytes may end within a character of up to four bytes.
  const isText = !head.includes(0) && [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, head.length - cut)));
  return isText ? "text" : "protobuf";
}

function unpacked(bytes: Uint8Array, path: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    throw new EvalsError(
      {
        code: "EVALS_IMPORT_SYNTAX",
        path,
        what: `This file cannot be decompressed: ${(error as Error).message}.`,
        why: "The file begins like a gzip file, but is cut off, damaged or larger than 2 GiB.",
        fix: "Decompress the file yourself (gunzip -k), or copy it again.",
      },
      { cause: error },
    );
  }
}

/** Spans of a protobuf body or file. @throws {EvalsError} EVALS_IMPORT_SYNTAX */
export function* protobufSpans(bytes: Uint8Array, place: SourcePlace): Generator<PlacedSpans | Left> {
  try {
    for (const document of otlpDocuments(bytes)) yield* spansOfItem(document as never, place);
  } catch (error) {
    if (!(error instanceof NoProtobuf)) throw error;
    throw new EvalsError(
      {
        code: "EVALS_IMPORT_SYNTAX",
        path: place.path,
        what: `This is neither text nor an OTLP request: ${error.message}.`,
        why: "Traces are read as JSON, JSON Lines or OTLP protobuf.",
        fix: "Export the traces again as a whole, or as JSON.",
      },
      { cause: error },
    );
  }
}

/** The files, but with `bytes` as the content of each. */
function filesOver(files: SourceFiles, bytes: Uint8Array): SourceFiles {
  return {
    ...files,
    bytes: () => bytes,
    text: (path) => decodeText(Buffer.from(bytes), path),
    lines: async function* (path) {
      yield* decodeText(Buffer.from(bytes), path).split(/\r?\n/);
    },
  };
}
