import type { Json } from "../../domain/json.ts";
import { splitList } from "./comma-list.ts";
import { isObject } from "./config-source.ts";
import type { Assertion } from "./config-test.ts";
import type { Plan, PlanContext } from "./plan.ts";
import type { Entry } from "./provider-spec.ts";

/** Types that check which tools were called, and how. */
export const CALL_TYPES = [
  ...[
    "trajectory:tool-used",
    "trajectory:tool-sequence",
    "trajectory:tool-args-match",
    "trajectory:step-count",
  ],
  ...[
    "tool-call-f1",
    "is-valid-openai-tools-call",
    "is-valid-openai-function-call",
    "is-valid-function-call",
  ],
];

/** A name with these characters is a pattern. */
const PATTERN = /[*?]/;

/** How to convert an assertion about tool calls. @param value with its templates filled in */
export function planCalls(one: Assertion, value: Json | undefined, { tools }: PlanContext): Plan {
  switch (one.base) {
    case "trajectory:tool-used":
      return planUsed(one, value);
    case "trajectory:tool-sequence":
      return planSequence(one, value);
    case "trajectory:tool-args-match":
      return planArguments(one, value);
    case "trajectory:step-count":
      return planCount(one, value);
    case "tool-call-f1": {
      const names = typeof value === "string" ? splitList(value) : value;
      if (!isTexts(names)) return left("The assertion's value must be the names of tools.");
      return check(one, { value: names });
    }
    default:
      return planValid(one, value, tools);
  }
}

const left = (why: string): Plan => ({ kind: "left", why });

/** Plans a check in the module of checks that the import writes: its checks can read the transcript's tool calls. */
function check({ base, not, threshold }: Assertion, spec: Entry): Plan {
  return {
    kind: "check",
    language: "javascript",
    spec: { type: base, ...spec, ...(not ? { not } : {}), ...(threshold === undefined ? {} : { threshold }) },
  };
}

const isTexts = (value: Json | undefined): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string" && name !== "");

function planUsed(one: Assertion, value: Json | undefined): Plan {
  const names = typeof value === "string" ? [value] : value;
  if (isTexts(names))
    return one.not && !names.some((name) => PATTERN.test(name))
      ? { kind: "scorer", entry: { type: "not-called" }, operand: [...names], not: false }
      : check(one, { value: [...names] });
  const matcher = toolMatcher(value);
  if (matcher === undefined || !isObject(value)) return left(NO_TOOL);
  return check(one, { value: { ...matcher, ...bounds(value) } });
}

function planSequence(one: Assertion, value: Json | undefined): Plan {
  const { mode, steps } = isObject(value) ? value : { mode: undefined, steps: value };
  if (mode !== undefined && mode !== "exact" && mode !== "in_order")
    return left("The assertion's mode must be exact or in_order.");
  const matchers = Array.isArray(steps) ? (steps as readonly Json[]).map(toolMatcher) : [];
  if (matchers.length === 0 || matchers.includes(undefined)) return left(NO_TOOL);
  const names = matchers.map((matcher) => String(matcher?.name));
  if (mode === "exact" && !names.some((name) => PATTERN.test(name)))
    return {
      kind: "scorer",
      entry: { type: "tool-calls", order: "exact", arguments: "ignore" },
      operand: names,
      not: one.not,
    };
  return check(one, { value: { mode: mode ?? "in_order", steps: names } });
}

function planArguments(one: Assertion, value: Json | undefined): Plan {
  const matcher = toolMatcher(value);
  if (matcher === undefined || !isObject(value)) return left(NO_TOOL);
  const { mode = "partial", defaults, ignore } = value;
  const wanted = value.args ?? value.arguments;
  if (wanted === undefined) return left("The assertion needs args: the arguments to look for.");
  if (mode !== "partial" && mode !== "exact") return left("The assertion's mode must be partial or exact.");
  const ignored = typeof ignore === "string" ? [ignore] : ignore;
  return check(one, {
    value: {
      ...matcher,
      args: wanted,
      mode,
      ...(isObject(defaults) ? { defaults } : {}),
      ...(isTexts(ignored) ? { ignore: [...ignored] } : {}),
    },
  });
}

function planCount(one: Assertion, value: Json | undefined): Plan {
  if (!isObject(value)) return left("The assertion's value must be { type: tool, min, max }.");
  const { min, max } = bounds(value);
  if (min === undefined && max === undefined) return left("The assertion needs a min or a max.");
  if (value.type !== "tool")
    return left(
      "Only steps of type: tool can be counted, because evals keeps no spans. The scorer steps, with its setting max, limits model calls.",
    );
  return check(one, { value: { ...(toolMatcher(value) ?? { name: "*" }), ...bounds(value) } });
}

const NO_TOOL = "The assertion's value must be the name of a tool, or a list of names.";

/** The name or pattern of a tool in an assertion's value; undefined when there is none. */
function toolMatcher(value: Json | undefined): { readonly name: string } | undefined {
  const name = isObject(value) ? (value.pattern ?? value.name) : value;
  if (isObject(value) && value.type !== undefined && value.type !== "tool") return undefined;
  return typeof name === "string" && name !== "" ? { name } : undefined;
}

function bounds({ min, max }: { readonly [key: string]: Json }): {
  readonly min?: number;
  readonly max?: number;
} {
  return {
    ...(typeof min === "number" ? { min } : {}),
    ...(typeof max === "number" ? { max } : {}),
  };
}

/** Requires that only tools of the provider are called, with arguments that match the tools' schemas. */
function planValid(one: Assertion, value: Json | undefined, tools: PlanContext["tools"]): Plan {
  if (value !== undefined && value !== null && value !== "")
    return left(
      "A schema in the assertion is not imported; calls are checked against the tools of the provider.",
    );
  if (tools === undefined || tools.length === 0)
    return left(
      "The providers of this config name no tools, or different ones, so nothing says what a valid call is.",
    );
  const referring = tools.find(({ parameters }) => JSON.stringify(parameters).includes('"$ref"'));
  if (referring !== undefined)
    return left(`The schema of the tool ${referring.name} refers to parts of itself; write these parts out.`);
  const names = tools.map(({ name }) => name);
  const fits = tools.map(
    ({ name, parameters }): Entry => ({
      type: "any-of",
      name: `${name} fits`,
      of: [
        { type: "not-called", value: name },
        {
          type: "json-schema",
          on: { tool: name },
          // Arguments of one call, or of several.
          schema: { anyOf: [parameters, { type: "array", items: parameters }] },
        },
      ],
    }),
  );
  const called: Entry = { type: "not", name: "a tool is called", of: { type: "not-called", value: names } };
  return { kind: "scorer", entry: { type: "all-of", of: [called, ...fits] }, not: one.not };
}
