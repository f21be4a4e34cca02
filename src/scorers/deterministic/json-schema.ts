import * as z from "zod";
import { hashJson } from "../../domain/json.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { jsonReader, Unselectable } from "../frame/parse-answer.ts";
import { loadSchema } from "../frame/schema-validator.ts";

const VALID = hit("valid against the schema");

export const jsonSchema = defineScorer({
  type: "json-schema",
  about:
    "The answer is JSON that a JSON Schema allows (draft-07, 2019-09 or 2020-12, as `$schema` says; without `$schema`, whichever can read the schema). Formats are checked, and `multipleOf` is computed in decimals. Unknown keywords are a mistake, except those that start with `x-` and the annotations that generators write (`example`, `discriminator`, `xml`, …). OpenAPI's `nullable` and `exclusiveMinimum: true` mean the same as in OpenAPI.",
  options: {
    schema: z
      .union([z.string().min(1), z.record(z.string(), z.unknown()), z.boolean()])
      .describe("The schema itself, or the path of a JSON or YAML file that contains it"),
  },
  operand: "none",
  grades: "binary",
  async compile(settings, host) {
    const { mistakesIn, files, contents } = await loadSchema(settings.schema, host.root);
    const read = jsonReader(settings);
    return {
      files,
      identity: { schema: hashJson(contents) },
      score(actual) {
        const value = read(actual);
        if (value instanceof Unselectable) return miss(value.reason);
        const mistakes = mistakesIn(value);
        return mistakes === undefined ? VALID : miss(mistakes);
      },
    };
  },
  examples: [
    {
      title: "passes what the schema allows",
      settings: {
        schema: { type: "object", required: ["queue"], properties: { queue: { enum: ["billing", "tech"] } } },
      },
      output: '{"queue": "billing"}',
      expected: { pass: true, score: 1, reason: "valid against the schema" },
    },
    {
      title: "says where and how the answer breaks the schema",
      settings: {
        schema: {
          type: "object",
          required: ["reply"],
          properties: { queue: { enum: ["billing", "tech"] } },
          additionalProperties: false,
        },
      },
      output: '{"queue": "sales", "mood": 1}',
      expected: {
        pass: false,
        score: 0,
        reason:
          'the answer must have required property \'reply\'; the answer must NOT have additional properties ("mood"); /queue must be equal to one of the allowed values ("billing", "tech")',
      },
    },
    {
      title: "reads the schema from a file of the repository",
      settings: { schema: "schemas/triage.json" },
      files: {
        "schemas/triage.json":
          '{"type": "object", "properties": {"queue": {"$ref": "common.json#/$defs/queue"}}}',
        "schemas/common.json": '{"$defs": {"queue": {"type": "string", "maxLength": 8}}}',
      },
      output: '{"queue": "billing-and-more"}',
      expected: { pass: false, reason: "/queue must NOT have more than 8 characters" },
    },
    {
      title: "checks formats",
      settings: { schema: { type: "string", format: "date" }, select: { json: "$.day" } },
      output: '{"day": "2024-02-30"}',
      expected: { pass: false, reason: 'the answer must match format "date"' },
    },
    {
      title: "understands draft-07",
      settings: {
        schema: {
          $schema: "http://json-schema.org/draft-07/schema#",
          type: "array",
          items: [{ type: "number" }, { type: "string" }],
          additionalItems: false,
        },
      },
      output: '[1, "a", 2]',
      expected: { pass: false, reason: "the answer must NOT have more than 2 items" },
    },
    {
      title: "understands 2020-12",
      settings: { schema: { type: "array", prefixItems: [{ type: "number" }], items: false } },
      output: "[1, 2]",
      expected: { pass: false, reason: "the answer must NOT have more than 1 items" },
    },
    {
      title: "fails an answer that is not JSON",
      settings: { schema: true },
      output: "billing",
      expected: { pass: false, score: 0, reason: 'not valid JSON: it starts with "billing"' },
    },
  ],
});
