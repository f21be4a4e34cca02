/** A text as part of a file name: lower-case words with hyphens. Empty for a text without letters or digits. */
export function slugOf(text: string, limit = 40): string {
  const words = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f'’]/g, "")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}.]+/gu, "-");
  const start = words.search(/[^-.]/);
  const name = start === -1 ? "" : withoutPoints(words.slice(start));
  if (name.length <= limit) return name;
  const cut = name.slice(0, limit + 1);
  return withoutPoints(cut.slice(0, cut.lastIndexOf("-") > limit / 2 ? cut.lastIndexOf("-") : limit));
}

/**
 * Removes hyphens and dots at the end. This is a loop, because a regular expression for it would take time that grows
 * with the square of the length of a run of dots.
 */
function withoutPoints(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "-" || text[end - 1] === ".")) end--;
  return text.slice(0, end);
}

/** Assigns unique names: the second `tone` becomes `tone-2`. */
export class UniqueNames {
  readonly #taken = new Set<string>();
  /** The number to try next, by wanted name: the numbers before it are taken. */
  readonly #next = new Map<string, number>();

  take(wanted: string): string {
    for (let number = this.#next.get(wanted) ?? 1; ; number++) {
      const name = number === 1 ? wanted : `${wanted}-${number}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      this.#next.set(wanted, number + 1);
      return name;
    }
  }
}
