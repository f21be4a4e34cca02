import type { Left, SourcePlace } from "../imported.ts";

/** Collects what is not converted, each item once. */
export class Losses {
  readonly #all = new Map<string, Left>();

  add({ path, line }: SourcePlace, what: string, why: string): void {
    const key = `${path}:${line} ${what}`;
    if (!this.#all.has(key)) this.#all.set(key, { path, line, what, why });
  }

  /** Everything that was collected, sorted by file and line. */
  list(): Left[] {
    return [...this.#all.values()].sort((a, b) =>
      a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line,
    );
  }
}
