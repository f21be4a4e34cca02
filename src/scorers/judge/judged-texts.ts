import type { Case } from "../../domain/case.ts";
import type { Json } from "../../domain/json.ts";
import type { JudgeScope } from "../../domain/judge.ts";
import type { JudgeSettings, Scale } from "../../domain/judge-settings.ts";
import type { ScoreInput } from "../../domain/scorer.ts";
import type { CaseReader } from "../case-path.ts";
import type { Fence } from "./fence.ts";
import type { JudgedTexts } from "./judge-kind.ts";

/** The texts of one answer in the form shown to a judge. */
export function judgedTexts({ golden, transcript }: ScoreInput, context: CaseReader): JudgedTexts {
  const sources = context(golden);
  const { messages, tool_calls } = transcript;
  return {
    output: transcript.output,
    question: asText(golden.input),
    reference: golden.expected === undefined ? undefined : asText(golden.expected),
    sources: sources === undefined ? undefined : numbered(sources),
    conversation:
      messages.length === 0 && tool_calls.length === 0
        ? undefined
        : JSON.stringify({ messages, tool_calls }, null, 2),
  };
}

/** The template variables that all questions of a judge about one answer share. */
export function judgeScope(texts: JudgedTexts, { golden, settings, context, fence }: ScopeParts): JudgeScope {
  const fenced = (name: string, text: string | undefined): string | undefined =>
    text === undefined ? undefined : fence.around(name, text);
  const { id, input, expected, tags, metadata } = golden;
  const shown = {
    question: fenced("question", texts.question),
    sources: fenced("sources", texts.sources),
    reference: fenced("reference", texts.reference),
    conversation: fenced("conversation", texts.conversation),
    output: fenced("answer", texts.output),
  };
  return {
    ...shown,
    material: underHeadings([
      ["Question", shown.question],
      ["Sources", shown.sources],
      ["Reference", shown.reference],
      ["Conversation", shown.conversation],
      ["Answer under judgement", shown.output],
    ]),
    background: underHeadings([
      ["Question", shown.question],
      ["Sources", shown.sources],
    ]),
    fence: fence.tag,
    scale: settings.scale === undefined ? undefined : scaleText(settings.scale),
    input,
    expected,
    context: context(golden),
    case: { id, tags, metadata },
    criterion: settings.criteria?.length === 1 ? settings.criteria[0] : undefined,
  };
}

interface ScopeParts {
  readonly golden: Case;
  readonly settings: JudgeSettings;
  readonly context: CaseReader;
  readonly fence: Fence;
}

function underHeadings(texts: readonly (readonly [string, string | undefined])[]): string {
  return texts
    .flatMap(([heading, text]) => (text === undefined ? [] : [`${heading}:\n${text}`]))
    .join("\n\n");
}

/** Text unchanged; anything else as indented JSON. */
function asText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** Numbers retrieved texts from 1: a list of texts, a list of objects with a text, or an object from id to text. */
function numbered(sources: Json): string {
  if (typeof sources === "string") return sources;
  const list = Array.isArray(sources)
    ? (sources as readonly Json[]).map(sourceText)
    : Object.entries(sources ?? {}).map(([id, text]) => `(${id}) ${asText(text)}`);
  return list.map((text, index) => `[${index + 1}] ${text}`).join("\n\n");
}

/** Number of retrieved texts; undefined when there are none, or when one text may contain several. */
export function countSources(sources: Json | undefined): number | undefined {
  if (Array.isArray(sources)) return sources.length;
  return sources !== null && typeof sources === "object" ? Object.keys(sources).length : undefined;
}

function sourceText(source: Json): string {
  if (source === null || typeof source !== "object" || Array.isArray(source)) return asText(source);
  const { id, text, content } = source as { readonly [key: string]: Json };
  const words = [text, content].find((one) => typeof one === "string");
  if (typeof words !== "string") return asText(source);
  return id === undefined ? words : `(${typeof id === "string" ? id : JSON.stringify(id)}) ${words}`;
}

function scaleText(scale: Scale): string {
  if (!Array.isArray(scale)) return `a number from ${scale.min} (worst) to ${scale.max} (best)`;
  return [...scale]
    .sort((a, b) => a.score - b.score)
    .map(({ score, means }) => `${score}: ${means}`)
    .join("\n");
}
