import { isUtf8 } from "node:buffer";
import { realpathSync } from "node:fs";
import { extname, join, posix, relative, sep } from "node:path";
import type { AttachedFile, AttachedKind } from "../domain/attachment.ts";
import { sha256 } from "../domain/json.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { FileSource } from "./file-source.ts";

/** Maximum size of an attached file in bytes: no provider accepts a larger image or request. */
export const MAX_ATTACHED_BYTES = 20_000_000;

/** Reads the attached files of a project. */
export interface AttachedFiles {
  /**
   * Reads an attached file.
   *
   * @throws {EvalsError} for a file that does not exist, is outside of the project, too large or of another type. The
   * error names no file and line of the reference
   */
  read(path: string, kind: AttachedKind): AttachedFile;
  /** Sorted paths of all files read so far. */
  paths(): readonly string[];
}

/** Reads attached files. A file is read only once, however many cases refer to it. */
export function attachedFiles(files: FileSource): AttachedFiles {
  const known = new Map<string, AttachedFile>();
  return {
    read: (path, kind) => {
      const key = `${kind} ${path}`;
      const file = known.get(key) ?? readAttached(files, path, kind);
      known.set(key, file);
      return file;
    },
    paths: () => [...new Set([...known.values()].map((file) => file.path))].sort(),
  };
}

function readAttached(files: FileSource, written: string, kind: AttachedKind): AttachedFile {
  const path = posix.normalize(written);
  if (isElsewhere(files, path)) throw new EvalsError(outside(written));
  const size = files.size(path);
  if (size !== undefined && size > MAX_ATTACHED_BYTES) throw new EvalsError(tooLarge(written, size));
  const content = contentOf(files, path);
  const media_type = mediaType(content, path, kind);
  if (media_type === undefined) throw new EvalsError(otherType(written, kind, content));
  return { type: kind, path, media_type, sha256: sha256(content), bytes: content.length };
}

function contentOf(files: FileSource, path: string): Buffer {
  try {
    return files.read(path);
  } catch (error) {
    if (!(error instanceof EvalsError)) throw error;
    const [problem] = error.problems;
    throw new EvalsError(
      { ...unreadable(path, problem), fix: problem?.fix ?? "Correct the path." },
      { cause: error },
    );
  }
}

/** Whether a path is outside of the project, directly or through a link. */
function isElsewhere({ root }: FileSource, path: string): boolean {
  if (posix.isAbsolute(path) || /^\.\.(?:\/|$)/.test(path) || /^[A-Za-z]:|\\/.test(path)) return true;
  if (root === undefined) return false;
  try {
    const found = relative(realpathSync(root), realpathSync(join(root, path)));
    return found === ".." || found.startsWith(`..${sep}`);
  } catch {
    // A missing file is reported when it is read.
    return false;
  }
}

const starts = (content: Buffer, text: string, at = 0): boolean =>
  content.toString("latin1", at, at + text.length) === text;

function imageType(content: Buffer): string | undefined {
  if (starts(content, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (starts(content, "\xff\xd8\xff")) return "image/jpeg";
  if (starts(content, "GIF87a") || starts(content, "GIF89a")) return "image/gif";
  return starts(content, "RIFF") && starts(content, "WEBP", 8) ? "image/webp" : undefined;
}

function audioType(content: Buffer): string | undefined {
  if (starts(content, "RIFF") && starts(content, "WAVE", 8)) return "audio/wav";
  const isFrame = content[0] === 0xff && ((content[1] ?? 0) & 0xe6) === 0xe2;
  return starts(content, "ID3") || isFrame ? "audio/mpeg" : undefined;
}

const TEXT_TYPES: Readonly<Record<string, string>> = {
  ...{ ".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv", ".html": "text/html" },
  ...{ ".json": "application/json", ".xml": "application/xml", ".yaml": "text/plain", ".yml": "text/plain" },
};

function fileType(content: Buffer, path: string): string | undefined {
  if (starts(content, "%PDF-")) return "application/pdf";
  const named = TEXT_TYPES[extname(path).toLowerCase()];
  return named !== undefined && isUtf8(content) ? named : undefined;
}

/**
 * Determines the type by the content, because the extension may be wrong and a provider rejects a wrong type.
 */
function mediaType(content: Buffer, path: string, kind: AttachedKind): string | undefined {
  if (kind === "image") return imageType(content);
  return kind === "audio" ? audioType(content) : fileType(content, path);
}

const WANTED: Readonly<Record<AttachedKind, string>> = {
  image: "a PNG, JPEG, GIF or WebP image",
  file: "a PDF, or text in UTF-8 (.txt, .md, .csv, .json, .html, .xml, .yaml)",
  audio: "a WAV or MP3 file",
};

function outside(path: string): Problem {
  return {
    code: "EVALS_ATTACHED_OUTSIDE",
    what: `The attached file "${path}" is outside of the project.`,
    why: "A fresh clone would not have the file, and nothing outside of the project is sent to a provider.",
    fix: "Copy it into the project, and write its path relative to the project root.",
  };
}

function tooLarge(path: string, size: number): Problem {
  return {
    code: "EVALS_ATTACHED_TOO_LARGE",
    what: `The attached file "${path}" is ${(size / 1e6).toFixed(1)} MB.`,
    why: `Providers refuse requests of that size: a file may be at most ${MAX_ATTACHED_BYTES / 1e6} MB.`,
    fix: "Attach a smaller version of it.",
  };
}

function unreadable(path: string, problem: Problem | undefined): Problem {
  return {
    code: "EVALS_ATTACHED_UNREADABLE",
    what: `The attached file "${path}" cannot be read: ${problem?.what ?? "unknown error"}`,
    why: "The model would be asked without the file.",
    fix: "Correct the path, relative to the project root.",
  };
}

function otherType(path: string, kind: AttachedKind, content: Buffer): Problem {
  const pointer = starts(content, "version https://git-lfs");
  return {
    code: "EVALS_ATTACHED_TYPE",
    what: `The attached file "${path}" is ${pointer ? "a Git LFS pointer, not the file itself" : `not ${WANTED[kind]}`}.`,
    why: "Models accept no other type. The type is read from the content of the file, not from its name.",
    fix: pointer ? "git lfs pull" : `Attach ${WANTED[kind]}.`,
  };
}
