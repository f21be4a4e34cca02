import * as z from "zod";
import { hashJson, type Json } from "../../domain/json.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { loadSchema } from "../frame/schema-validator.ts";
import { asText } from "../frame/text-options.ts";
import { findJson } from "../judge/find-json.ts";

export const containsJson = defineScorer({
  type: "contains-json",
  about:
    "The answer contains a JSON object or list: alone, in a code fence or between words. With `schema`, it contains one that the schema allows; items of a list count too. `json-schema` asks for an answer that is JSON and nothing else.",
  options: {
    schema: z
      .union([z.string().min(1), z.record(z.string(), z.unknown()), z.boolean()])
      .optional()
      .describe("The schema itself, or the path of a JSON or YAML file that contains it"),
  },
  operand: "none",
  grades: "binary",
  async compile({ schema }, { root }) {
    const loaded = schema === undefined ? undefined : await loadSchema(schema, root);
    return {
      files: loaded?.files ?? [],
      identity: loaded === undefined ? {} : { schema: hashJson(loaded.contents) },
      score(actual) {
        const { found } = findJson(asText(actual));
        if (found.length === 0) return miss("contains no JSON object or list");
        if (loaded === undefined) return hit("contains JSON");
        let mistakes: string | undefined;
        for (const value of found.flatMap(({ value }) => withItems(value as Json))) {
          const found = loaded.mistakesIn(value);
          if (found === undefined) return hit("contains JSON that the schema allows");
          mistakes ??= found;
        }
        return miss(mistakes ?? "contains no JSON that the schema allows");
      },
    };
  },
  examples: [
    {
      title: "passes JSON in a fence, between words or alone",
      settings: {},
      output: 'Sure:\n```json\n{"queue": "billing"}\n```\nAnything else?',
      expected: { pass: true, score: 1, reason: "contains JSON" },
    },
    {
      title: "fails an answer without JSON",
      settings: {},
      output: "billing",
      expected: { pass: false, score: 0, reason: "contains no JSON object or list" },
    },
    {
      title: "passes when the schema allows one of several JSON values",
      settings: { schema: { type: "object", required: ["queue"] } },
      output: 'First {"a": 1}, then {"queue": "billing"}.',
      expected: { pass: true, reason: "contains JSON that the schema allows" },
    },
    {
      title: "says why the schema does not allow the first JSON value, when it allows none of them",
      settings: { schema: { type: "object", required: ["queue"] } },
      output: '{"a": 1}',
      expected: { pass: false, reason: "the answer must have required property 'queue'" },
    },
    {
      title: "checks each item of a JSON list in the answer against the schema",
      settings: { schema: { type: "object", required: ["queue"] } },
      output: '[{"queue": "billing"}]',
      expected: { pass: true },
    },
  ],
});

const withItems = (value: Json): readonly Json[] => (Array.isArray(value) ? [value, ...value] : [value]);
