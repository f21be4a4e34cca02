import { canonicalJson, type Json } from "../../domain/json.ts";
import type { JudgeReply } from "../../domain/judge.ts";
import type { ReplyShape } from "../../domain/provider.ts";
import { type FoundJson, findJson, writtenMembers } from "./find-json.ts";
import { type Reading, type ReplyForm, UnusableReply } from "./reply-form.ts";

/** A form with what all forms share. */
export interface AskedForm {
  readonly form: ReplyForm;
  /** Evidence is quoted, and looked up in these texts. */
  readonly quotes: boolean;
}

const QUOTES = { quotes: { type: "array", items: { type: "string" } } } as const;

/** The JSON Schema of a reply, for providers that can hold a model to it. */
export function replyShape({ form, quotes }: AskedForm): ReplyShape {
  const properties: Record<string, Json> = { ...(quotes ? QUOTES : {}), ...form.members };
  return {
    name: form.name,
    schema: {
      type: "object",
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    },
  };
}

/** What the judge is told of its reply; part of what defines its verdicts. */
export function replyRules({ form, quotes }: AskedForm): string {
  const example = quotes
    ? form.example.replace("{", '{"quotes": ["<exact words that your reason rests on>"], ')
    : form.example;
  return `Reply with one JSON object and nothing else, its keys in this order, so that the verdict follows from the reason:\n${example}`;
}

/**
 * Reads a verdict out of a reply.
 *
 * An object that stands in a judged text, word for word or only laid out otherwise, was written by whoever wrote that text,
 * so it is no verdict; two objects that differ are two verdicts, so there is none.
 *
 * @param judged the texts under judgement
 * @throws {UnusableReply}
 */
export function readReply(
  reply: Pick<JudgeReply, "output" | "refusal" | "finish_reason">,
  { form, quotes }: AskedForm,
  judged: readonly string[],
): Reading {
  const { output, refusal, finish_reason } = reply;
  const isForged = forgeries(form, judged);
  const verdicts = findJson(output).flatMap((found) => {
    if (isForged(found)) return [];
    const value = form.pick?.(found.value) ?? found.value;
    if (!isObject(value) || !Object.hasOwn(value, form.key)) return [];
    if (new Set(writtenMembers(found.text, form.key)).size > 1)
      throw new UnusableReply(`contradicts itself: it gives "${form.key}" twice`);
    return [value];
  });
  const [first, ...rest] = verdicts;
  if (first === undefined) throw new UnusableReply(whyNone(output, refusal, finish_reason));
  const reading = form.read(first);
  if (rest.some((other) => form.read(other).score !== reading.score))
    throw new UnusableReply("contradicts itself: it gives two verdicts");
  if (quotes) checkQuotes(first.quotes, judged);
  return reading;
}

/** Tells what a judged text holds from what the judge says itself. */
function forgeries({ key }: ReplyForm, judged: readonly string[]): (found: FoundJson) => boolean {
  // A text that cannot hold the key is not searched: it may be a megabyte of brackets.
  const suspects = judged.filter((text) => text.includes(key) || text.includes("\\u"));
  const values = new Set(suspects.flatMap(findJson).map(({ value }) => canonicalJson(value)));
  return ({ text, value }) =>
    judged.some((one) => one.includes(text)) || (values.size > 0 && values.has(canonicalJson(value)));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function whyNone(output: string, refusal: string | null, finish: string | null): string {
  if (refusal !== null) return "refused to judge";
  if (output.trim() === "") return "said nothing";
  if (finish === "length" || finish === "max_tokens" || finish === "max_output_tokens")
    return "broke off before its verdict";
  return "gave no verdict";
}

function checkQuotes(quotes: unknown, judged: readonly string[]): void {
  const list = Array.isArray(quotes) ? quotes : [];
  if (list.length === 0) throw new UnusableReply("quoted nothing");
  const texts = judged.map(plain);
  const invented = list.find(
    (quote) => typeof quote !== "string" || !texts.some((text) => text.includes(plain(quote))),
  );
  if (invented !== undefined)
    throw new UnusableReply(`quoted what is not in the text: ${JSON.stringify(invented).slice(0, 80)}`);
}

/** Blanks, quotation marks and case do not make another quote. */
function plain(text: string): string {
  return text
    .replace(/[\u201c\u201d\u201e]/g, '"')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}
