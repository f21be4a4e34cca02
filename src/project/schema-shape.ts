import type * as z from "zod";

/** The parts of zod's schema definition that this module reads. */
interface SchemaDef {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly element?: Schema;
  readonly valueType?: Schema;
  readonly options?: readonly Schema[];
  readonly getter?: () => Schema;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
}

/** Any zod schema. */
export type Schema = z.ZodType;

function definition(schema: Schema): SchemaDef {
  return schema._zod.def as unknown as SchemaDef;
}

/** The schema without wrappers for optional, default or transformed values. */
export function unwrap(schema: Schema): Schema {
  const def = definition(schema);
  if (def.innerType !== undefined) return unwrap(def.innerType);
  if (def.type === "pipe" && def.in !== undefined) return unwrap(def.in);
  if (def.type === "lazy" && def.getter !== undefined) return unwrap(def.getter());
  return schema;
}

/** The possible schemas of a value at this path; several if the path goes through a union. */
export function schemasAt(schema: Schema, path: readonly PropertyKey[]): Schema[] {
  let here: Schema[] = alternatives(schema);
  for (const step of path) {
    here = here.flatMap((parent) => {
      const child = childOf(parent, step);
      return child === undefined ? [] : alternatives(child);
    });
  }
  return here;
}

function alternatives(schema: Schema): Schema[] {
  const bare = unwrap(schema);
  const { options } = definition(bare);
  return options === undefined ? [bare] : options.flatMap(alternatives);
}

function childOf(parent: Schema, step: PropertyKey): Schema | undefined {
  const def = definition(parent);
  if (def.shape !== undefined) return def.shape[String(step)];
  return def.element ?? def.valueType;
}

/** The keys that an object at this path may have. */
export function keysAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  const shapes = schemasAt(schema, path).map((found) => definition(found).shape ?? {});
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape)))];
}

/** The `.describe()` text of the value at this path. */
export function descriptionAt(schema: Schema, path: readonly PropertyKey[]): string | undefined {
  const parents = schemasAt(schema, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined) return schema.description;
  for (const parent of parents) {
    const child = childOf(parent, last);
    const text = child === undefined ? undefined : describedBy(child);
    if (text !== undefined) return text;
  }
  return undefined;
}

function describedBy(schema: Schema): string | undefined {
  const inner = definition(schema).innerType;
  return schema.description ?? (inner === undefined ? undefined : describedBy(inner));
}

/** The values that a schema allows, in words: `a whole number`, `"warn" or "fail"`, `a list`. */
export function wordsFor(schema: Schema): string {
  const def = definition(schema);
  if (def.entries !== undefined)
    return orList(Object.values(def.entries).map((value) => JSON.stringify(value)));
  if (def.values !== undefined) return orList(def.values.map((value) => JSON.stringify(value)));
  if (def.type === "number" && (def as { format?: string }).format === "safeint") return "a whole number";
  return typeWords(def.type);
}

export function typeWords(type: string): string {
  const words: Readonly<Record<string, string>> = {
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a set of keys",
    record: "a set of keys",
    null: "null",
  };
  return words[type] ?? type;
}

export function orList(words: readonly string[]): string {
  const unique = [...new Set(words)];
  return unique.length < 2 ? unique.join("") : `${unique.slice(0, -1).join(", ")} or ${unique.at(-1)}`;
}
