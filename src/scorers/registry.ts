import type { Registry } from "../domain/project.ts";
import type { DocumentedScorer } from "./define-scorer.ts";

/**
 * Every scorer type, one per line. A type is loaded only when a suite names it, so that a run which only compares texts
 * does not wait for a schema compiler to load.
 */
const types: Readonly<Record<string, () => Promise<DocumentedScorer>>> = {
  equals: async () => (await import("./deterministic/equals.ts")).equals,
  "one-of": async () => (await import("./deterministic/one-of.ts")).oneOf,
  contains: async () => (await import("./deterministic/contains.ts")).contains,
  "contains-all": async () => (await import("./deterministic/contains-all.ts")).containsAll,
  "contains-any": async () => (await import("./deterministic/contains-any.ts")).containsAny,
  "not-contains": async () => (await import("./deterministic/not-contains.ts")).notContains,
  "not-contains-all": async () => (await import("./deterministic/not-contains-all.ts")).notContainsAll,
  "not-contains-any": async () => (await import("./deterministic/not-contains-any.ts")).notContainsAny,
  "starts-with": async () => (await import("./deterministic/starts-with.ts")).startsWith,
  "not-starts-with": async () => (await import("./deterministic/not-starts-with.ts")).notStartsWith,
  "ends-with": async () => (await import("./deterministic/ends-with.ts")).endsWith,
  "not-ends-with": async () => (await import("./deterministic/not-ends-with.ts")).notEndsWith,
  regex: async () => (await import("./deterministic/regex.ts")).regex,
  "not-regex": async () => (await import("./deterministic/not-regex.ts")).notRegex,
  "json-valid": async () => (await import("./deterministic/json-valid.ts")).jsonValid,
  "json-schema": async () => (await import("./deterministic/json-schema.ts")).jsonSchema,
  "contains-json": async () => (await import("./deterministic/contains-json.ts")).containsJson,
  "json-equals": async () => (await import("./deterministic/json-equals.ts")).jsonEquals,
  jsonpath: async () => (await import("./deterministic/jsonpath.ts")).jsonpath,
  number: async () => (await import("./deterministic/number.ts")).number,
  length: async () => (await import("./deterministic/length.ts")).length,
  levenshtein: async () => (await import("./deterministic/levenshtein.ts")).levenshtein,
  rouge: async () => (await import("./deterministic/rouge.ts")).rouge,
  chrf: async () => (await import("./deterministic/chrf.ts")).chrf,
  refusal: async () => (await import("./deterministic/refusal.ts")).refusal,
  "not-refusal": async () => (await import("./deterministic/not-refusal.ts")).notRefusal,
  citations: async () => (await import("./deterministic/citations.ts")).citations,
  latency: async () => (await import("./deterministic/latency.ts")).latency,
  cost: async () => (await import("./deterministic/cost.ts")).cost,
  tokens: async () => (await import("./deterministic/tokens.ts")).tokens,
  "tool-calls": async () => (await import("./deterministic/tool-calls.ts")).toolCalls,
  "golden-trace": async () => (await import("./deterministic/golden-trace.ts")).goldenTrace,
  "not-called": async () => (await import("./deterministic/not-called.ts")).notCalled,
  "repeated-calls": async () => (await import("./deterministic/repeated-calls.ts")).repeatedCalls,
  "tool-errors": async () => (await import("./deterministic/tool-errors.ts")).toolErrors,
  steps: async () => (await import("./deterministic/steps.ts")).steps,
  "state-equals": async () => (await import("./deterministic/state-equals.ts")).stateEquals,
  says: async () => (await import("./deterministic/says.ts")).says,
  retrieval: async () => (await import("./deterministic/retrieval.ts")).retrieval,
  handoff: async () => (await import("./deterministic/handoff.ts")).handoff,
  "all-of": async () => (await import("./combinators/all-of.ts")).allOf,
  "any-of": async () => (await import("./combinators/any-of.ts")).anyOf,
  "at-least": async () => (await import("./combinators/at-least.ts")).atLeast,
  mean: async () => (await import("./combinators/mean.ts")).mean,
  not: async () => (await import("./combinators/not.ts")).not,
  judge: async () => (await import("./judge/judge-scorer.ts")).judgeScorer,
  "embedding-similarity": async () =>
    (await import("./semantic/embedding-similarity.ts")).embeddingSimilarity,
  classifier: async () => (await import("./semantic/classifier.ts")).classifier,
  moderation: async () => (await import("./semantic/moderation.ts")).moderation,
  module: async () => (await import("./extensions/module.ts")).moduleScorer,
  command: async () => (await import("./extensions/command.ts")).commandScorer,
};

/** The scorer types that a suite can name. */
export const scorers: Registry<DocumentedScorer> = {
  names: Object.keys(types),
  load: async (name) => (Object.hasOwn(types, name) ? types[name]?.() : undefined),
};
