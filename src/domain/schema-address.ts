/**
 * The versions whose schemas an editor may read for files of this program: the newest of this minor version, from a public mirror of
 * npm, so that they are found without an installation.
 */
export const SCHEMA_VERSION_RANGE = "0.1";

/** Where the JSON Schema of a kind of file is. */
export function schemaAddress(name: "evalconfig" | "suite" | "prompt" | "judge" | "case"): string {
  return `https://unpkg.com/git-evals@${SCHEMA_VERSION_RANGE}/schemas/${name}.schema.json`;
}

/** The first line of a YAML file, by which editors know its keys. */
export function schemaLine(name: Parameters<typeof schemaAddress>[0]): string {
  return `# yaml-language-server: $schema=${schemaAddress(name)}\n`;
}
