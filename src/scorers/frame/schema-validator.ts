import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Ajv, AnySchema, AnySchemaObject, ErrorObject, Options, ValidateFunction } from "ajv";
import type { ExactJson } from "../../domain/exact-json.ts";
import { SettingMistake } from "../../domain/problem.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { withinTimeLimit } from "../../domain/time-limit.ts";
import { fromRoot } from "../../modules/repository-path.ts";
import { shorten } from "./brief.ts";
import { readStructuredFile } from "./repository-file.ts";
import { endlessReference, isSchemaObject, standardSchema } from "./schema-dialect.ts";
import { badJsonSchema } from "./scorer-mistakes.ts";

/** A compiled schema. */
export interface SchemaValidator {
  /** Describes what is wrong with a value; undefined when it is valid. */
  mistakesIn(value: ExactJson): string | undefined;
  /** The files in which the schema and the schemas that it refers to are, relative to the root. */
  readonly files: readonly string[];
  /** The schema and all schemas that it refers to. The scorer's identity contains their hash. */
  readonly contents: readonly unknown[];
}

type Draft = "draft-07" | "2019-09" | "2020-12";

const SHOWN_ERRORS = 3;
/**
 * A value with more parts than this is checked only up to its first error: a list of all its errors could fill the
 * memory.
 */
const MAX_PARTS = 20_000;

/**
 * Reads and compiles a schema.
 *
 * @param given the schema, or its path relative to the root; a relative `$ref` is relative to the schema's file
 * @throws {SettingMistake}
 */
export async function loadSchema(given: string | boolean | object, root: string): Promise<SchemaValidator> {
  const files: string[] = [];
  const contents: unknown[] = [];
  const read = (path: string): AnySchema => {
    const schema = asSchema(readStructuredFile(root, path, ["schema"]), path);
    files.push(fromRoot(root, resolve(root, path)));
    contents.push(schema);
    return understood(schema);
  };
  const inline = typeof given !== "string";
  if (inline) contents.push(given);
  const schema = inline ? understood(given as AnySchema) : read(given);
  const base = pathToFileURL(resolve(root, inline ? "inline" : given)).href;
  const validators = await compile(schema, base, (url) => read(fromRoot(root, fileURLToPath(url))));
  const refers = /"\$(?:dynamicR|recursiveR|r)ef":/.test(JSON.stringify(contents));
  return {
    files,
    contents,
    mistakesIn(value) {
      const part = validators.checkable(value);
      const isLarge = hasMoreParts(value, MAX_PARTS);
      const validate = isLarge ? validators.first() : validators.all;
      // Time is limited for large values, and for schemas with references: a recursive schema may try all its branches
      // again at every level, which takes exponential time.
      const valid =
        isLarge || refers
          ? withinTimeLimit("the JSON Schema", () => isValid(validate, part))
          : isValid(validate, part);
      return valid ? undefined : describe(validate.errors ?? []);
    },
  };
}

function isValid(validate: ValidateFunction, part: Checkable): boolean {
  try {
    return validate(part.value, part.within);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ScorerFailure("tool", "the JSON Schema refers to itself without end", { cause: error });
  }
}

function hasMoreParts(value: ExactJson, limit: number): boolean {
  const waiting: ExactJson[] = [value];
  let parts = 0;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (typeof part !== "object" || part === null) continue;
    const inner = Object.values(part);
    parts += inner.length;
    if (parts > limit) return true;
    for (const one of inner) waiting.push(one);
  }
  return false;
}

function asSchema(value: unknown, path: string): AnySchema {
  if (typeof value === "boolean" || isSchemaObject(value)) return value as AnySchema;
  throw badJsonSchema(`${path} contains neither an object nor a boolean`, undefined);
}

function understood(schema: AnySchema): AnySchema {
  if (!isSchemaObject(schema)) return schema;
  const endless = endlessReference(schema);
  if (endless !== undefined) {
    throw badJsonSchema(
      `${endless} refers to itself for the same value, so that a check would never end`,
      undefined,
    );
  }
  return standardSchema(schema) as AnySchema;
}

type Checkable = ReturnType<typeof import("./schema-keywords.ts").checkable>;

interface Validators {
  /** Finds all errors. */
  readonly all: ValidateFunction;
  /** The check that stops at the first error. It is compiled at the first call. */
  first(): ValidateFunction;
  readonly checkable: (value: ExactJson) => Checkable;
}

async function compile(
  schema: AnySchema,
  base: string,
  read: (url: string) => AnySchema,
): Promise<Validators> {
  const { drafts, readable } = dialectOf(schema);
  const whole = isSchemaObject(readable) ? based(readable as AnySchemaObject, base) : readable;
  let first: unknown;
  for (const draft of drafts) {
    try {
      return await compileAs(draft, whole, read);
    } catch (error) {
      if (error instanceof SettingMistake || error instanceof TypeError) throw error;
      first ??= error;
    }
  }
  throw badJsonSchema(first instanceof Error ? first.message : String(first), first);
}

