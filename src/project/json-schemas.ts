import * as z from "zod";
import { Case } from "../domain/case.ts";
import { EvalConfig } from "../domain/config.ts";
import type { Json } from "../domain/json.ts";
import { judgeSettingsSchema } from "../domain/judge-settings.ts";
import type { ProviderDefinition } from "../domain/provider.ts";
import type { ScorerDefinition } from "../domain/scorer.ts";
import { Suite } from "../domain/suite.ts";
import { Usage } from "../domain/transcript.ts";
import { promptFrontMatterSchema } from "./prompt-front-matter.ts";

/** A line of an outputs file. */
export const OutputLine = z.strictObject({
  case: z.string().min(1).describe("Id of a case of the dataset"),
  output: z.unknown().describe("The answer; an answer that is not text is scored as its JSON"),
  trial: z
    .int()
    .min(1)
    .optional()
    .describe("Number of the trial, from 1; where it is left out, the lines of a case are numbered in order"),
  model: z.string().nullable().optional().describe("The model that answered, if known"),
  usage: Usage.partial().nullable().optional().describe("Tokens; null for unknown"),
  latency_ms: z.number().min(0).nullable().optional().describe("Milliseconds"),
  cost_usd: z.number().min(0).nullable().optional().describe("US dollars"),
  messages: z.array(z.unknown()).optional().describe("The whole conversation, for an agent"),
  tool_calls: z.array(z.unknown()).optional(),
  finish_reason: z.string().nullable().optional(),
  refusal: z.string().nullable().optional(),
});

/** A JSON Schema as a value. */
export type JsonSchema = { readonly [key: string]: Json };

/**
 * The JSON Schema of every file that people write, by file name; for editors and other tools. Generated from the
 * schemas that parse the files.
 */
export function jsonSchemas(
  providers: readonly ProviderDefinition[],
  scorers: readonly ScorerDefinition[],
  judgeKinds: readonly { readonly kind: string; readonly about: string }[],
): Readonly<Record<string, JsonSchema>> {
  const defs: Defs = new Map();
  const models = {
    oneOf: providers.map(({ kind, about, settings }) => variant(settings, ["provider", kind, about], defs)),
  };
  const configDefs = Object.fromEntries(defs);
  const entries = {
    oneOf: [
      ...scorers.map(({ type, about, settings }) => variant(settings, ["type", type, about], defs)),
      shortScorer(scorers.map(({ type }) => type)),
    ],
  };
  const config = jsonSchemaOf(EvalConfig, "evalconfig.yaml");
  const suite = jsonSchemaOf(Suite, "evals/<suite>.yaml");
  const judge = jsonSchemaOf(judgeSettingsSchema(), "The front matter of judges/<name>/<version>.md");
  const kinds = { oneOf: judgeKinds.map(({ kind, about }) => ({ const: kind, description: about })) };
  const entry = { $ref: "#/$defs/scorer" };
  return {
    "evalconfig.schema.json": {
      ...withMember(config, "models", { ...member(config, "models"), additionalProperties: models }),
      $defs: configDefs,
    },
    "suite.schema.json": {
      ...withMember(suite, "scorers", { ...member(suite, "scorers"), items: entry }),
      $defs: { ...Object.fromEntries(defs), scorer: entries },
    },
    "case.schema.json": jsonSchemaOf(Case, "A case: one line of datasets/<name>.jsonl"),
    "prompt.schema.json": jsonSchemaOf(
      promptFrontMatterSchema(),
      "The front matter of prompts/<name>/<version>.md",
    ),
    "judge.schema.json": withMember(judge, "kind", { ...member(judge, "kind"), ...kinds }),
    "output.schema.json": jsonSchemaOf(OutputLine, "A line of outputs made elsewhere (provider outputs)"),
  };
}

/** A scorer in short form, such as `not-called: refund`: its type is the only key, with its value or options. */
function shortScorer(types: readonly string[]): JsonSchema {
  return {
    title: "one key",
    description: "Short form: the scorer's type as the only key, with its `value` or its options",
    type: "object",
    minProperties: 1,
    maxProperties: 1,
    propertyNames: { enum: types },
  };
}

/** Recursive schemas by name, shared by all variants. */
type Defs = Map<string, JsonSchema>;

/** The JSON Schema of what a user writes, before defaults and transformations are applied. */
export function jsonSchemaOf(schema: z.ZodType, title: string): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    reused: "inline",
  });
  return { $schema, title, ...rest } as unknown as JsonSchema;
}

/** One member of a `oneOf`, identified by its type name. Referenced schemas are added to `defs`. */
function variant(
  settings: z.ZodType,
  [key, word, about]: readonly [string, string, string],
  defs: Defs,
): JsonSchema {
  const { $schema: _, title: __, $defs, ...schema } = jsonSchemaOf(settings, word);
  let made = nested({ title: word, description: about, ...withMember(schema, key, { const: word }) });
  for (const [name, def] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>)) {
    made = renamed(made, name, shared(name, def, defs));
  }
  return made;
}

/** Lets the nested scorers of a scorer with `of` have the same types as the suite's own scorers. */
function nested(schema: JsonSchema): JsonSchema {
  const { description, anyOf } = member(schema, "of");
  // The settings of a replay have a key `of` too, the alias of the recorded model. They contain no scorers.
  if (description === undefined || anyOf === undefined) return schema;
  const entry = { $ref: "#/$defs/scorer" };
  const list = { type: "array", minItems: 1, items: entry };
  return withMember(schema, "of", { description, anyOf: [list, entry] });
}

/**
 * Adds a schema to `defs` under a name that is free, or finds an equal one there.
 *
 * @returns its name in `defs`
 */
function shared(name: string, def: JsonSchema, defs: Defs): string {
  for (let index = 1; ; index++) {
    const free = `shared${index}`;
    const made = renamed(def, name, free);
    const taken = defs.get(free);
    if (taken === undefined) defs.set(free, made);
    if (taken === undefined || JSON.stringify(taken) === JSON.stringify(made)) return free;
  }
}

function renamed(schema: JsonSchema, from: string, to: string): JsonSchema {
  const text = JSON.stringify(schema).replaceAll(`"#/$defs/${from}"`, () => JSON.stringify(`#/$defs/${to}`));
  return JSON.parse(text) as JsonSchema;
}

function member(schema: JsonSchema, key: string): JsonSchema {
  return (schema.properties as Record<string, JsonSchema> | undefined)?.[key] ?? {};
}

function withMember(schema: JsonSchema, key: string, value: Json): JsonSchema {
  return { ...schema, properties: { ...(schema.properties as JsonSchema | undefined), [key]: value } };
}
