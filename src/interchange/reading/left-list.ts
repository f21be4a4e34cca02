import type { Left, SourcePlace } from "../imported.ts";

/** How many things that were left for one and the same reason are listed one by one. */
const LISTED = 100;

/** What an import could not take: a file of a million bad lines gives a list that can be read. */
export class LeftList {
  readonly #listed: Left[] = [];
  readonly #counts = new Map<string, { count: number; last: Left }>();

  /** @param kind what makes two of them alike; by default the reason */
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

  /** In the order of being found; of each kind beyond the first hundred one entry says how many more there are. */
  all(): readonly Left[] {
    const more = [...this.#counts.values()].flatMap(({ count, last }) => {
      return count > LISTED
        ? [{ ...last, what: `… and ${count - LISTED} more like it, this one the last` }]
        : [];
    });
    return [...this.#listed, ...more];
  }
}
