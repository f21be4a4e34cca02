import * as z from "zod";
import { type ExactJson, exactJsonText, withNumbersAsText } from "../../domain/exact-json.ts";
import type { Json } from "../../domain/json.ts";
import { parseAnswer } from "./parse-answer.ts";
import { OperandMistake } from "./scorer-mistakes.ts";

/** How texts are normalized before comparison; shared by all scorers that compare text. */
export const textOptions = {
  ignore_case: z.boolean().default(false).describe("Ignore letter case, in every script"),
  trim: z.boolean().default(false).describe("Remove blanks at both ends"),
  normalize: z
    .enum(["NFC", "NFKC"])
    .optional()
    .describe("Unicode normal form in which both texts are compared"),
  whitespace: z.enum(["collapse"]).optional().describe("collapse: any run of blanks counts as one blank"),
};

export interface TextOptions {
  readonly ignore_case: boolean;
  readonly trim: boolean;
  readonly normalize?: "NFC" | "NFKC" | undefined;
  readonly whitespace?: "collapse" | undefined;
}

/** Normalizes a text. Letter case is folded in both directions, so that ß = SS and a final ς = σ. */
export function textNormalizer(options: TextOptions): (text: string) => string {
  const { ignore_case, trim, normalize, whitespace } = options;
  if (!ignore_case && !trim && normalize === undefined && whitespace === undefined) return (text) => text;
  return (text) => {
    let made = normalize === undefined ? text : text.normalize(normalize);
    if (whitespace === "collapse") made = made.replace(/\s+/g, " ");
    if (trim) made = made.trim();
    return ignore_case ? made.toLowerCase().toUpperCase() : made;
  };
}

/** A selected value as text: text unchanged, anything else as JSON. */
export function asText(value: ExactJson): string {
  return typeof value === "string" ? value : exactJsonText(value);
}

/** The value to compare with, where it must be a text to search for; numbers and booleans are converted to text. */
export function textOperand(value: Json): string {
  if (typeof value === "object") throw new OperandMistake("a text is needed", "Give a text.");
  const text = String(value);
  if (text === "")
    throw new OperandMistake("an empty text is in every answer", "Give a text that is not empty.");
  return text;
}

/** The value to compare with, where it must be a list of texts to search for; a single text counts as a list of one. */
export function textListOperand(value: Json): readonly string[] {
  const given = listInText(value);
  const list = Array.isArray(given) ? (given as readonly Json[]) : [given];
  if (list.length === 0) throw new OperandMistake("the list is empty", "Give at least one text.");
  return list.map(textOperand);
}

/** The list that a text contains as JSON, as CSV cells do; any other value unchanged. */
export function listInText(value: Json): Json {
  if (typeof value !== "string" || !value.trimStart().startsWith("[")) return value;
  const read = parseAnswer(value);
  return Array.isArray(read) ? withNumbersAsText(read) : value;
}
