import type { Json } from "../../domain/json.ts";
import type { SourcePlace } from "../imported.ts";
import { contentText } from "../reading/chat-answer.ts";
import { isObject, type JsonObject, listMember, numberMember, textMember } from "../reading/json-fields.ts";
import { fileName } from "../writing/file-names.ts";
import { markdownText, openaiModel } from "../writing/project-text.ts";
import { literal, type RoleText, roleLines } from "../writing/role-lines.ts";
import type { Found } from "./found.ts";
import { GRADER_MODULE, GRADER_MODULE_FILE, pythonProgram, SIMILARITIES } from "./grader-module.ts";
import {
  type ItemShapes,
  isWholeAnswer,
  itemShapes,
  liquidTemplate,
  soleItemPath,
  valueAt,
} from "./item-template.ts";

/** One criterion of a hosted eval, with its location. */
export interface Criterion {
  readonly value: JsonObject;
  readonly place: SourcePlace;
}

/** A scorer entry of the suite. */
type Entry = { readonly type: string; readonly name: string; readonly [key: string]: unknown };

/** The data that the conversion of graders needs. */
interface Beside {
  readonly suite: string;
  readonly items: readonly JsonObject[];
  readonly shapes: ItemShapes;
  readonly found: Found;
}

/**
 * Converts the graders of an eval to scorers with unique names. A grader without a counterpart is not imported,
 * which is reported.
 */
export function graderScorers(
  criteria: readonly Criterion[],
  suite: string,
  items: readonly JsonObject[],
  found: Found,
): Entry[] {
  const beside: Beside = { suite, items, shapes: itemShapes(items), found };
  const names = new Set<string>();
  return informing(
    criteria.flatMap(({ value, place }) => {
      const type = textMember(value, "type") ?? "";
      const wanted = textMember(value, "name") ?? type;
      let name = wanted;
      for (let n = 2; names.has(name); n++) name = `${wanted}-${n}`;
      const entry = graderEntry({ ...value, name }, place, beside);
      if (entry === undefined) return [];
      names.add(name);
      found.kept.push({ ...place, what: type, suite, scorer: name });
      found.taken.scorers++;
      return [entry];
    }),
  );
}

/**
 * Makes judges optional when the eval also has rule-based graders: a required judge that gives no verdict would
 * make the whole trial missing. When all graders are judges, they stay required.
 */
function informing(entries: Entry[]): Entry[] {
  const isRule = ({ type, required }: Entry): boolean => type !== "judge" && required !== false;
  return entries.some(isRule)
    ? entries.map((one) => (one.type === "judge" ? { ...one, required: false } : one))
    : entries;
}

function graderEntry(grader: JsonObject, place: SourcePlace, beside: Beside): Entry | undefined {
  switch (grader.type) {
    case "string_check":
      return stringCheck(grader, place, beside);
    case "text_similarity":
      return textSimilarity(grader, place, beside);
    case "label_model":
      return labelModel(grader, place, beside);
    case "score_model":
      return scoreModel(grader, place, beside);
    case "python":
      return pythonGrader(grader, place, beside);
    default:
      beside.found.left.add(
        place,
        `grader ${String(grader.name)} (${String(grader.type)})`,
        "evals does not know graders of this type. Write the grader as a module or command scorer (docs/scorers.md).",
      );
      return undefined;
  }
}

const nameOf = (grader: JsonObject): string => String(grader.name);

