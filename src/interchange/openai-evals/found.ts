import type { Json } from "../../domain/json.ts";
import type { ImportedFile, Kept } from "../imported.ts";
import { LeftList } from "../reading/left-list.ts";
import { fileName, UniqueNames } from "../writing/file-names.ts";
import { DEFAULT_MODEL } from "../writing/project-text.ts";

/** The result of an import so far; each part of the importer adds to it. */
export class Found {
  readonly files: ImportedFile[] = [];
  readonly left = new LeftList();
  readonly kept: Kept[] = [];
  readonly suites = new UniqueNames();
  /** The model for imported files that name none. */
  readonly defaultModel: string;
  readonly #models = new Map<string, Readonly<Record<string, Json>>>();
  readonly #prompts = new Set<string>();
  readonly taken = { cases: 0, suites: 0, scorers: 0, judges: 0, prompts: 0, answers: 0 };

  constructor(defaultModel: string | undefined) {
    this.defaultModel = defaultModel ?? DEFAULT_MODEL;
  }

  /** Adds a file, unless a file with the same path was added before: several suites may share a file. */
  addFile(file: ImportedFile): void {
    if (!this.files.some(({ path }) => path === file.path)) this.files.push(file);
  }

  /** Adds a model and returns its alias. A model with the same settings is added once: both share the alias. */
  alias(wanted: string, entry: Readonly<Record<string, Json>>): string {
    const text = JSON.stringify(entry);
    for (let n = 1; ; n++) {
      const alias = n === 1 ? fileName(wanted) : `${fileName(wanted)}-${n}`;
      const known = this.#models.get(alias);
      if (known === undefined) this.#models.set(alias, entry);
      if (known === undefined || JSON.stringify(known) === text) return alias;
    }
  }

  /** Reserves a prompt name. Returns whether it was free. */
  takePrompt(name: string): boolean {
    if (this.#prompts.has(name)) return false;
    this.#prompts.add(name);
    return true;
  }

  get models(): Readonly<Record<string, Readonly<Record<string, Json>>>> {
    return Object.fromEntries(this.#models);
  }
}
