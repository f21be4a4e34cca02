import type { Left, SourcePlace } from "../imported.ts";

/** Maximum number of items with the same reason that are listed one by one. */
const LISTED = 100;

/** Collects what could not be imported, limited so that a file with a million bad lines gives a readable list. */
export class LeftList {
  readonly #listed: Left[] = [];
  readonly #counts = new Map<string, { count: number; last: Left }>();

  /** Adds an entry. @param kind groups similar entries; default: the reason */
  add(place: SourcePlace, what: string, why: string, kind: string = why): void {
    const left: Left = { path: place.path, line: place.line, what, why };
    const known = this.#counts.get(`${place.path}\n${kind}`);
    const count = (known?.count ?? 0) + 1;
    this.#counts.set(`${place.path}\n${kind}`, { count, last: left });
    if (count <= LISTED) this.#listed.push(left);
  }

  addAll(list: readonly Left[]): void {
    for (const { what, why, ...place } of list) this.add(place, what, why);
  }

  /**
   * All entries in order of appearance. For each kind with more than 100 entries in a file, one further entry says how
   * many are not listed.
   */
  all(): readonly Left[] {
    const more = [...this.#counts.values()].flatMap(({ count, last }) => {
      return count > LISTED
        ? [{ ...last, what: `… and ${count - LISTED} more like them; this is the last one` }]
        : [];
    });
    return [...this.#listed, ...more];
  }
}
