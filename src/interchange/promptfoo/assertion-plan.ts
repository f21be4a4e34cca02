import type { Json } from "../../domain/json.ts";
import { splitList } from "./comma-list.ts";
import { isObject, readSource } from "./config-source.ts";
import { type Assertion, pathOf, type Reading } from "./config-test.ts";
import { judgeKindOf } from "./judge-drafts.ts";
import type { Entry } from "./provider-spec.ts";
import { hasTemplate } from "./templates/nunjucks-tree.ts";
import { renderNunjucks } from "./templates/render-nunjucks.ts";

type Vars = Readonly<Record<string, Json>>;

/** How an assertion is judged here. */
export type Plan =
  /** One of our own scorers. `operand` is what it compares with, and may stand in the case. */
  | {
      readonly kind: "scorer";
      readonly entry: Entry;
      readonly operand?: Json | undefined;
      readonly not: boolean;
    }
  /** A check of the scorers' module or program, as promptfoo runs it. */
  | {
      readonly kind: "check";
      readonly language: "javascript" | "python";
      readonly spec: Entry;
      readonly file?: string | undefined;
    }
  /** A model judges it, by a file that holds its words. */
  | {
      readonly kind: "judge";
      readonly judge: JudgeDraft;
      readonly operand?: Json | undefined;
      readonly entry: Entry;
      readonly not: boolean;
    }
  | { readonly kind: "left"; readonly why: string };

/** A judge's file before it has a name. */
export interface JudgeDraft {
  readonly settings: Entry;
  /** Nunjucks, or plain text; empty for a kind that needs none. */
  readonly body: string;
  readonly model: Json | undefined;
}

/** How promptfoo's output is changed before it is judged: the test's own code, then the assertion's. */
export interface PlanContext {
  readonly vars: Vars;
  /** Code of the test or of defaultTest. */
  readonly transform?: string | undefined;
  readonly reading: Reading;
  /** The model that grades where the assertion names none. */
  readonly grader: Json | undefined;
}

/** Types that the checks' runtime knows, so that they can follow a transform. */
const CHECKED = new Set([
  ...["javascript", "equals", "contains", "icontains", "contains-any", "contains-all", "icontains-any"],
  ...["icontains-all", "starts-with", "regex", "levenshtein", "is-json", "word-count"],
]);

/** Said of types whose scorers come later. */
export const LATER =
  "Its scorer comes with agents: tool calls and their order are not judged yet by an import; write a module scorer over transcript.tool_calls.";

/** Types that nothing here stands for, with why. */
export const LEFT_TYPES: Readonly<Record<string, string>> = {
  perplexity: "perplexity needs the log probabilities of tokens, which no reply is asked for here.",
  "perplexity-score":
    "perplexity-score needs the log probabilities of tokens, which no reply is asked for here.",
  webhook: "webhook: no answer is sent to an address to be judged; write a module scorer that asks it.",
  ruby: "Ruby is not run; write the check in JavaScript or Python.",
  bleu: "BLEU is not among the scorers; chrf and rouge are.",
  gleu: "GLEU is not among the scorers; chrf and rouge are.",
  meteor: "METEOR is not among the scorers; chrf and rouge are.",
  "is-sql": "No SQL parser is built in; write a module scorer with one of your own.",
  "contains-sql": "No SQL parser is built in; write a module scorer with one of your own.",
  "is-xml": "No XML parser is built in; write a module scorer with one of your own.",
  "contains-xml": "No XML parser is built in; write a module scorer with one of your own.",
  "is-html": "No HTML parser is built in; write a module scorer with one of your own.",
  "contains-html": "No HTML parser is built in; write a module scorer with one of your own.",
  "similar:dot": "Only the cosine of two embeddings is measured.",
  "similar:euclidean": "Only the cosine of two embeddings is measured.",
  classifier: "It asks a model of Hugging Face; the scorer classifier asks any service of yours.",
  pi: "pi is a service of others that no provider here reaches.",
  "select-best":
    "It chooses between the answers of several targets; compare two runs with evals diff, or use a pairwise judge.",
  "max-score": "It chooses between the answers of several targets; compare two runs with evals diff.",
  guardrails: "What a provider's filter says is a refusal of the answer: not-refusal judges it.",
  "conversation-relevance": "A conversation is judged whole here: a judge sees {{ conversation }}.",
  "search-rubric": "The judge may not search the web.",
  "agent-rubric": "The judge may not use tools.",
  "is-valid-function-call": LATER,
  "is-valid-openai-function-call": LATER,
  "is-valid-openai-tools-call": LATER,
  "tool-call-f1": LATER,
  "skill-used": LATER,
  "finish-reason": "Why an answer ended is in transcript.finish_reason: a module scorer reads it.",
};

