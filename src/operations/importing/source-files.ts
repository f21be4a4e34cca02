import { createReadStream, readdirSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { createInterface } from "node:readline";
import { decodeText } from "../../domain/file-text.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { SourceFiles } from "../../interchange/imported.ts";
import { fileProblem } from "../../project/file-problems.ts";
import { readRegularFile, refuseOtherThanFile } from "../../project/regular-file.ts";
import { globPattern } from "./glob-pattern.ts";

/**
 * The other tool's files as they lie on the disk.
 *
 * @param cwd absolute; what sources are relative to
 * @param root absolute; of the project that is written
 */
export function sourceFiles(cwd: string, root: string): SourceFiles {
  const bytes = (path: string): Buffer => attempt(path, () => readRegularFile(resolve(cwd, path)));
  return {
    bytes,
    text: (path) => decodeText(bytes(path), path),
    lines: (path) => lines(resolve(cwd, path), path),
    kind: (path) => {
      const found = statSync(resolve(cwd, path), { throwIfNoEntry: false });
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

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EvalsError(fileProblem(path, error), { cause: error });
  }
}

async function* lines(place: string, path: string): AsyncGenerator<string> {
  attempt(path, () => refuseOtherThanFile(place));
  const stream = createReadStream(place, { highWaterMark: 1 << 20 });
  try {
    let isFirst = true;
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      yield isFirst && line.startsWith("\uFEFF") ? line.slice(1) : line;
      isFirst = false;
    }
  } catch (error) {
    throw new EvalsError(fileProblem(path, error), { cause: error });
  } finally {
    stream.destroy();
  }
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
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    const path = folder === "" ? entry.name : folder === "/" ? `/${entry.name}` : `${folder}/${entry.name}`;
    const found = statSync(join(place, entry.name), { throwIfNoEntry: false });
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
