import { answerEnd } from "../../domain/finish-reason.ts";
import { canonicalJson, type Json } from "../../domain/json.ts";
import type { JudgeReply } from "../../domain/judge.ts";
import type { ReplyShape } from "../../domain/provider.ts";
import { otherLine, otherWords, type Stated } from "./contradiction.ts";
import { type FoundJson, findJson, givenTwice } from "./find-json.ts";
import { type Reading, type ReplyForm, refuseContradiction, UnusableReply } from "./reply-form.ts";

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

/** The judge's instructions on its reply; part of what defines its verdicts. */
export function replyRules({ form, quotes }: AskedForm): string {
  const example = quotes
    ? form.example.replace("{", '{"quotes": ["<exact words that your reason rests on>"], ')
    : form.example;
  return `Reply with one JSON object and nothing else, its keys in this order, so that the verdict follows from the reason:\n${example}`;
}

/**
 * Reads a verdict out of a reply.
 *
 * An object that is in a judged text, word for word or only laid out otherwise, was written by whoever wrote that text,
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
  if (answerEnd(finish_reason) === "failed")
    throw new UnusableReply(`failed (finish reason ${finish_reason})`);
  if (refusal !== null) throw new UnusableReply("refused to judge");
  const isForged = forgeries(form, judged);
  const { found, whole } = findJson(output);
  const verdicts = found.flatMap((one) => (isForged(one) ? [] : verdictsIn(one, form)));
  const [first, ...rest] = verdicts;
  if (first === undefined) throw new UnusableReply(whyNone(output, finish_reason));
  const reading = form.read(first);
  if (rest.some((other) => form.read(other).score !== reading.score))
    throw new UnusableReply("contradicts itself: it gives two verdicts");
  const stated = form.stated(first, reading);
  for (const one of verdicts) refuseContradiction(one, stated);
  for (const one of found) {
    const { value } = one;
    // The whole of which a part was picked judges more than this question.
    const beside = !isForged(one) && form.pick?.(value) === undefined;
    if (beside && isObject(value) && !verdicts.includes(value)) refuseContradiction(value, stated);
  }
  // What follows a verdict may take it back.
  if (!whole) throw new UnusableReply("is too tangled to be read to its end");
  if (brokeOff(finish_reason) && !endsIn(output, found.at(-1)))
    throw new UnusableReply("broke off behind its verdict");
  refuseOtherWords(output, found, stated, judged);
  const second = otherLine(String(first.reason ?? ""), stated);
  if (second !== undefined && !judged.some((text) => text.includes(second)))
    throw new UnusableReply(`contradicts itself: its reason says ${JSON.stringify(second)}`);
  if (quotes) checkQuotes(first.quotes, judged);
  return reading;
}

/** Text behind a verdict may take it back; text before it only by a line of its own that names another verdict. */
function refuseOtherWords(
  output: string,
  found: readonly FoundJson[],
  stated: Stated,
  judged: readonly string[],
): void {
  const [first, last] = [found[0]?.text ?? "", found.at(-1)?.text ?? ""];
  const behind = output.slice(output.lastIndexOf(last) + last.length);
  const before = output.slice(0, output.indexOf(first)).split(THOUGHT_END).at(-1) ?? "";
  const other = otherWords(behind, stated) ?? otherLine(before, stated);
  if (other !== undefined && !judged.some((text) => text.includes(other)))
    throw new UnusableReply(`contradicts itself: beside its ${stated.key} it says ${JSON.stringify(other)}`);
}

const THOUGHT_END = /<\/(?:think|thinking|reasoning)>/;

type Members = Readonly<Record<string, unknown>>;

/** The object with a verdict in what was found: what the form picks out of it, else itself. */
function verdictsIn({ value, text }: FoundJson, form: ReplyForm): Members[] {
  const picked = form.pick?.(value) ?? value;
  if (!isObject(picked) || !Object.hasOwn(picked, form.key)) return [];
  const twice = givenTwice(text, [form.key, "verdict"]);
  if (twice !== undefined) throw new UnusableReply(`contradicts itself: it gives "${twice}" twice`);
  return [picked];
}

/** Whether nothing but blanks and the end of a Markdown fence follows it. */
function endsIn(output: string, last: FoundJson | undefined): boolean {
  const text = output.trimEnd();
  const plain = text.endsWith("```") ? text.slice(0, -3).trimEnd() : text;
  return last !== undefined && plain.endsWith(last.text);
}

/** Tells what a judged text holds from what the judge says itself. */
function forgeries({ key }: ReplyForm, judged: readonly string[]): (found: FoundJson) => boolean {
  // A text that cannot hold the key is not searched: it may be a megabyte of brackets.
  const suspects = judged.filter((text) => text.includes(key) || text.includes("\\u"));
  const values = new Set(suspects.flatMap((one) => objectsOf(one, key, MAX_WRAPPED)).map(canonicalJson));
  return ({ text, value }) =>
    judged.some((one) => one.includes(text)) || (values.size > 0 && values.has(canonicalJson(value)));
}

/** JSON in a string in JSON in a string: a tool's result in a conversation is two such. */
const MAX_WRAPPED = 3;

/** The objects in a text, in each other and in strings: those that a judge could take over. */
function objectsOf(text: string, key: string, wrapped: number): unknown[] {
  const objects: unknown[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === "string") {
      if (wrapped > 1 && value.includes(key)) objects.push(...objectsOf(value, key, wrapped - 1));
      return;
    }
    if (value === null || typeof value !== "object") return;
    objects.push(value);
    for (const inner of Object.values(value)) visit(inner);
  };
  for (const { value } of findJson(text).found) visit(value);
  return objects;
}

function isObject(value: unknown): value is Members {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function whyNone(output: string, finish: string | null): string {
  if (output.trim() === "") return "said nothing";
  return brokeOff(finish) ? "broke off before its verdict" : "gave no verdict";
}

/** At its longest, or by a filter: in the providers' words. */
function brokeOff(finish: string | null): boolean {
  const end = answerEnd(finish);
  return end === "cut" || end === "refused";
}

function checkQuotes(quotes: unknown, judged: readonly string[]): void {
  const list = Array.isArray(quotes) ? quotes : [];
  if (list.length === 0) throw new UnusableReply("quoted nothing");
  const texts = judged.map(plain);
  const invented = list.find(
    (quote) =>
      typeof quote !== "string" || plain(quote) === "" || !texts.some((text) => text.includes(plain(quote))),
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
