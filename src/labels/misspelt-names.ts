import { slipOf } from "../domain/slip-of.ts";

/**
 * A note for each member of a file's lines whose name is nearly a known one and that is therefore not read. Other unknown
 * members are anybody's notes.
 *
 * @param path of the file, for the notes
 */
export function misspeltNotes(lines: readonly object[], known: readonly string[], path: string): string[] {
  const near = new Map<string, string | undefined>();
  const counts = new Map<string, number>();
  for (const line of lines) {
    for (const name of Object.keys(line)) {
      if (known.includes(name)) continue;
      if (!near.has(name)) near.set(name, slipOf(name, known) ?? otherForm(name, known));
      const meant = near.get(name);
      // A line that has the known member too does not mean it with the other name.
      if (meant !== undefined && !(meant in line)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts].map(
    ([name, count]) =>
      `"${name}" in ${count === 1 ? "a line" : `${count} lines`} of ${path} is not a known member and is not read. Did you mean "${near.get(name)}"?`,
  );
}

/** The known member of which a name is another form: without its unit (`latency` for `latency_ms`), or in the past tense. */
function otherForm(name: string, known: readonly string[]): string | undefined {
  return known.find((one) => one.startsWith(`${name}_`) || name === `${one}ed`);
}