function stringCheck(grader: JsonObject, place: SourcePlace, { items, found }: Beside): Entry | undefined {
  const [input, reference, operation] = [
    String(grader.input ?? ""),
    String(grader.reference ?? ""),
    String(grader.operation),
  ];
  if (!["eq", "ne", "like", "ilike"].includes(operation)) {
    found.left.add(
      place,
      `grader ${nameOf(grader)}`,
      `The grader's operation "${operation}" is not one of eq, ne, like, ilike.`,
    );
    return undefined;
  }
  const path = isWholeAnswer(input) ? soleItemPath(reference) : undefined;
  if (path !== undefined && operation !== "ilike" && isTextEverywhere(path, items)) {
    const against = ["input", ...path].join(".");
    const type = operation === "like" ? "contains" : "equals";
    if (operation === "ne") return { type: "not", name: nameOf(grader), of: { type, against } };
    return { type, name: nameOf(grader), against };
  }
  found.addFile({ path: GRADER_MODULE_FILE, text: GRADER_MODULE });
  return {
    type: "module",
    name: nameOf(grader),
    file: GRADER_MODULE_FILE,
    config: { type: "string_check", operation, input, reference },
  };
}

function isTextEverywhere(path: readonly string[], items: readonly JsonObject[]): boolean {
  return (
    path.every((step) => /^[A-Za-z_]\w*$/.test(step)) && items.every((item) => isFilled(valueAt(item, path)))
  );
}

const isFilled = (value: Json | undefined): boolean => typeof value === "string" && value !== "";

function textSimilarity(grader: JsonObject, place: SourcePlace, { found }: Beside): Entry | undefined {
  const metric = String(grader.evaluation_metric);
  if (!SIMILARITIES.has(metric)) {
    const why =
      metric === "cosine"
        ? "The grader asks a model for embeddings: write it as a scorer of type embedding-similarity (docs/scorers.md)."
        : "The metric's smoothing and word lists are not published, so evals would compute other numbers. rouge, chrf and levenshtein are similar (docs/scorers.md).";
    found.left.add(place, `grader ${nameOf(grader)} (${metric})`, why);
    return undefined;
  }
  found.addFile({ path: GRADER_MODULE_FILE, text: GRADER_MODULE });
  const config = {
    type: "text_similarity",
    evaluation_metric: metric,
    input: String(grader.input ?? ""),
    reference: String(grader.reference ?? ""),
  };
  return {
    type: "module",
    name: nameOf(grader),
    file: GRADER_MODULE_FILE,
    config,
    ...bar(grader, place, found),
  };
}

/**
 * The threshold from which on an answer passes. A grader without a threshold becomes an optional scorer: its score
 * is shown and decides nothing.
 */
function bar(grader: JsonObject, place: SourcePlace, found: Found, scale = (score: number) => score): object {
  const threshold = numberMember(grader, "pass_threshold");
  if (threshold !== undefined) return { threshold: Math.min(1, Math.max(0, scale(threshold))) };
  found.left.add(
    place,
    `the pass_threshold of ${nameOf(grader)}`,
    "The grader has no threshold, so no answer could fail: its score is shown and decides nothing (required: false).",
  );
  return { threshold: 1, required: false };
}

function labelModel(grader: JsonObject, place: SourcePlace, beside: Beside): Entry | undefined {
  const labels = listMember(grader, "labels").map(String);
  const passing = listMember(grader, "passing_labels").map(String);
  const failing = labels.filter((label) => !passing.includes(label));
  if (passing.length === 0 || failing.length === 0) {
    beside.found.left.add(
      place,
      `grader ${nameOf(grader)}`,
      "A grader decides nothing unless it has both labels that pass and labels that fail.",
    );
    return undefined;
  }
  const form = `Choose the label that fits. The verdict is pass for ${quoted(passing)}, and fail for ${quoted(failing)}.`;
  return judgeEntry(grader, place, beside, { form, settings: {}, entry: {} });
}

const quoted = (labels: readonly string[]): string =>
  labels.map((label) => JSON.stringify(label)).join(" or ");

function scoreModel(grader: JsonObject, place: SourcePlace, beside: Beside): Entry | undefined {
  const range = listMember(grader, "range").map(Number);
  const [min, max] = range.length === 2 ? (range as [number, number]) : [0, 1];
  const { threshold, ...entry } = bar(
    grader,
    place,
    beside.found,
    (score) => (score - min) / (max - min),
  ) as { threshold: number };
  return judgeEntry(grader, place, beside, {
    form: undefined,
    settings: { scale: { min, max }, threshold },
    entry,
  });
}