/** Every type that is taken over. */
export const TAKEN_TYPES = [
  ...CHECKED,
  ...[
    "python",
    "contains-json",
    "latency",
    "cost",
    "similar",
    "similar:cosine",
    "rouge-n",
    "is-refusal",
    "moderation",
    "assert-set",
  ],
  ...[
    "llm-rubric",
    "g-eval",
    "factuality",
    "model-graded-factuality",
    "model-graded-closedqa",
    "answer-relevance",
  ],
  ...["context-faithfulness", "context-recall", "context-relevance"],
];

/** What becomes of one assertion in one case. @throws {Untranslatable} for a template in its value */
export function planAssertion(one: Assertion, context: PlanContext): Plan {
  const { base } = one;
  const why = Object.hasOwn(LEFT_TYPES, base)
    ? LEFT_TYPES[base]
    : /^trajectory:|^trace-/.test(base)
      ? LATER
      : undefined;
  if (why !== undefined) return { kind: "left", why };
  const transform = [context.transform, one.transform].filter((code) => code !== undefined);
  if (judgeKindOf(base) !== undefined) {
    if (transform.length > 0)
      return {
        kind: "left",
        why: "A transform before a judge is code that no judge here runs; judge the whole answer, or select: a part of it.",
      };
    return planJudge(one, context);
  }
  if (base === "javascript" || base === "python") return planCode(one, base, context);
  const value = comparedWith(one, context);
  if (value instanceof FileMissing) return { kind: "left", why: `${value.path}: there is no such file.` };
  if (transform.length > 0) return planTransformed(one, value, context);
  return planPlain(one, value);
}

class FileMissing {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

/** The value as promptfoo compares with it: templates filled in, files read. */
function comparedWith({ value }: Assertion, context: PlanContext): Json | undefined | FileMissing {
  if (Array.isArray(value)) {
    const all = (value as readonly Json[]).map((one) =>
      typeof one === "string" ? textOf(one, context) : one,
    );
    return all.find((one): one is FileMissing => one instanceof FileMissing) ?? (all as Json[]);
  }
  return typeof value === "string" ? textOf(value, context) : value;
}

function textOf(text: string, { vars, reading }: PlanContext): Json | FileMissing {
  if (!text.startsWith("file://")) return hasTemplate(text) ? renderNunjucks(text, vars) : text;
  const path = pathOf(reading, text);
  if (reading.files.kind(path) !== "file" || !/\.(?:json|ya?ml|txt)$/.test(path))
    return new FileMissing(text);
  const content = reading.files.text(path);
  return path.endsWith(".txt") ? content.trim() : readSource(content, path).value;
}

function planCode(one: Assertion, language: "javascript" | "python", context: PlanContext): Plan {
  const { value, not, threshold, config } = one;
  const rest: Entry = {
    ...(not ? { not } : {}),
    ...(threshold === undefined ? {} : { threshold }),
    ...(config === undefined ? {} : { config }),
  };
  if (typeof value !== "string" || value.trim() === "")
    return { kind: "left", why: `${language} needs its code, or a file://, as value.` };
  const transform = transformOf(one, context);
  if (transform !== undefined && language === "python")
    return {
      kind: "left",
      why: "A JavaScript transform before a Python check would be two languages; do both in one of them.",
    };
  const own = transform === undefined ? rest : { ...rest, transform };
  const file = /^(?:file:\/\/)?(.+?\.(?:[cm]?[jt]s|py))(?::(\w+))?$/.exec(
    value.startsWith("file://") || (language === "python" && !/\s/.test(value)) ? value : "",
  );
  if (file === null) {
    if (value.startsWith("package:"))
      return { kind: "left", why: "A package's function is not called; import it in a module scorer." };
    return {
      kind: "check",
      language,
      spec: {
        ...(language === "javascript" ? { type: "javascript" } : {}),
        ...own,
        code: hasTemplate(value) ? renderNunjucks(value, context.vars) : value,
      },
    };
  }
  const path = pathOf(context.reading, file[1] ?? "");
  if (context.reading.files.kind(path) !== "file")
    return { kind: "left", why: `${value}: there is no such file.` };
  const isPython = path.endsWith(".py");
  if (isPython && transform !== undefined)
    return {
      kind: "left",
      why: "A JavaScript transform before a Python check would be two languages; do both in one of them.",
    };
  return {
    kind: "check",
    language: isPython ? "python" : "javascript",
    spec: {
      ...(isPython ? {} : { type: "javascript" }),
      ...own,
      ...(file[2] === undefined ? {} : { name: file[2] }),
    },
    file: path,
  };
}

/** The two transforms as one piece of code; undefined where there is none. */
function transformOf(one: Assertion, { transform }: PlanContext): string | undefined {
  if (transform === undefined || one.transform === undefined) return transform ?? one.transform;
  const step = (code: string): string =>
    `(async (output) => {\n${code.includes("\n") ? code : `return ${code}`}\n})`;
  return `return ${step(transform)}(output).then(${step(one.transform)});\n`;
}

function planTransformed(one: Assertion, value: Json | undefined, context: PlanContext): Plan {
  const transform = transformOf(one, context);
  const { base, not, threshold } = one;
  if (transform?.startsWith("file://"))
    return {
      kind: "left",
      why: "A transform in a file comes before it; write a check in JavaScript that does both.",
    };
  if (!CHECKED.has(base) || transform === undefined || (base === "is-json" && value !== undefined))
    return {
      kind: "left",
      why: `A transform comes before it, and ${base} follows none here; write a check in JavaScript that does both.`,
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
      transform,
    },
  };
}

