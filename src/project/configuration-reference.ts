import { schemaLine } from "../domain/schema-address.ts";
import type { JsonSchema } from "./json-schemas.ts";

/** A key of a file in the reference. */
interface Row {
  readonly key: string;
  readonly type: string;
  readonly about: string;
}

/** A file's schema with the texts around its table. */
export interface ReferenceSection {
  readonly title: string;
  readonly intro: string;
  readonly schema: JsonSchema;
  /** By key whose members are described on another page: the words that link to that page. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/** The reference of all keys in Markdown: one table per file. */
export function configurationReference(sections: readonly ReferenceSection[]): string {
  const parts = sections.map(({ title, intro, schema, elsewhere = {} }) => {
    const rows = rowsOf(schema, "", elsewhere).map(
      ({ key, type, about }) => `| \`${key}\` | ${type} | ${about} |`,
    );
    return `## ${title}\n\n${intro}\n\n| key | what | about |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `${HEAD}\n${parts.join("\n")}`;
}

const HEAD = `# Configuration

Every key of every file that you write. A key that is not listed here is a mistake, so a misspelt key never passes in silence;
\`evals check\` reports all such mistakes at once.

The same is in \`schemas/\` as JSON Schema, for editors. \`evals init\` and \`evals import\` put a schema's address on the first line of each
file that they write; the editor loads the schema from that address, without an installation. In a suite of your own:

\`\`\`yaml
${schemaLine("suite").trimEnd()}
\`\`\`

\`evalconfig.yaml\` has \`evalconfig.schema.json\`, the front matter of prompts \`prompt.schema.json\`, that of judges \`judge.schema.json\`, a list
of cases \`case.schema.json\` for each case.

This page is made from the schemas that read the files; do not edit it by hand.
`;

function rowsOf(schema: JsonSchema, before: string, elsewhere: Readonly<Record<string, string>>): Row[] {
  const required = (schema.required ?? []) as readonly string[];
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.entries(properties).flatMap(([name, member]) => {
    const key = `${before}${name}`;
    const about = [
      elsewhere[key],
      text(member.description),
      required.includes(name) ? "Required." : defaultOf(member),
    ];
    const row = {
      key,
      type: typeOf(member),
      about: about
        .filter((words) => words !== undefined && words !== "")
        .join(". ")
        .replaceAll("|", "\\|")
        .replace(/\.\. /g, ". "),
    };
    return elsewhere[key] === undefined ? [row, ...insideOf(member, key, elsewhere)] : [row];
  });
}

/** The rows of a value that is an object, a list of objects, or a union with an object among its branches. */
function insideOf(member: JsonSchema, key: string, elsewhere: Readonly<Record<string, string>>): Row[] {
  if (member.properties !== undefined) return rowsOf(member, `${key}.`, elsewhere);
  const branch = ((member.anyOf ?? []) as readonly JsonSchema[]).find(
    ({ properties }) => properties !== undefined,
  );
  return branch === undefined ? [] : rowsOf(branch, `${key}.`, elsewhere);
}

function defaultOf({ default: value }: JsonSchema): string {
  if (value === undefined || (value !== null && typeof value === "object")) return "";
  return `Default \`${JSON.stringify(value)}\``;
}

function typeOf(schema: JsonSchema): string {
  const choices = schema.enum as readonly unknown[] | undefined;
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(" or ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  const branches = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (branches !== undefined) return [...new Set(branches.map(typeOf))].join(" or ");
  if (schema.type === "array") return `list${itemsOf(schema)}`;
  if (schema.type === "object") return "keys";
  if (schema.type === undefined) return schema.$ref === undefined ? "anything" : "keys";
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" or ");
  return `${text(schema.type) === "string" ? "text" : text(schema.type) === "integer" ? "whole number" : text(schema.type)}${rangeOf(schema)}`;
}

function itemsOf({ items }: JsonSchema): string {
  return items === undefined ? "" : ` of ${typeOf(items as JsonSchema)}`;
}

/**
 * The range of a number in words. Every integer has the bounds of JavaScript's safe integers in its JSON Schema; these
 * bounds are left out.
 */
function rangeOf(schema: JsonSchema): string {
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const from =
    typeof low === "number" && low > Number.MIN_SAFE_INTEGER
      ? schema.minimum === undefined
        ? ` above ${low}`
        : ` from ${low}`
      : "";
  const to =
    typeof high === "number" && high < Number.MAX_SAFE_INTEGER
      ? schema.maximum === undefined
        ? ` below ${high}`
        : ` to ${high}`
      : "";
  return from + to;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
