import { isUtf8 } from "node:buffer";
import { createReadStream, readdirSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { decodeText, encodingProblem, notTextProblem } from "../../domain/file-text.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { SourceFiles } from "../../interchange/imported.ts";
import { foundAt } from "../../modules/is-file.ts";
import { fileProblem } from "../../project/file-problems.ts";
import { attemptFile, readNamedFile } from "../../project/named-file.ts";
import { refuseOtherThanFile } from "../../project/regular-file.ts";
import { globPattern } from "./glob-pattern.ts";

/**
 * Reads the other tool's files from disk.
 *
 * @param cwd absolute; sources are relative to it
 * @param root absolute path of the project that is written
 */
export function sourceFiles(cwd: string, root: string): SourceFiles {
  const bytes = (path: string): Buffer => readNamedFile(resolve(cwd, path), path);
  return {
    bytes,
    text: (path) => decodeText(bytes(path), path),
    lines: (path) => lines(resolve(cwd, path), path),
    kind: (path) => {
      const found = foundAt(resolve(cwd, path));
      return found === undefined ? undefined : found.isDirectory() ? "folder" : "file";
    },
    glob: (pattern) => glob(cwd, pattern),
    inProject: (path) => {
      const place = resolve(cwd, path);
      return isInside(root, place) && isInside(linked(root), linked(place))
        ? slashed(relative(root, place))
        : undefined;
    },
  };
}

/** The lines of a file. Only a line feed ends a line, because JSON texts may contain other line separators. */
async function* lines(place: string, path: string): AsyncGenerator<string> {
  attemptFile(place, path, () => refuseOtherThanFile(place));
  const stream = createReadStream(place, { highWaterMark: 1 << 20 });
  let number = 0;
  let rest: Buffer[] = [];
  const lineOf = (last: Buffer): string => {
    const bytes = rest.length === 0 ? last : Buffer.concat([...rest, last]);
    rest = [];
    number++;
    return decodedLine(bytes, path, number);
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (number === 0 && rest.length === 0) refuseNoText(chunk, path);
      let start = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
        yield lineOf(chunk.subarray(start, end));
        start = end + 1;
      }
      if (start < chunk.length) rest.push(chunk.subarray(start));
    }
    if (rest.length > 0) yield lineOf(Buffer.alloc(0));
  } catch (error) {
    if (error instanceof EvalsError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new EvalsError(fileProblem(path, error), { cause: error });
  } finally {
    stream.destroy();
  }
}

function refuseNoText(head: Buffer, path: string): void {
  const problem = notTextProblem(head, path);
  if (problem !== undefined) throw new EvalsError(problem);
}

/** A line as text, without its line ending. @throws {EvalsError} at a byte that is not UTF-8 */
function decodedLine(bytes: Buffer, path: string, number: number): string {
  if (!isUtf8(bytes)) throw new EvalsError(encodingProblem(bytes, path, number));
  const end = bytes.at(-1) === 13 ? bytes.length - 1 : bytes.length;
  const text = bytes.toString("utf8", 0, end);
  return number === 1 && text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function glob(cwd: string, pattern: string): string[] {
  const plain = slashed(pattern);
  const folder = plain.split("/").slice(0, -1);
  const firstWild = folder.findIndex((part) => /[*?{[]/.test(part));
  const base = (firstWild === -1 ? folder : folder.slice(0, firstWild)).join("/");
  const start = plain.startsWith("/") && base === "" ? "/" : base;
  const { test, isDeep } = globPattern(plain);
  return filesUnder(cwd, start, isDeep || firstWild !== -1)
    .filter(test)
    .sort();
}

function filesUnder(cwd: string, folder: string, deep: boolean): string[] {
  const place = resolve(cwd, folder);
  if (foundAt(place)?.isDirectory() !== true) return [];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    const path = folder === "" ? entry.name : folder === "/" ? `/${entry.name}` : `${folder}/${entry.name}`;
    const found = foundAt(join(place, entry.name));
    if (found?.isFile()) return [path];
    return deep && entry.isDirectory() ? filesUnder(cwd, path, true) : [];
  });
}

function isInside(root: string, place: string): boolean {
  const path = relative(root, place);
  return path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

function linked(place: string): string {
  try {
    return realpathSync(place);
  } catch {
    return place;
  }
}

const slashed = (path: string): string => (sep === "\\" ? path.replaceAll("\\", "/") : path);
