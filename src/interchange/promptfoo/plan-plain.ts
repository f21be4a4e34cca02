import type { Json } from "../../domain/json.ts";
import { splitList } from "./comma-list.ts";
import { readSource } from "./config-source.ts";
import type { Assertion } from "./config-test.ts";
import type { Plan } from "./plan.ts";
import type { Entry } from "./provider-spec.ts";

/**
 * Plans a check in the module of checks that the import writes, for values that scorers of evals treat differently
 * from promptfoo.
 */
function asCheck({ base, not, threshold }: Assertion, value: Json | undefined): Plan {
  return {
    kind: "check",
    language: "javascript",
    spec: {
      type: base,
      ...(value === undefined ? {} : { value }),
      ...(not ? { not } : {}),
      ...(threshold === undefined ? {} : { threshold }),
    },
  };
}

/**
 * Syntax of patterns that means something else in RE2, which evals uses, than in JavaScript without flags. A pattern
 * with such syntax becomes a check in JavaScript.
 */
const JAVASCRIPT_ONLY = /\\[pPAzQEC]|\\x\{|\(\?[a-zA-Z^-]|\[\[:/;

const NEEDS_TEXT =
  "The assertion's value must be a text to look for: promptfoo ends the test with an error for any other value. Put the text in quotes.";

export function planPlain(one: Assertion, value: Json | undefined): Plan {
  const { base, not, threshold } = one;
  // For these two types promptfoo reads a number as its text. For any other value that is not a text, promptfoo ends
  // the test with an error.
  const isNumber = typeof value === "number" && (base === "contains" || base === "icontains");
  const text = isNumber ? String(value) : value;
  const scorer = (type: string, options: Entry = {}, operand?: Json): Plan => ({
    kind: "scorer",
    entry: { type, ...options },
    operand,
    not,
  });
  /** A scorer of a type that has an opposite, such as `contains` and `not-contains`. */
  const paired = (type: string, options: Entry, operand: Json): Plan => ({
    kind: "scorer",
    entry: { type: not ? `not-${type}` : type, ...options },
    operand,
    not: false,
  });
  switch (base) {
    case "equals":
      if (value === undefined)
        return { kind: "left", why: "The assertion's value must be the expected answer." };
      if (value === null) return asCheck(one, value);
      return typeof value === "object"
        ? scorer("json-equals", {}, value)
        : scorer("equals", {}, String(value));
    case "contains":
    case "icontains":
    case "starts-with":
      if (typeof text !== "string" || text === "") return { kind: "left", why: NEEDS_TEXT };
      return paired(base.replace(/^i/, ""), base.startsWith("i") ? { ignore_case: true } : {}, text);
    case "contains-any":
    case "contains-all":
    case "icontains-any":
    case "icontains-all":
      return planList(one, typeof text === "string" ? splitList(text) : value, paired);
    case "regex":
      if (typeof value !== "string" || value === "")
        return { kind: "left", why: "The assertion's value must be a pattern." };
      return JAVASCRIPT_ONLY.test(value) ? asCheck(one, value) : paired("regex", {}, value);
    case "is-json":
      if (value === undefined || value === "") return scorer("json-valid");
      return { kind: "scorer", entry: { type: "json-schema", schema: schemaOf(value) }, not };
    case "contains-json":
      return {
        kind: "scorer",
        entry: {
          type: "contains-json",
          ...(value === undefined || value === "" ? {} : { schema: schemaOf(value) }),
        },
        not,
      };
    case "levenshtein":
      return typeof text === "string"
        ? asCheck(one, text)
        : { kind: "left", why: "The assertion's value must be a text to compare with." };
    case "word-count":
      return value === undefined
        ? { kind: "left", why: "The assertion's value must be a number, or {min, max}." }
        : asCheck(one, value);
    case "finish-reason":
      return typeof value === "string" && value !== ""
        ? asCheck(one, value)
        : {
            kind: "left",
            why: "The assertion's value must be the reason to look for, for instance stop.",
          };
    case "latency":
      return threshold === undefined
        ? { kind: "left", why: "The assertion needs a threshold in milliseconds." }
        : scorer("latency", { max: `${threshold}ms` });
    case "cost":
      return threshold === undefined
        ? { kind: "left", why: "The assertion needs a threshold in US dollars." }
        : scorer("cost", { max: threshold });
    case "rouge-n":
      return typeof text === "string"
        ? scorer("rouge", { variant: 1, threshold: threshold ?? 0.75 }, text)
        : { kind: "left", why: "The assertion's value must be a text to compare with." };
    case "is-refusal":
      return scorer("refusal");
    case "similar":
    case "similar:cosine":
      return typeof text === "string"
        ? scorer("embedding-similarity", { model: EMBEDDINGS, threshold: threshold ?? 0.75 }, text)
        : { kind: "left", why: "The assertion's value must be a text to compare with." };
    case "moderation":
      return scorer("moderation", { model: MODERATION });
    default:
      return { kind: "left", why: `"${one.type}" is not an assertion type of promptfoo.` };
  }
}

/**
 * Values of `model` in a scorer's entry, until the import replaces them with the alias of a model for embeddings or
 * moderation.
 */
export const EMBEDDINGS = "embeddings";
export const MODERATION = "moderation";

function planList(
  one: Assertion,
  value: Json | undefined,
  paired: (type: string, options: Entry, operand: Json) => Plan,
): Plan {
  const list = Array.isArray(value)
    ? (value as readonly Json[]).map((item) =>
        typeof item === "object" ? JSON.stringify(item) : String(item),
      )
    : [];
  if (list.length === 0)
    return { kind: "left", why: "The assertion's value must be a list of texts to look for." };
  if (list.includes("")) return asCheck(one, list);
  return paired(one.base.replace(/^i/, ""), one.base.startsWith("i") ? { ignore_case: true } : {}, list);
}

function schemaOf(value: Json): Json {
  return typeof value === "string" ? readSource(value, "schema").value : value;
}
