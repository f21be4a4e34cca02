/** A text as part of a file name: lower-case words with hyphens. Empty for a text without letters or digits. */
export function slugOf(text: string, limit = 40): string {
  const words = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f'’]/g, "")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}.]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  if (words.length <= limit) return words;
  const cut = words.slice(0, limit + 1);
  return cut.slice(0, cut.lastIndexOf("-") > limit / 2 ? cut.lastIndexOf("-") : limit).replace(/[-.]+$/, "");
}

/** Assigns unique names: the second `tone` becomes `tone-2`. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  take(wanted: string): string {
    for (let number = 1; ; number++) {
      const name = number === 1 ? wanted : `${wanted}-${number}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}
