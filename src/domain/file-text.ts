import { constants, isUtf8 } from "node:buffer";
import { EvalsError, type Problem } from "./problem.ts";

/**
 * Decodes a file, without a byte order mark.
 *
 * @throws {EvalsError} EVALS_FILE_… for another encoding (at the first bad byte), a file that Git LFS has not
 * fetched, a binary file, or one that is too long
 */
export function decodeText(bytes: Buffer, path: string): string {
  const problem = lengthProblem(bytes, path) ?? notTextProblem(bytes, path) ?? nulProblem(bytes, path);
  if (problem !== undefined) throw new EvalsError(problem);
  if (!isUtf8(bytes)) throw new EvalsError(encodingProblem(bytes, path));
  const text = bytes.toString("utf8");
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function lengthProblem(bytes: Buffer, path: string): Problem | undefined {
  if (bytes.length <= constants.MAX_STRING_LENGTH) return undefined;
  return {
    code: "EVALS_FILE_TOO_LARGE",
    path,
    what: `This file has ${Math.ceil(bytes.length / 2 ** 20)} MiB, which is too much for a file that is read as a whole.`,
    why: `No text in JavaScript can be longer than ${Math.floor(constants.MAX_STRING_LENGTH / 2 ** 20)} MiB.`,
    fix: "Write one item a line (JSON Lines, CSV): such a file is read line by line. Or split the file into several files.",
  };
}

/** The problem of a file whose first bytes show that it is not UTF-8 text; undefined when they do not. */
export function notTextProblem(head: Buffer, path: string): Problem | undefined {
  const wide = wideEncoding(head);
  if (wide !== undefined) return wideEncodingProblem(wide, path);
  if (isLfsPointer(head)) return lfsPointerProblem(path);
  const packed = PACKED.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
  return packed === undefined ? undefined : binaryProblem(path, packed.what, packed.fix(path));
}

/** Whether a file is a Git LFS pointer instead of the file itself. */
export function isLfsPointer(head: Buffer): boolean {
  return LFS_POINTER.test(head.toString("latin1", 0, 64));
}

/** The problem of a Git LFS pointer, for files that are not read as text; undefined for any other file. */
export function pointerProblem(head: Buffer, path: string): Problem | undefined {
  return isLfsPointer(head) ? lfsPointerProblem(path) : undefined;
}

const LFS_POINTER = /^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\//;

const PACKED = [
  {
    magic: [0x1f, 0x8b],
    what: "This file is compressed with gzip.",
    fix: (path: string) => `gunzip -c ${path} > unpacked && mv unpacked ${path}`,
  },
  {
    magic: [0x50, 0x4b, 0x03, 0x04],
    what: "This file is a zip archive (the workbook of a spreadsheet is a zip archive, too).",
    fix: () =>
      "Export the workbook as CSV (UTF-8), or unpack the archive, and replace this file with the text.",
  },
  {
    magic: [...Buffer.from("\0GITCRYPT\0")],
    what: "This file is encrypted by git-crypt, and was not unlocked.",
    fix: () => "git-crypt unlock",
  },
] as const;

/** Detects UTF-16 or UTF-32, with or without a byte order mark. */
function wideEncoding(head: Buffer): string | undefined {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "UTF-32" : "UTF-16";
  if (a === 0xfe && b === 0xff) return "UTF-16";
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return "UTF-32";
  // Without a byte order mark: every other byte of Latin letters is zero.
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return "UTF-16LE";
  if (a === 0 && b !== 0 && c === 0 && d !== 0) return "UTF-16BE";
  return undefined;
}

const WHY_ENCODING =
  "Letters would be read wrongly, and a model would be asked something else than what was written.";

function wideEncodingProblem(encoding: string, path: string): Problem {
  return {
    code: "EVALS_FILE_ENCODING",
    path,
    line: 1,
    column: 1,
    what: `This file is ${encoding.slice(0, 6)}, not UTF-8.`,
    why: WHY_ENCODING,
    fix: convert(encoding, path),
  };
}

const convert = (encoding: string, path: string): string =>
  `Save the file as UTF-8, or: iconv -f ${encoding} -t UTF-8 ${path} > converted && mv converted ${path}`;

function lfsPointerProblem(path: string): Problem {
  return {
    code: "EVALS_FILE_LFS_POINTER",
    path,
    line: 1,
    column: 1,
    what: "This is a Git LFS pointer: the file itself was not fetched.",
    why: "The file's content is on the LFS server; the pointer has only the hash and the size of the content.",
    fix: `git lfs pull --include "${path}"        (in GitHub Actions: set lfs: true for actions/checkout)`,
  };
}

function binaryProblem(path: string, what: string, fix: string, place = { line: 1, column: 1 }): Problem {
  return {
    code: "EVALS_FILE_BINARY",
    path,
    ...place,
    what,
    why: "Only text can be read here, and shown in a diff.",
    fix,
  };
}

/**
 * The problem of a NUL byte; undefined when there is none.
 *
 * @param firstLine line number of the start of `bytes`
 */
export function nulProblem(bytes: Buffer, path: string, firstLine = 1): Problem | undefined {
  const at = bytes.indexOf(0);
  if (at === -1) return undefined;
  const before = bytes.toString("utf8", 0, at).split("\n");
  return binaryProblem(
    path,
    "A NUL byte is here: the file is damaged, or is not text.",
    `Restore the file: git checkout -- ${path}; or write it again as UTF-8.`,
    { line: firstLine + before.length - 1, column: (before.at(-1)?.length ?? 0) + 1 },
  );
}

/**
 * The problem of bytes that are not UTF-8.
 *
 * @param firstLine line number of the start of `bytes`
 */
export function encodingProblem(bytes: Buffer, path: string, firstLine = 1): Problem {
  return {
    code: "EVALS_FILE_ENCODING",
    path,
    ...firstBadByte(bytes, firstLine),
    what: "This byte is not UTF-8; the file looks like Latin-1.",
    why: WHY_ENCODING,
    fix: convert("ISO-8859-1", path),
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

/** Number of UTF-16 units before the first invalid byte. */
function validPrefix(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  // Finds the longest prefix that is valid UTF-8. The last character of the prefix may be cut off.
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

const CONFLICT_MARKER = /^(?:<{7}|\|{7}|={7}|>{7})(?: |\r?$)/;

/** Whether a line is one of git's merge conflict markers. */
export function isConflictMarker(line: string): boolean {
  return CONFLICT_MARKER.test(line);
}

/** Line of the first marker of a merge conflict, from 1; undefined when there is none. */
export function conflictLine(text: string): number | undefined {
  const at = text.split("\n").findIndex(isConflictMarker);
  return at === -1 ? undefined : at + 1;
}

/**
 * Line at which a merge conflict starts in a prose file, from 1; undefined when there is no conflict. All markers must
 * be there, in order, and outside of code fences (```), where they would be an example.
 */
export function conflictInProse(text: string): number | undefined {
  const lines = text.split("\n");
  let begin: number | undefined;
  let divided = false;
  let fenced = false;
  for (const [index, line] of lines.entries()) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    if (fenced || !isConflictMarker(line)) continue;
    if (line.startsWith("<")) [begin, divided] = [index + 1, false];
    else if (line.startsWith("=")) divided = true;
    else if (line.startsWith(">") && divided && begin !== undefined) return begin;
  }
  return undefined;
}

export function conflictProblem(path: string, line: number): Problem {
  return {
    code: "EVALS_FILE_CONFLICT",
    path,
    line,
    column: 1,
    what: "The file has merge conflict markers.",
    why: "Git could not decide which of the two sides counts, and this program must not guess.",
    fix: `Keep the correct lines of both sides, delete the lines with <<<<<<<, ======= and >>>>>>>, then: git add ${path}`,
  };
}
