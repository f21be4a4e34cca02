import type { Json } from "../../domain/json.ts";
import { CHECKED, LEFT_TYPES } from "./assertion-types.ts";
import { splitList } from "./comma-list.ts";
import { isObject, readSource } from "./config-source.ts";
import { type Assertion, pathOf } from "./config-test.ts";
import { judgeKindOf } from "./judge-drafts.ts";
import type { Plan, PlanContext, Transform } from "./plan.ts";
import { CALL_TYPES, planCalls } from "./plan-calls.ts";
import { planCode, transformsOf } from "./plan-code.ts";
import { planPlain } from "./plan-plain.ts";
import { hasTemplate } from "./templates/nunjucks-tree.ts";
import { renderNunjucks } from "./templates/render-nunjucks.ts";

/** The types of assertions about the call itself. No transform of the answer changes what they check. */
const BESIDE_ANSWER = ["latency", "cost"];

/** How to convert one assertion of one case. @throws {Untranslatable} for a template in the assertion's value */
export function planAssertion(one: Assertion, context: PlanContext): Plan {
  const { base } = one;
  const why = Object.hasOwn(LEFT_TYPES, base) ? LEFT_TYPES[base] : undefined;
  if (why !== undefined) return { kind: "left", why };
  const isTransformed = context.transforms.length > 0 || one.transform !== undefined;
  if (judgeKindOf(base) !== undefined) {
    if (isTransformed)
      return {
        kind: "left",
        why: "A transform before a judge is code, and a judge of evals runs no code. Judge the whole answer, or a part of it (select:).",
      };
    return planJudge(one, context);
  }
  // Tool calls are separate from the answer, so no transform changes them.
  if (CALL_TYPES.includes(base)) return planCalls(one, filledIn(one.value, context), context);
  if (base === "javascript" || base === "python") return planCode(one, base, context);
  const value = comparedWith(one, context);
  if (value instanceof UnreadFile) return { kind: "left", why: value.why };
  if (isTransformed && !BESIDE_ANSWER.includes(base)) return planTransformed(one, value, context);
  const plan = planPlain(one, value);
  return plan.kind === "scorer" ? { ...plan, grader: one.provider ?? context.grader } : plan;
}

/** Fills in the templates in every string of a value. */
function filledIn(value: Json | undefined, context: PlanContext): Json | undefined {
  if (typeof value === "string") return hasTemplate(value) ? renderNunjucks(value, context.vars) : value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => filledIn(one, context) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filledIn(one, context) ?? null]));
}

/** A file named by an assertion that was not read, with the reason. */
class UnreadFile {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** The value in the form that promptfoo compares with: templates filled in, files read. */
function comparedWith({ value }: Assertion, context: PlanContext): Json | undefined | UnreadFile {
  if (Array.isArray(value)) {
    const all = (value as readonly Json[]).map((one) =>
      typeof one === "string" ? textOf(one, context) : one,
    );
    return all.find((one): one is UnreadFile => one instanceof UnreadFile) ?? (all as Json[]);
  }
  return typeof value === "string" ? textOf(value, context) : value;
}

function textOf(text: string, { vars, reading }: PlanContext): Json | UnreadFile {
  if (!text.startsWith("file://")) return hasTemplate(text) ? renderNunjucks(text, vars) : text;
  const path = pathOf(reading, text);
  if (reading.files.kind(path) !== "file") return new UnreadFile(`${text}: there is no such file.`);
  if (!/\.(?:json|ya?ml|txt)$/.test(path))
    return new UnreadFile(`${text}: only files .txt, .json, .yaml and .yml are read.`);
  const content = reading.files.text(path);
  return path.endsWith(".txt") ? content.trim() : readSource(content, path).value;
}

/** An expression that gives the answer itself, or the JSON value that is in it. */
const SAME_VALUE =
  /^\s*(?:(?:output|JSON\.stringify\(\s*JSON\.parse\(\s*output\s*\)\s*\))(?:\s*\.\s*trim(?:Start|End)?\(\s*\))?|JSON\.parse\(\s*output\s*\))\s*;?\s*$/;

/** Whether a transform leaves the JSON value of an answer as it is: `output.trim()`, `JSON.parse(output)`. */
function keepsValue(step: Transform): boolean {
  if (typeof step !== "string") return false;
  // Code of several lines is the body of a function.
  const expression = step.includes("\n") ? /^\s*return\s([\s\S]+)$/.exec(step)?.[1] : step;
  return expression !== undefined && SAME_VALUE.test(expression);
}

const SCHEMA_AFTER_CODE =
  "A transform of the answer is code, and the scorer json-schema runs no code before it holds the answer against a schema. Where the transform only takes a part of the answer, write { type: json-schema, schema: …, select: { json: $.part } }; else write an assertion in JavaScript that transforms the answer and judges it.";

function planTransformed(one: Assertion, value: Json | undefined, context: PlanContext): Plan {
  const transforms = transformsOf(one, context);
  if (typeof transforms === "string") return { kind: "left", why: transforms };
  const { base, not, threshold } = one;
  if (base === "is-json" && value !== undefined && value !== "") {
    return transforms.every(keepsValue) ? planPlain(one, value) : { kind: "left", why: SCHEMA_AFTER_CODE };
  }
  if (!CHECKED.has(base))
    return {
      kind: "left",
      why: `evals cannot transform the answer before an assertion of type ${base}. Write an assertion in JavaScript that transforms the answer and judges it.`,
    };
  const list = /^i?contains-(?:any|all)$/.test(base) && typeof value === "string" ? splitList(value) : value;
  return {
    kind: "check",
    language: "javascript",
    spec: {
      type: base,
      ...(list === undefined ? {} : { value: list }),
      ...(not ? { not } : {}),
      ...(threshold === undefined ? {} : { threshold }),
    },
    transforms,
  };
}

function planJudge(one: Assertion, context: PlanContext): Plan {
  const kind = judgeKindOf(one.base);
  if (kind === undefined) return { kind: "left", why: "" };
  const { value, not } = one;
  const model = one.provider ?? context.grader;
  const goal = isObject(value) && typeof value.goal === "string" ? value.goal : value;
  const words = (Array.isArray(goal) ? (goal as readonly Json[]) : [goal]).map((part) =>
    typeof part === "string" && part.startsWith("file://") ? textOf(part, context) : part,
  );
  const unread = words.find((part) => part instanceof UnreadFile);
  if (unread instanceof UnreadFile) return { kind: "left", why: unread.why };
  const drafted = kind.draft(words as Json[], one.threshold);
  if (typeof drafted === "string") return { kind: "left", why: drafted };
  if (kind.context && !isText(context.vars.context))
    return {
      kind: "left",
      why: "The assertion judges by a variable named context, which the test does not have.",
    };
  const operand =
    drafted.reference === undefined
      ? undefined
      : hasTemplate(drafted.reference)
        ? renderNunjucks(drafted.reference, context.vars)
        : drafted.reference;
  return {
    kind: "judge",
    judge: { settings: drafted.settings, body: drafted.body, model },
    entry: kind.context ? { context: "input.context" } : {},
    operand,
    not,
  };
}

const isText = (value: Json | undefined): boolean =>
  typeof value === "string" || Array.isArray(value) || isObject(value);
