import { type ExactJson, parseExactJson } from "../../domain/exact-json.ts";
import { isDeeperThan, MAX_NESTED } from "../../domain/json-depth.ts";
import type { Select } from "../../domain/suite.ts";
import { beginning, shorten } from "./brief.ts";

/**
 * The part of the answer that a scorer needs is not there. This is the model's failure, so it counts as failed and
 * not as an error.
 */
export class Unselectable {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

// Caches the last answer, because several scorers of a suite read the same answer in turn. The cached value is
// never changed.
let lastText: string | undefined;
let lastValue: ExactJson | Unselectable = null;

/** Parses the answer strictly as JSON. Numbers that a double would change are kept as written. */
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

/** Whether a JSON text is nested so deeply that a recursive walk through its value would overflow the stack. */
export function isTooDeep(text: string): boolean {
  return isDeeperThan(text, MAX_NESTED);
}

function whyNotJson(text: string, error: unknown): string {
  const start = text.trimStart();
  if (start === "") return "the answer is empty";
  if (start.startsWith("```")) return "it is in a Markdown code fence";
  const message = error instanceof Error ? error.message : "";
  if (/^(Unexpected end|Unterminated string)/.test(message)) return "it breaks off";
  const [, end] = / after JSON at position (\d+)/.exec(message) ?? [];
  if (end !== undefined) return `it is followed by ${JSON.stringify(beginning(text.slice(Number(end))))}`;
  if (!/^[{["\d-]/.test(start)) return `it starts with ${JSON.stringify(shorten(start, 20))}`;
  return message.replace(/, (\.\.\.)?".*$/s, "").replace(/ in JSON at position/, " at position");
}

/**
 * For scorers of JSON: text (the answer or a regex match) is parsed; a value found by `select: {json}` is used
 * directly, even if it is a string.
 */
export function jsonReader(settings: object): (actual: ExactJson) => ExactJson | Unselectable {
  const { select } = settings as { readonly select?: Select };
  if (select !== undefined && "json" in select) return (actual) => actual;
  return (actual) => (typeof actual === "string" ? parseAnswer(actual) : actual);
}
