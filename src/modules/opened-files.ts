import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileHashes } from "./module-files.ts";

/**
 * Matches names of code files. Only these files are checked for changes, because a program may write to its other
 * files, such as a log or a cache.
 */
const CODE = /\.(?:[cm]?[jt]sx?|py|rb|pl|php|lua|sh|bash|r|jl|ps1|jar|wasm)$/i;

/**
 * The files of a user's program as they were when the program was opened. The program's fingerprint covers the
 * files in this state. A process that is started later would run changed files, so `changed` is called before each
 * start.
 */
export class OpenedFiles {
  readonly hashes: Readonly<Record<string, string>>;
  readonly #root: string;
  readonly #marks: Map<string, string>;

  /** @param files relative to the root */
  constructor(root: string, files: readonly string[]) {
    this.#root = root;
    this.#marks = new Map(files.filter((file) => CODE.test(file)).map((file) => [file, this.#markOf(file)]));
    this.hashes = fileHashes(root, files);
  }

  /** The message for the user about the first changed code file; undefined when no code file was changed. */
  changed(): string | undefined {
    for (const [file, mark] of this.#marks) {
      const now = this.#markOf(file);
      if (now === mark) continue;
      if (!this.#isSame(file))
        return `${file} was changed while the run was under way: run again, so that one program gives all answers`;
      this.#marks.set(file, now);
    }
    return undefined;
  }

  /** A text that changes whenever the file is written, even with the same content. */
  #markOf(file: string): string {
    const found = statSync(resolve(this.#root, file), { throwIfNoEntry: false });
    return found === undefined ? "gone" : `${found.mtimeMs} ${found.ctimeMs} ${found.size} ${found.ino}`;
  }

  #isSame(file: string): boolean {
    try {
      return fileHashes(this.#root, [file])[file] === this.hashes[file];
    } catch {
      return false;
    }
  }
}
