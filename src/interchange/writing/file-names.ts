/** A name for files and suites out of any text: letters, digits, dots, hyphens and underscores; `imported` where none is left. */
export function fileName(text: string): string {
  const name = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "")
    .slice(0, 80);
  return name === "" ? "imported" : name;
}

/** What a path names, without folders and ending: `purchases` of `exports/purchases.2026.jsonl`. */
export function nameOfPath(path: string): string {
  const file = path.replaceAll("\\", "/").split("/").at(-1) ?? "";
  return fileName(file.replace(/\.[^.]*$/, "") || file);
}

/** Gives each text a name of its own: `tone`, `tone-2`. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  name(text: string): string {
    const base = fileName(text);
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base}-${n}`;
      // A folder of a disk may ignore upper and lower case.
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      return name;
    }
  }
}
