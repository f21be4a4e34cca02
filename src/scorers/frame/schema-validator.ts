import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AnySchema, AnySchemaObject, ErrorObject, Options, ValidateFunction } from "ajv";
import type { Json } from "../../domain/json.ts";
import { SettingMistake } from "../../domain/problem.ts";
import { fromRoot } from "../../modules/repository-path.ts";
import { shorten } from "./brief.ts";
import { readStructuredFile } from "./repository-file.ts";
import { badJsonSchema } from "./scorer-mistakes.ts";

/** A compiled schema. */
export interface SchemaValidator {
  /** What is wrong with a value, in a sentence; undefined when it is valid. */
  mistakesIn(value: Json): string | undefined;
  /** Files that it is made of, relative to the root. */
  readonly files: readonly string[];
  /** The schema and those it refers to: what its meaning rests on. */
  readonly contents: readonly unknown[];
}

type Draft = "draft-07" | "2020-12";

const SHOWN_ERRORS = 3;

/**
 * @param given the schema, or its path relative to the root; a relative `$ref` is a file beside it
 * @throws {SettingMistake}
 */
export async function loadSchema(given: string | boolean | object, root: string): Promise<SchemaValidator> {
  const files: string[] = [];
  const contents: unknown[] = [];
  const read = async (path: string): Promise<AnySchema> => {
    const schema = asSchema(readStructuredFile(root, path, ["schema"]), path);
    files.push(fromRoot(root, resolve(root, path)));
    contents.push(schema);
    return schema;
  };
  const inline = typeof given !== "string";
  const schema = inline ? given : await read(given);
  if (inline) contents.push(schema);
  const base = pathToFileURL(resolve(root, inline ? "inline" : given)).href;
  const validate = await compile(schema, base, (url) => read(fromRoot(root, fileURLToPath(url))));
  return {
    files,
    contents,
    mistakesIn: (value) => (validate(value) ? undefined : describe(validate.errors ?? [])),
  };
}

function asSchema(value: unknown, path: string): AnySchema {
  if (typeof value === "boolean" || (typeof value === "object" && value !== null && !Array.isArray(value)))
    return value;
  throw badJsonSchema(`${path} holds neither an object nor a boolean`, undefined);
}

async function compile(
  schema: AnySchema,
  base: string,
  read: (url: string) => Promise<AnySchema>,
): Promise<ValidateFunction> {
  const drafts = draftsOf(schema);
  let first: unknown;
  for (const draft of drafts) {
    try {
      const ajv = await newAjv(draft, schema, read);
      if (typeof schema === "boolean") return ajv.compile(schema);
      return await ajv.compileAsync(based(schema, base));
    } catch (error) {
      if (error instanceof SettingMistake || error instanceof TypeError) throw error;
      first ??= error;
    }
  }
  throw badJsonSchema(first instanceof Error ? first.message : String(first), first);
}

function draftsOf(schema: AnySchema): readonly Draft[] {
  const said = typeof schema === "object" ? (schema as { $schema?: unknown }).$schema : undefined;
  if (said === undefined) return ["2020-12", "draft-07"];
  return String(said).includes("draft-07") ? ["draft-07"] : ["2020-12"];
}

/** Relative references need a base; a schema with an `$id` of its own has one. */
function based(schema: AnySchemaObject, base: string): AnySchemaObject {
  return "$id" in schema ? schema : { ...schema, $id: base };
}

async function newAjv(draft: Draft, schema: AnySchema, read: (url: string) => Promise<AnySchema>) {
  const options: Options = {
    allErrors: true,
    // A keyword that is not understood checks nothing: most often it is a typo.
    strictSchema: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowUnionTypes: true,
    discriminator: true,
    logger: false,
    keywords: notesIn(schema),
    loadSchema: async (uri) => {
      if (!uri.startsWith("file:")) {
        throw new Error(`can't resolve reference ${uri}: nothing is fetched, keep it in the repository`);
      }
      return read(uri) as Promise<Exclude<AnySchema, boolean>>;
    },
    ...(JSON.stringify(schema).includes('"pattern') ? { code: { regExp: await linearRegExp() } } : {}),
  };
  // CommonJS: by `default`, for bundlers do not see its names.
  const ajv =
    draft === "2020-12"
      ? new (await import("ajv/dist/2020.js")).default.Ajv2020(options)
      : new (await import("ajv")).default.Ajv(options);
  (await import("ajv-formats")).default.default(ajv);
  return ajv;
}

/** Annotations that are not in the standard's vocabulary: `x-…`, and OpenAPI's `example`. */
function notesIn(schema: unknown, found = new Set<string>()): string[] {
  if (typeof schema === "object" && schema !== null) {
    for (const [key, value] of Object.entries(schema)) {
      if (key.startsWith("x-") || key === "example") found.add(key);
      notesIn(value, found);
    }
  }
  return [...found];
}

/** Patterns of a schema run on what a model wrote: RE2 where it understands them, so that no answer can stall a run. */
async function linearRegExp() {
  const { RE2JS } = await import("re2js");
  const engine = (pattern: string, flags: string) => {
    try {
      const regex = RE2JS.compile(RE2JS.translateRegExp(pattern));
      return { test: (text: string) => regex.test(text) };
    } catch {
      return new RegExp(pattern, flags);
    }
  };
  return Object.assign(engine, { code: "linearRegExp" });
}

function describe(errors: readonly ErrorObject[]): string {
  const said = errors.slice(0, SHOWN_ERRORS).map(describeOne);
  const more = errors.length - said.length;
  return said.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function describeOne({ instancePath, message, params }: ErrorObject): string {
  const where = instancePath === "" ? "the answer" : shorten(instancePath);
  const { allowedValues, additionalProperty, unevaluatedProperty } = params as Record<string, unknown>;
  const detail = Array.isArray(allowedValues)
    ? ` (${shorten(allowedValues.map((v) => JSON.stringify(v)).join(", "))})`
    : typeof (additionalProperty ?? unevaluatedProperty) === "string"
      ? ` (${JSON.stringify(shorten(String(additionalProperty ?? unevaluatedProperty)))})`
      : "";
  return `${where} ${message ?? "is not valid"}${detail}`;
}
