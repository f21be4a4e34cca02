/** A JSON Schema that is an object. */
export interface SchemaObject {
  readonly [keyword: string]: unknown;
}

type Visit = (schema: SchemaObject) => SchemaObject;

/** Keywords whose value is one schema. */
const ONE = new Set([
  "additionalItems",
  "additionalProperties",
  "contains",
  "contentSchema",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
]);
/** Keywords whose value is a list of schemas; `items` may have one schema or a list. */
const LIST = new Set(["allOf", "anyOf", "oneOf", "prefixItems", "items"]);
/** Keywords whose value is an object of schemas by name. */
const NAMED = new Set([
  "$defs",
  "definitions",
  "dependencies",
  "dependentSchemas",
  "patternProperties",
  "properties",
]);

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The direct subschemas of a schema with their locations. Values of `const`, `enum` and `default` are not schemas. */
export function* innerSchemas(schema: SchemaObject): Generator<readonly [readonly string[], SchemaObject]> {
  for (const [keyword, value] of Object.entries(schema)) {
    if (LIST.has(keyword) && Array.isArray(value)) {
      for (const [i, one] of value.entries()) if (isSchemaObject(one)) yield [[keyword, String(i)], one];
    } else if (NAMED.has(keyword) && isSchemaObject(value)) {
      for (const [name, one] of Object.entries(value)) if (isSchemaObject(one)) yield [[keyword, name], one];
    } else if (ONE.has(keyword) && isSchemaObject(value)) yield [[keyword], value];
  }
}

/** Returns the schema with `visit` applied to it and to every subschema, innermost first. */
function rewrite(schema: SchemaObject, visit: Visit): SchemaObject {
  const made: Record<string, unknown> = {};
  const inner = (value: unknown) => (isSchemaObject(value) ? rewrite(value, visit) : value);
  for (const [keyword, value] of Object.entries(schema)) {
    if (LIST.has(keyword) && Array.isArray(value)) made[keyword] = value.map(inner);
    else if (NAMED.has(keyword) && isSchemaObject(value)) {
      // Not by assignment, because a property may be named `__proto__`.
      made[keyword] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one)]));
    } else made[keyword] = ONE.has(keyword) ? inner(value) : value;
  }
  return visit(made);
}

/**
 * Converts a schema from generators (OpenAPI, pydantic, zod) to the standard: annotations are removed, and OpenAPI's
 * own keywords are translated.
 */
export function standardSchema(schema: SchemaObject): SchemaObject {
  return rewrite(schema, (one) => withNull(withLimits(withOddNames(withoutNotes(one)))));
}

/** Keywords that are only annotations. Any other unknown keyword is an error, because it is usually a typo. */
const NOTES = new Set([
  "defaultSnippets",
  "deprecationMessage",
  "discriminator",
  "enumDescriptions",
  "enumNames",
  "errorMessage",
  "example",
  "externalDocs",
  "markdownDescription",
  "markdownEnumDescriptions",
  "propertyOrder",
  "propertyOrdering",
  "tsType",
  "xml",
]);

function withoutNotes(schema: SchemaObject): SchemaObject {
  const { id, ...rest } = schema;
  const kept = typeof id === "string" ? rest : schema;
  return Object.fromEntries(
    Object.entries(kept).filter(([keyword]) => !NOTES.has(keyword) && !keyword.startsWith("x-")),
  );
}

/** Translates OpenAPI 3.0's `minimum: 0, exclusiveMinimum: true` to `exclusiveMinimum: 0`. */
function withLimits(schema: SchemaObject): SchemaObject {
  let made = schema;
  for (const [exclusive, limit] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    const { [exclusive]: flag, [limit]: bound, ...rest } = made;
    if (flag === false) made = bound === undefined ? rest : { ...rest, [limit]: bound };
    else if (flag === true && bound !== undefined) made = { ...rest, [exclusive]: bound };
  }
  return made;
}

