import type { Left, SourcePlace } from "../../interchange/imported.ts";

/** How many different skipped things of one kind are listed; the others are only counted. */
const LISTED = 100;

/** Lists what was skipped in traces. What was skipped often is listed once, with its first location and a count. */
export class TraceLosses {
  readonly #single: Left[] = [];
  readonly #counted = new Map<string, { readonly left: Left; readonly unit: string; count: number }>();
  #more = 0;

  /** Adds a skipped thing that occurs only once. */
  add(left: Left): void {
    if (this.#single.length < LISTED) this.#single.push(left);
    else this.#more++;
  }

  /** Counts a skipped thing that may occur often. @param unit what is counted, in the singular: `span` */
  count(place: SourcePlace, what: string, why: string, unit: string): void {
    const known = this.#counted.get(what);
    if (known !== undefined) known.count++;
    else this.#counted.set(what, { left: { ...place, what, why }, unit, count: 1 });
  }

  all(): readonly Left[] {
    const counted = [...this.#counted.values()].sort((a, b) => b.count - a.count);
    const listed = counted.slice(0, LISTED).map(({ left, unit, count }) => ({
      ...left,
      what: `${left.what} (${count} ${unit}${count === 1 ? "" : "s"})`,
    }));
    const rest = counted.slice(LISTED);
    const [first] = rest;
    const last = this.#single.at(-1);
    return [
      ...this.#single,
      ...(last === undefined || this.#more === 0
        ? []
        : [{ ...last, what: `… and ${this.#more} more of this kind` }]),
      ...listed,
      ...(first === undefined ? [] : [{ ...first.left, what: `… and ${rest.length} other things` }]),
    ];
  }
}
