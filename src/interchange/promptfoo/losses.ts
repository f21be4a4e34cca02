import type { Left, SourcePlace } from "../imported.ts";

/** What is left behind, gathered while a config is read; each thing once, whatever it was met by. */
export class Losses {
  readonly #all = new Map<string, Left>();

  add({ path, line }: SourcePlace, what: string, why: string): void {
    const key = `${path}:${line} ${what}`;
    if (!this.#all.has(key)) this.#all.set(key, { path, line, what, why });
  }

  /** By file and line. */
  list(): Left[] {
    return [...this.#all.values()].sort((a, b) =>
      a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line,
    );
  }
}
