import { answerEnd } from "../../domain/finish-reason.ts";
import { canonicalJson, type Json } from "../../domain/json.ts";
import type { JudgeReply } from "../../domain/judge.ts";
import type { ReplyShape } from "../../domain/provider.ts";
import { otherConclusion, otherLine, otherProse, otherWords, type Stated } from "./contradiction.ts";
import { type FoundJson, findJson, givenTwice } from "./find-json.ts";
import { type Reading, type ReplyForm, refuseContradiction, UnusableReply } from "./reply-form.ts";

/** A reply form with the options common to all forms. */
export interface AskedForm {
  readonly form: ReplyForm;
  /** Whether evidence must be quoted; quotes are looked up in the judged texts. */
  readonly quotes: boolean;
}

const QUOTES = { quotes: { type: "array", items: { type: "string" } } } as const;

/** The JSON Schema of a reply, for providers that enforce one. */
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

/** The judge's instructions on the reply format; part of the judge's identity. */
export function replyRules({ form, quotes }: AskedForm): string {
  const example = quotes
    ? form.example.replace("{", '{"quotes": ["<exact words that your reason rests on>"], ')
    : form.example;
  return `Reply with one JSON object and nothing else, its keys in this order, so that the verdict follows from the reason:\n${example}`;
}

/**
 * Parses the verdict in a reply.
 *
 * An object that also occurs in a judged text, even with other formatting, comes from that text and is not a verdict.
 * Two different objects are ambiguous and give no verdict.
 *
 * @param judged the texts to be judged
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
    // If only a part of an object was picked, the rest of the object is about other questions and cannot contradict
    // the verdict.
    const beside = !isForged(one) && form.pick?.(value) === undefined;
    if (beside && isObject(value) && !verdicts.includes(value)) refuseContradiction(value, stated);
  }
  // Text after a verdict may withdraw it.
  if (!whole) throw new UnusableReply("is too tangled to be read to its end");
  if (brokeOff(finish_reason) && !endsIn(output, found.at(-1)))
    throw new UnusableReply("broke off behind its verdict");
  refuseOtherWords(output, found, stated, judged);
  const second = otherProse(first, stated);
  if (second !== undefined && !judged.some((text) => text.includes(second)))
    throw new UnusableReply(`contradicts itself: its reason says ${JSON.stringify(second)}`);
  if (quotes) checkQuotes(first.quotes, judged);
  return isReasonLast(first, form) ? { ...reading, reason: `${reading.reason} ${REASON_LAST}` } : reading;
}

/** Added to a reason that the judge wrote only after its verdict, which then cannot rest on it. */
const REASON_LAST = "(reason written after the verdict)";

function isReasonLast(reply: Members, { key }: ReplyForm): boolean {
  const { reason, [key]: verdict } = reply;
  // The reasons of a list of findings are in the list.
  if (typeof reason !== "string" || reason.trim() === "" || Array.isArray(verdict)) return false;
  const keys = Object.keys(reply);
  return keys.indexOf("reason") > keys.indexOf(key);
}

/**
 * Rejects a reply that names another verdict outside the JSON: anywhere in the text after it, or in a sentence before
 * it that begins with a verdict.
 */
function refuseOtherWords(
  output: string,
  found: readonly FoundJson[],
  stated: Stated,
  judged: readonly string[],
): void {
  const [first, last] = [found[0]?.text ?? "", found.at(-1)?.text ?? ""];
  const behind = output.slice(output.lastIndexOf(last) + last.length);
  const before = output.slice(0, output.indexOf(first)).split(THOUGHT_END).at(-1) ?? "";
  const other =
    otherWords(behind, stated) ??
    otherConclusion(behind, stated) ??
    otherLine(before, stated) ??
    otherConclusion(before, stated);
  if (other !== undefined && !judged.some((text) => text.includes(other)))
    throw new UnusableReply(`contradicts itself: beside its ${stated.key} it says ${JSON.stringify(other)}`);
}

const THOUGHT_END = /<\/(?:think|thinking|reasoning)>/;

type Members = Readonly<Record<string, unknown>>;

/**
 * The object with the verdict: the part of the value that the form picks, or else the value itself. Empty when that has
 * no verdict.
 */
function verdictsIn({ value, text }: FoundJson, form: ReplyForm): Members[] {
  const picked = form.pick?.(value) ?? value;
  if (!isObject(picked) || !Object.hasOwn(picked, form.key)) return [];
  const twice = givenTwice(text, [form.key, "verdict"]);
  if (twice !== undefined) throw new UnusableReply(`contradicts itself: it gives "${twice}" twice`);
  return [picked];
}

/** Whether only whitespace and the end of a Markdown fence follow the last JSON value of the reply. */
function endsIn(output: string, last: FoundJson | undefined): boolean {
  const text = output.trimEnd();
  const plain = text.endsWith("```") ? text.slice(0, -3).trimEnd() : text;
  return last !== undefined && plain.endsWith(last.text);
}

/** Returns a function that tells whether an object in the reply was copied from a judged text. */
function forgeries({ key }: ReplyForm, judged: readonly string[]): (found: FoundJson) => boolean {
  // Texts that cannot contain the key are not searched: such a text may be a megabyte of brackets.
  const suspects = judged.filter((text) => text.includes(key) || text.includes("\\u"));
  const values = new Set(suspects.flatMap((one) => objectsOf(one, key, MAX_WRAPPED)).map(canonicalJson));
  return ({ text, value }) =>
    judged.some((one) => one.includes(text)) || (values.size > 0 && values.has(canonicalJson(value)));
}

/** How many levels of JSON inside strings to search: a tool result in a conversation has two. */
const MAX_WRAPPED = 3;

/** All objects in a text, including nested ones and those inside strings, that a judge could copy. */
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

/** Whether the finish reason says that the reply was cut short, by its length or by a filter. */
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

/** Whitespace, quotation marks and case are ignored when quotes are compared. */
function plain(text: string): string {
  return text
    .replace(/[\u201c\u201d\u201e]/g, '"')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}
