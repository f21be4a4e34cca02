import { type ExactJson, parseExactJson } from "../../domain/exact-json.ts";
import { isDeeperThan, MAX_NESTED } from "../../domain/json-depth.ts";
import type { Select } from "../../domain/suite.ts";
import { shorten } from "./brief.ts";

/** An answer in which what a scorer asks for is not to be found: the model's failure, so a miss and no error. */
export class Unselectable {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

// Several scorers of a suite read the same answer one after the other: the last one is kept. Nobody changes it.
let lastText: string | undefined;
let lastValue: ExactJson | Unselectable = null;

/** The answer read as JSON, strictly; numbers that a double would change stay as they are written. */
export function parseAnswer(text: string): ExactJson | Unselectable {
  if (text === lastText) return lastValue;
  lastValue = parse(text);
  lastText = text;
  return lastValue;
}

function parse(text: string): ExactJson | Unselectable {
  if (isTooDeep(text)) {
    return new Unselectable(`not valid JSON: nested deeper than ${MAX_NESTED} levels`);
  }
  try {
    return parseExactJson(text);
  } catch (error) {
    return new Unselectable(`not valid JSON: ${whyNotJson(text, error)}`);
  }
}

/** Nested so deep that whoever walks the value runs out of stack. @param text of JSON */
export function isTooDeep(text: string): boolean {
  return isDeeperThan(text, MAX_NESTED);
}

function whyNotJson(text: string, error: unknown): string {
  const start = text.trimStart();
  if (start === "") return "the answer is empty";
  if (start.startsWith("```")) return "it is in a Markdown code fence";
  const message = error instanceof Error ? error.message : "";
  if (/^(Unexpected end|Unterminated string)/.test(message)) return "it breaks off";
  if (!/^[{["\d-]/.test(start)) return `it starts with ${JSON.stringify(shorten(start, 20))}`;
  return message.replace(/, (\.\.\.)?".*$/s, "").replace(/ in JSON at position/, " at position");
}

/**
 * For scorers of JSON: a text that is the answer, or that a regex took from it, is read; what `select: {json}` found is a
 * value already, even when it is a text.
 */
export function jsonReader(settings: object): (actual: ExactJson) => ExactJson | Unselectable {
  const { select } = settings as { readonly select?: Select };
  if (select !== undefined && "json" in select) return (actual) => actual;
  return (actual) => (typeof actual === "string" ? parseAnswer(actual) : actual);
}
