/**
 * The version range of the JSON Schemas that editors load for this program's files. They load the newest version in the
 * range from a public npm mirror, so that no installation is needed.
 */
export const SCHEMA_VERSION_RANGE = "0.1";

/** URL of the JSON Schema of a kind of file. */
export function schemaAddress(name: "evalconfig" | "suite" | "prompt" | "judge" | "case"): string {
  return `https://unpkg.com/git-evals@${SCHEMA_VERSION_RANGE}/schemas/${name}.schema.json`;
}

/** The first line of a YAML file. It names the schema with which an editor checks the file. */
export function schemaLine(name: Parameters<typeof schemaAddress>[0]): string {
  return `# yaml-language-server: $schema=${schemaAddress(name)}\n`;
}