/** The same in the checks' runtime, for what our own scorers read in another way. */
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

/** Signs that RE2 reads in another way than JavaScript does without flags. */
const JAVASCRIPT_ONLY = /\\[pPAzQEC]|\\x\{|\(\?[a-zA-Z^-]|\[\[:/;

const NEEDS_TEXT = "It needs a text to look for as value.";

function planPlain(one: Assertion, value: Json | undefined): Plan {
  const { base, not, threshold } = one;
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  const scorer = (type: string, options: Entry = {}, operand?: Json): Plan => ({
    kind: "scorer",
    entry: { type, ...options },
    operand,
    not,
  });
  /** One of a pair of types, of which the second is the first turned round. */
  const paired = (type: string, options: Entry, operand: Json): Plan => ({
    kind: "scorer",
    entry: { type: not ? `not-${type}` : type, ...options },
    operand,
    not: false,
  });
  switch (base) {
    case "equals":
      if (value === undefined) return { kind: "left", why: "It needs what the answer is to be as value." };
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
        return { kind: "left", why: "It needs a pattern as value." };
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
        : { kind: "left", why: "It needs a text to compare with as value." };
    case "word-count":
      return value === undefined
        ? { kind: "left", why: "It needs a number, or {min, max}, as value." }
        : asCheck(one, value);
    case "latency":
      return threshold === undefined
        ? { kind: "left", why: "It needs a threshold in milliseconds." }
        : scorer("latency", { max: `${threshold}ms` });
    case "cost":
      return threshold === undefined
        ? { kind: "left", why: "It needs a threshold in US dollars." }
        : scorer("cost", { max: threshold });
    case "rouge-n":
      return typeof text === "string"
        ? scorer("rouge", { variant: 1, threshold: threshold ?? 0.75 }, text)
        : { kind: "left", why: "It needs a text to compare with as value." };
    case "is-refusal":
      return scorer("refusal");
    case "similar":
    case "similar:cosine":
      return typeof text === "string"
        ? scorer("embedding-similarity", { model: EMBEDDINGS, threshold: threshold ?? 0.75 }, text)
        : { kind: "left", why: "It needs a text to compare with as value." };
    case "moderation":
      return scorer("moderation", { model: MODERATION });
    default:
      return { kind: "left", why: `"${one.type}" is no assertion type that promptfoo has.` };
  }
}

/** Placeholders for models that the config must get. */
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
  if (list.length === 0) return { kind: "left", why: "It needs a list of texts to look for as value." };
  if (list.includes("")) return asCheck(one, list);
  return paired(one.base.replace(/^i/, ""), one.base.startsWith("i") ? { ignore_case: true } : {}, list);
}

function schemaOf(value: Json): Json {
  return typeof value === "string" ? readSource(value, "schema").value : value;
}

function planJudge(one: Assertion, context: PlanContext): Plan {
  const kind = judgeKindOf(one.base);
  if (kind === undefined) return { kind: "left", why: "" };
  const { value, not } = one;
  const model = one.provider ?? context.grader;
  const words = (Array.isArray(value) ? (value as readonly Json[]) : [value]).map((part) =>
    typeof part === "string" && part.startsWith("file://") ? textOf(part, context) : part,
  );
  const missing = words.find((part) => part instanceof FileMissing);
  if (missing instanceof FileMissing) return { kind: "left", why: `${missing.path}: there is no such file.` };
  const drafted = kind.draft(words as Json[], one.threshold);
  if (typeof drafted === "string") return { kind: "left", why: drafted };
  if (kind.context && !isText(context.vars.context))
    return { kind: "left", why: "It judges by a variable named context, which the test does not have." };
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
