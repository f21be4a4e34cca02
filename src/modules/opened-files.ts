import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileHashes } from "./module-files.ts";

/** A program may write to the other files that it is given: a log, a cache. */
const CODE = /\.(?:[cm]?[jt]sx?|py|rb|pl|php|lua|sh|bash|r|jl|ps1|jar|wasm)$/i;

/**
 * The files that a program of the user's is made of, as they were when it was opened: what its fingerprint says. A process
 * that is started later reads what they are then, so whoever starts one asks first whether that is still the same.
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

  /** A sentence that names the first file of code that says something else now; undefined when none does. */
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

  /** Changes whenever a file is written, also when it says the same as before. */
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