interface JudgeParts {
  /** Text that is put at the end of the judge's question, such as which labels pass; undefined for none. */
  readonly form: string | undefined;
  readonly settings: object;
  readonly entry: object;
}

function judgeEntry(
  grader: JsonObject,
  place: SourcePlace,
  { suite, shapes, found }: Beside,
  { form, settings, entry }: JudgeParts,
): Entry | undefined {
  const model = textMember(grader, "model");
  const unknown = (part: string): void =>
    found.left.add(
      place,
      `${part} in grader ${nameOf(grader)}`,
      "A judge of evals can use only the item and the answer, so this part stays in the judge's question as plain text.",
    );
  const messages = templateMessages(grader.input).map(
    ({ role, template }): RoleText => ({
      role,
      template: liquidTemplate(template, { shapes, answer: "output", unknown }),
    }),
  );
  if (messages.length === 0 || model === undefined) {
    found.left.add(place, `grader ${nameOf(grader)}`, "The grader has no messages or no model.");
    return undefined;
  }
  const last = messages.length - 1;
  const asked =
    form === undefined
      ? messages
      : messages.map((one, at) =>
          at === last ? { ...one, template: `${one.template.trimEnd()}\n\n${literal(form)}` } : one,
        );
  const judge = found.suites.name(`${suite}-${fileName(nameOf(grader))}`);
  const params = isObject(grader.sampling_params) ? samplingParams(grader.sampling_params) : {};
  const front = {
    kind: "custom",
    model: found.alias(model, openaiModel(model, params)),
    description: `The grader ${nameOf(grader)} of OpenAI's hosted evals.`,
    ...settings,
  };
  found.addFile({ path: `judges/${judge}/1.0.0.md`, text: markdownText(front, roleLines(asked)) });
  found.taken.judges++;
  return { type: "judge", name: nameOf(grader), judge: `${judge}@1.0.0`, ...entry };
}

function pythonGrader(grader: JsonObject, place: SourcePlace, { suite, found }: Beside): Entry | undefined {
  const source = textMember(grader, "source");
  if (source === undefined || !/^(?:async )?def grade\b/m.test(source)) {
    found.left.add(
      place,
      `grader ${nameOf(grader)}`,
      "The grader's source defines no function grade(sample, item).",
    );
    return undefined;
  }
  const file = `scorers/${found.suites.name(`${suite}-${fileName(nameOf(grader))}`)}.py`;
  found.addFile({ path: file, text: pythonProgram(source) });
  return {
    type: "command",
    name: nameOf(grader),
    command: ["python3", file],
    serve: "jsonl",
    ...bar(grader, place, found),
  };
}

/**
 * The messages of the hosted API: a text, which is one message of the user; or a list of messages, whose contents
 * are a text, a part, or several parts.
 */
export function templateMessages(input: Json | undefined): readonly RoleText[] {
  if (typeof input === "string") return [{ role: "user", template: input }];
  if (!Array.isArray(input)) return [];
  return (input as readonly Json[]).filter(isObject).flatMap(({ role, content }) => {
    const text = isObject(content) ? textMember(content, "text") : contentText(content);
    return text === undefined || text.trim() === "" ? [] : [{ role: String(role ?? "user"), template: text }];
  });
}

const PARAMS: Readonly<Record<string, string>> = {
  max_completions_tokens: "max_completion_tokens",
  max_tokens: "max_completion_tokens",
};

/** Sampling parameters under the names that requests use, without `tools` and `text`. */
export function samplingParams(params: JsonObject): Record<string, Json> {
  const known = Object.entries(params).filter(
    ([key, value]) => value !== null && value !== undefined && key !== "tools" && key !== "text",
  );
  return Object.fromEntries(known.map(([key, value]) => [PARAMS[key] ?? key, value as Json]));
}
