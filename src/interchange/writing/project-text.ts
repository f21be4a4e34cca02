import { stringify } from "yaml";
import type { Json } from "../../domain/json.ts";
import { schemaLine } from "../../domain/schema-address.ts";

const SUITE_HEAD = schemaLine("suite");

/** The model of a suite when the other tool does not name one. */
export const DEFAULT_MODEL = "gpt-5.4-mini-2026-03-17";

/** The text of a suite file. @param comments lines at its top, without `#` */
export function suiteText(
  fields: Readonly<Record<string, unknown>>,
  comments: readonly string[] = [],
): string {
  return `${SUITE_HEAD}${comments.map((line) => `# ${line}\n`).join("")}${yamlText(fields)}`;
}

/** Front matter and body of a prompt or judge file. */
export function markdownText(frontMatter: Readonly<Record<string, unknown>>, body: string): string {
  const head = Object.keys(frontMatter).length === 0 ? "" : `---\n${yamlText(frontMatter)}---\n`;
  return `${head}${body.endsWith("\n") ? body : `${body}\n`}`;
}

/** Deterministic YAML; long texts are not folded. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

export const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;

/** A chat model for evalconfig.yaml. */
export function openaiModel(
  model: string,
  params: Readonly<Record<string, Json>> = {},
): Record<string, Json> {
  return {
    provider: "openai",
    model,
    ...(Object.keys(params).length === 0 ? {} : { params: { ...params } }),
  };
}
