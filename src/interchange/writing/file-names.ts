/**
 * Converts any text to a name for files and suites: letters, digits, dots, hyphens and underscores; `imported` when
 * nothing is left.
 */
export function fileName(text: string): string {
  const name = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "")
    .slice(0, 80);
  return name === "" ? "imported" : name;
}

/** The name of a path without folders and extensions: `purchases` of `exports/purchases.2026.jsonl`. */
export function nameOfPath(path: string): string {
  const file = path.replaceAll("\\", "/").split("/").at(-1) ?? "";
  return fileName(file.replace(/\.[^.]*$/, "") || file);
}

/** Makes names unique: `tone`, `tone-2`. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  name(text: string): string {
    const base = fileName(text);
    for (let n = 1; ; n++) {
      const name = n === 1 ? base : `${base}-${n}`;
      // A file system may ignore case.
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      return name;
    }
  }
}