/** Translates OpenAPI 3.0's `nullable: true`, which allows null besides what the schema allows. */
function withNull(schema: SchemaObject): SchemaObject {
  const { nullable, ...rest } = schema;
  if (typeof nullable !== "boolean") return schema;
  if (!nullable) return rest;
  const { type, $schema, $id, $defs, definitions, ...own } = rest;
  if (type !== undefined) return { ...rest, type: [...new Set([type, "null"].flat())] };
  const frame = Object.entries({ $schema, $id, $defs, definitions }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...Object.fromEntries(frame), anyOf: [{ type: "null" }, own] };
}

/** The validator ignores a property named `__proto__`, so it is checked by a pattern that matches only this name. */
function withOddNames(schema: SchemaObject): SchemaObject {
  const { properties, patternProperties } = schema;
  if (!isSchemaObject(properties) || !Object.hasOwn(properties, "__proto__")) return schema;
  const own = Object.getOwnPropertyDescriptor(properties, "__proto__")?.value as unknown;
  return {
    ...schema,
    patternProperties: {
      ...(isSchemaObject(patternProperties) ? patternProperties : {}),
      "^__proto__$": own,
    },
  };
}

/** Keywords that apply to the same value as their schema. A reference cycle through only these would never end. */
const SAME_VALUE = new Set(["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"]);

/**
 * Finds a schema that refers to itself without descending into the value. No answer can be checked with such a schema.
 *
 * @returns the JSON pointer of a reference in such a cycle; undefined when there is none
 */
export function endlessReference(root: SchemaObject): string | undefined {
  const at = new Map<SchemaObject, string>();
  const named = new Map<string, SchemaObject>();
  collect(root, "", at, named);
  const done = new Set<SchemaObject>();
  const open = new Set<SchemaObject>();
  const endless = (schema: SchemaObject): string | undefined => {
    if (done.has(schema)) return undefined;
    open.add(schema);
    for (const next of sameValueSchemas(schema, root, named)) {
      const found = open.has(next) ? (at.get(schema) ?? "") : endless(next);
      if (found !== undefined) return found;
    }
    open.delete(schema);
    done.add(schema);
    return undefined;
  };
  for (const schema of at.keys()) {
    const found = endless(schema);
    if (found !== undefined) return `#${found}`;
  }
  return undefined;
}

function collect(
  schema: SchemaObject,
  pointer: string,
  at: Map<SchemaObject, string>,
  named: Map<string, SchemaObject>,
): void {
  if (at.has(schema)) return;
  at.set(schema, pointer);
  for (const keyword of ["$anchor", "$dynamicAnchor"]) {
    if (typeof schema[keyword] === "string") named.set(`#${schema[keyword]}`, schema);
  }
  for (const [steps, inner] of innerSchemas(schema)) {
    collect(inner, `${pointer}/${steps.map(pointerStep).join("/")}`, at, named);
  }
}

function* sameValueSchemas(
  schema: SchemaObject,
  root: SchemaObject,
  named: ReadonlyMap<string, SchemaObject>,
): Generator<SchemaObject> {
  for (const [[keyword = ""], inner] of innerSchemas(schema)) if (SAME_VALUE.has(keyword)) yield inner;
  for (const keyword of ["$ref", "$dynamicRef", "$recursiveRef"]) {
    const ref = schema[keyword];
    if (typeof ref !== "string" || !ref.startsWith("#")) continue;
    const target = named.get(ref) ?? atPointer(root, ref.slice(1));
    if (target !== undefined) yield target;
  }
}

function atPointer(root: SchemaObject, pointer: string): SchemaObject | undefined {
  let found: unknown = root;
  for (const step of pointer.split("/").slice(1)) {
    if (typeof found !== "object" || found === null) return undefined;
    const name = safelyDecoded(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (!Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return isSchemaObject(found) ? found : undefined;
}

function safelyDecoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function pointerStep(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
