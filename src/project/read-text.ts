import { isUtf8 } from "node:buffer";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { FileSource } from "./file-source.ts";

/** The text of a file, its byte order mark removed. @throws {EvalsError} for bytes that are not UTF-8, and as `read` */
export function readText(files: FileSource, path: string): string {
  return decodeText(files.read(path), path);
}

/** UTF-8 bytes as text, without a byte order mark. @throws {EvalsError} EVALS_FILE_ENCODING, at the first bad byte */
export function decodeText(bytes: Buffer, path: string): string {
  if (!isUtf8(bytes)) throw new EvalsError(encodingProblem(bytes, path));
  const text = bytes.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/**
 * What is wrong with bytes that are not UTF-8.
 * @param firstLine number of the line on which `bytes` begin
 */
export function encodingProblem(bytes: Buffer, path: string, firstLine = 1): Problem {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const place = utf16 ? { line: 1, column: 1 } : firstBadByte(bytes, firstLine);
  const from = utf16 ? "UTF-16" : "ISO-8859-1";
  return {
    code: "EVALS_FILE_ENCODING",
    path,
    ...place,
    what: utf16 ? "This file is UTF-16, not UTF-8." : "This byte is not UTF-8; the file looks like Latin-1.",
    why: "Letters would be read wrongly, and a model would be asked something else than what was written.",
    fix: `Save it as UTF-8, or: iconv -f ${from} -t UTF-8 ${path} > converted && mv converted ${path}`,
  };
}

function firstBadByte(bytes: Buffer, firstLine: number): { line: number; column: number } {
  let line = firstLine;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(10, start);
    const stop = end === -1 ? bytes.length : end;
    const text = bytes.subarray(start, stop);
    if (!isUtf8(text)) return { line, column: validPrefix(text) + 1 };
    if (end === -1) return { line, column: 1 };
    start = end + 1;
    line++;
  }
}

/** UTF-16 units before the first byte that is not UTF-8. */
function validPrefix(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  // The longest prefix that decodes without a replacement beyond a cut-off last letter.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isValidSoFar(bytes.subarray(0, middle))) low = middle;
    else high = middle - 1;
  }
  while (low > 0 && !isUtf8(bytes.subarray(0, low))) low--;
  return bytes.toString("utf8", 0, low).length;
}

function isValidSoFar(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
