/** The parts of a JSON Schema that the generator of types reads. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly $ref?: string;
}

/** Generates the TypeScript types of a suite from the JSON Schema of a suite file. */
export function suiteTypes(schema: Schema & { readonly $defs: Readonly<Record<string, Schema>> }): string {
  const { $defs, properties = {}, required = [] } = schema;
  const { scorers: _, ...keys } = properties;
  const { scorer, ...shared } = $defs;
  const named = Object.entries(shared).map(
    ([name, def]) => `type ${nameOf(`#/$defs/${name}`)} = ${typeOf(def, "")};\n`,
  );
  // Short scorers such as `not-called: refund` are only for YAML.
  const variants = (scorer?.oneOf ?? []).filter((one) => one.properties?.type !== undefined);
  const parts = partsOf(variants);
  const scorers = variants.map((one) => {
    const all = Object.entries(one.properties ?? {});
    const shared = all.filter(([key, member]) => parts.get(key) === JSON.stringify(member));
    const own = all.filter((entry) => !shared.includes(entry));
    const picked = shared.map(([key]) => JSON.stringify(key)).join(" | ");
    return `  | (Pick<ScorerParts, ${picked}> & ${typeOf({ ...one, properties: Object.fromEntries(own) }, "    ")})`;
  });
  const common = Object.fromEntries(
    [...parts].map(([key, text]): [string, Schema] => [key, JSON.parse(text)]),
  );
  const members = membersOf(
    { properties: keys, required: required.filter((key) => key !== "scorers") },
    "  ",
  );
  return `${HEAD}
${named.join("\n")}
/** Options that several scorers have. */
interface ScorerParts {
${membersOf({ properties: common }, "  ")}}

/** An entry under \`scorers:\` with a built-in type. */
export type BuiltInScorer =
${scorers.join("\n")};

/** A suite without its scorers. */
export interface SuiteKeys {
${members}}
`;
}

/**
 * The schemas of the options that at least three scorers have in the same form: each schema as JSON text, by the
 * name of its option.
 */
function partsOf(variants: readonly Schema[]): ReadonlyMap<string, string> {
  const seen = new Map<string, string[]>();
  for (const { properties = {}, required = [] } of variants)
    for (const [key, member] of Object.entries(properties))
      if (!required.includes(key)) seen.set(key, [...(seen.get(key) ?? []), JSON.stringify(member)]);
  return new Map(
    Array.from(seen, ([key, all]): [string, string] => [key, all[0] ?? ""]).filter(([key, first]) => {
      const all = seen.get(key) ?? [];
      return all.length > 2 && all.filter((one) => one === first).length > 2;
    }),
  );
}

const HEAD = `// Made from schemas/suite.schema.json by its test: UPDATE_GOLDENS=1 npx vitest run src/library/suite-types
/** Any JSON value, for instance a case's input, or the value that a scorer compares an answer with. */
type Json = unknown;
`;

function nameOf(ref: string): string {
  const name = ref.replace(/^.*\//, "");
  return name === "scorer" ? "BuiltInScorer" : `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

function membersOf({ properties = {}, required = [] }: Schema, indent: string): string {
  return Object.entries(properties)
    .map(([key, member]) => {
      const about =
        member.description === undefined
          ? ""
          : `${indent}/** ${member.description.replaceAll("*/", "* /").replace(/\s+/g, " ")} */\n`;
      const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
      return `${about}${indent}readonly ${name}${required.includes(key) ? "" : "?"}: ${typeOf(member, indent)};\n`;
    })
    .join("");
}

function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  const many = schema.anyOf ?? schema.oneOf;
  if (many !== undefined) return [...new Set(many.map((one) => typeOf(one, indent)))].join(" | ");
  if (Array.isArray(schema.type))
    return [...new Set(schema.type.map((type: string) => typeOf({ ...schema, type }, indent)))].join(" | ");
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array":
      if (schema.prefixItems !== undefined)
        return `readonly [${schema.prefixItems.map((one) => typeOf(one, indent)).join(", ")}]`;
      return schema.items === undefined ? "readonly Json[]" : `readonly (${typeOf(schema.items, indent)})[]`;
    case "object":
      if (schema.properties !== undefined) return `{\n${membersOf(schema, `${indent}  `)}${indent}}`;
      return typeof schema.additionalProperties === "object"
        ? `{ readonly [name: string]: ${typeOf(schema.additionalProperties, indent)} }`
        : "{ readonly [name: string]: Json }";
    default:
      return "Json";
  }
}