async function compileAs(
  draft: Draft,
  schema: AnySchema,
  read: (url: string) => AnySchema,
): Promise<Validators> {
  const parts = new Map<string, AnySchema>();
  const load = async (url: string) => {
    if (!url.startsWith("file:")) {
      throw new Error(
        `can't resolve reference ${url}: schemas are not downloaded, so keep this one in the repository`,
      );
    }
    const part = read(url);
    parts.set(url, part);
    return part as Exclude<AnySchema, boolean>;
  };
  const regExp = JSON.stringify(schema).includes('"pattern') ? await patternEngine() : undefined;
  const { checkable } = await import("./schema-keywords.ts");
  const newAjv = await ajvFor(draft, load, regExp);
  const ajv = newAjv({ allErrors: true });
  const all = typeof schema === "boolean" ? ajv.compile(schema) : await ajv.compileAsync(schema);
  let one: ValidateFunction | undefined;
  return {
    all,
    checkable,
    first() {
      if (one !== undefined) return one;
      const short = newAjv({ allErrors: false });
      for (const [url, part] of parts) short.addSchema(part, url);
      one = short.compile(schema);
      return one;
    },
  };
}

/**
 * The drafts to try in turn, and the schema to compile. A `$schema` that names an older or extended dialect is removed
 * from the schema, because the validator would refuse it.
 */
function dialectOf(schema: AnySchema): { readonly drafts: readonly Draft[]; readonly readable: AnySchema } {
  const { $schema, ...rest } = isSchemaObject(schema) ? schema : {};
  if ($schema === undefined) return { drafts: ["2020-12", "draft-07"], readable: schema };
  const dialect = String($schema);
  if (dialect.includes("draft-07")) return { drafts: ["draft-07"], readable: schema };
  if (/draft-0[46]/.test(dialect)) return { drafts: ["draft-07"], readable: rest as AnySchema };
  if (dialect.includes("2019-09")) return { drafts: ["2019-09"], readable: schema };
  const openApi = dialect.startsWith("https://spec.openapis.org/oas/3.1/");
  return { drafts: ["2020-12"], readable: openApi ? (rest as AnySchema) : schema };
}

/** Relative references need a base URI; a schema with its own `$id` has one. */
function based(schema: AnySchemaObject, base: string): AnySchemaObject {
  return "$id" in schema ? schema : { ...schema, $id: base };
}

type PatternEngine = NonNullable<NonNullable<Options["code"]>["regExp"]>;

async function ajvFor(
  draft: Draft,
  loadSchema: NonNullable<Options["loadSchema"]>,
  regExp: PatternEngine | undefined,
): Promise<(options: { readonly allErrors: boolean }) => Ajv> {
  const { OWN_KEYWORDS, FORMAT_NOTES } = await import("./schema-keywords.ts");
  const Class = await classOf(draft);
  const addFormats = (await import("ajv-formats")).default.default;
  return ({ allErrors }) => {
    const ajv = new Class({
      allErrors,
      // An unknown keyword checks nothing and is usually a typo.
      strictSchema: true,
      strictTypes: false,
      strictTuples: false,
      strictRequired: false,
      allowUnionTypes: true,
      allowMatchingProperties: true,
      // Every object inherits `constructor`; only own members of the answer count.
      ownProperties: true,
      logger: false,
      loadSchema,
      ...(regExp === undefined ? {} : { code: { regExp } }),
    });
    addFormats(ajv);
    for (const format of FORMAT_NOTES) if (ajv.formats[format] === undefined) ajv.addFormat(format, true);
    for (const keyword of OWN_KEYWORDS) {
      ajv.removeKeyword(keyword.keyword as string);
      ajv.addKeyword(keyword);
    }
    return ajv;
  };
}

/** The package is CommonJS and is used through `default`, because bundlers do not see its named exports. */
async function classOf(draft: Draft): Promise<new (options: Options) => Ajv> {
  if (draft === "2020-12") return (await import("ajv/dist/2020.js")).default.Ajv2020;
  if (draft === "2019-09") return (await import("ajv/dist/2019.js")).default.Ajv2019;
  return (await import("ajv")).default.Ajv;
}

async function patternEngine(): Promise<PatternEngine> {
  const { linearPattern } = await import("../../domain/linear-pattern.ts");
  return Object.assign(linearPattern, { code: "linearPattern" });
}

function describe(errors: readonly ErrorObject[]): string {
  const described = errors.slice(0, SHOWN_ERRORS).map(describeOne);
  const more = errors.length - described.length;
  return described.join("; ") + (more > 0 ? `; and ${more} more` : "");
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
