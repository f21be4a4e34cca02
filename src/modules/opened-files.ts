import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileHashes } from "./module-files.ts";

/** Only code files are checked: a program may write to its other files, for instance a log or cache. */
const CODE = /\.(?:[cm]?[jt]sx?|py|rb|pl|php|lua|sh|bash|r|jl|ps1|jar|wasm)$/i;

/**
 * The files of a user's program as they were when it was opened; its fingerprint covers these. A process started
 * later would run the changed files, so this is checked before each start.
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

  /** A sentence that names the first changed code file; undefined when there is none. */
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
