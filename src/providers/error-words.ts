import { isDeeperThan, MAX_NESTED } from "../domain/json-depth.ts";
import { membersOf } from "./chat-shapes.ts";

/** What an error body says, whatever its format. */
export interface ErrorWords {
  /** Readable text: the whole body when the format is unknown, empty for an empty body. */
  readonly message: string;
  /** The first code or type that is not a number, unchanged; empty when there is none. */
  readonly code: string;
  /** All codes, including those of nested errors. */
  readonly codes: readonly string[];
}

/** Members that may hold an error text, the most informative first. */
const WORDS = [
  ...[
    "message",
    "msg",
    "error_message",
    "errorMessage",
    "error_msg",
    "errorMsg",
    "error_description",
    "Message",
  ],
  ...["status_msg", "detail", "details", "errors", "faultstring", "description", "reason", "title"],
];
/** Members that may hold a nested error. */
const INNER = ["error", "err", "fault", "exception", "innererror", "inner_error", "base_resp"];
const CODES = ["code", "type", "error_code", "errorCode", "status", "status_code", "reason"];
const DEEPEST = 5;

/** The text of an error object in any common format; undefined when it has none. */
export function wordsIn(value: unknown, depth = 0): string | undefined {
  if (depth > DEEPEST) return undefined;
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  if (Array.isArray(value)) {
    const texts = value.slice(0, 5).flatMap((one) => wordsIn(one, depth + 1) ?? []);
    return texts.length === 0 ? undefined : [...new Set(texts)].join("; ");
  }
  const members = membersOf(value);
  if (members === undefined) return undefined;
  const inner = INNER.map((name) => members[name]);
  const within = inner.flatMap((one) => (typeof one === "string" ? [] : (wordsIn(one, depth + 1) ?? [])))[0];
  const own = WORDS.flatMap((name) => wordsIn(members[name], depth + 1) ?? [])[0];
  const label = inner.find((one) => typeof one === "string" && one.trim() !== "") as string | undefined;
  const words = within ?? own;
  const place = placeOf(members.loc);
  // A gateway puts the upstream server's message in a separate member.
  const raw = membersOf(members.metadata)?.raw;
  const behind = typeof raw === "string" && raw.trim() !== "" ? `: ${raw}` : "";
  if (words === undefined) return label === undefined ? fieldsIn(members, depth) : `${label}${behind}`;
  return `${label === undefined || words.includes(label) ? "" : `${label}: `}${place}${words}${behind}`;
}

/** Formats the location in a FastAPI validation error, for instance `["body", "messages", 0]`. */
function placeOf(loc: unknown): string {
  return Array.isArray(loc) && loc.length > 0 ? `${loc.map(String).join(".")}: ` : "";
}

/**
 * The text of an object that lists errors by field, such as `{"model": ["is unknown"]}`; undefined for any other
 * object.
 */
function fieldsIn(members: Readonly<Record<string, unknown>>, depth: number): string | undefined {
  const lists = Object.entries(members).filter(([, value]) => Array.isArray(value));
  if (lists.length === 0 || lists.length < Object.keys(members).length) return undefined;
  const texts = lists.slice(0, 5).flatMap(([name, list]) => {
    const words = wordsIn(list, depth + 1);
    return words === undefined ? [] : [`${name}: ${words}`];
  });
  return texts.length === 0 ? undefined : texts.join("; ");
}

function codesIn(value: unknown, depth = 0): readonly string[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.slice(0, 5).flatMap((one) => codesIn(one, depth + 1));
  const members = membersOf(value);
  if (members === undefined) return [];
  const own = CODES.map((name) => members[name]).filter(
    (code) => typeof code === "string" || typeof code === "number",
  );
  const inner = [...INNER, "errors", "details", "detail"].flatMap((name) =>
    codesIn(members[name], depth + 1),
  );
  const outer = "error" in members && membersOf(members.error) !== undefined;
  // The nested errors come first, because they are closer to the cause.
  return outer ? [...inner, ...own.map(String)] : [...own.map(String), ...inner];
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "it contains a value that is not JSON";
  }
}

/** Extracts text and codes from a parsed error body. */
export function errorWordsOf(value: unknown): ErrorWords {
  const codes = codesIn(value);
  const message = wordsIn(value) ?? asJson(value);
  return { message, code: codes.find((code) => Number.isNaN(Number(code))) ?? "", codes };
}

/** The JSON values in the `data:` lines of an event stream; other lines are skipped. */
function eventsIn(text: string): readonly unknown[] {
  const values: unknown[] = [];
  for (const [, data = ""] of text.matchAll(/^data:[ \t]*(.*)$/gm)) {
    try {
      values.push(JSON.parse(data));
    } catch {
      // An end marker such as `[DONE]`, or plain text.
    }
  }
  return values;
}

/** The first event of a stream that reports an error; undefined when none does. */
export function errorEvent(text: string): unknown {
  return eventsIn(text).find((event) => {
    const members = membersOf(event);
    return members?.error != null || members?.type === "error" || members?.object === "error";
  });
}

export function isEventStream(text: string, contentType = ""): boolean {
  return /^text\/event-stream\b/i.test(contentType.trim()) || /^(?:data|event|id|retry):|^: /.test(text);
}

export function isWebPage(text: string): boolean {
  return /^\s*(?:<!--[\s\S]*?-->\s*)?<(?:!doctype html|html|head|body|title|h1|center)\b/i.test(
    text.slice(0, 2000),
  );
}

/** The title and first heading of an HTML page, or else its text. */
export function wordsOfPage(text: string): string {
  const start = text.slice(0, 4000);
  const plain = (part: string) =>
    part
      .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, " ")
      .replace(/<[^>]*>/g, " ")
      .replace(/&nbsp;/g, " ")
      .replace(/&lt;/g, "<")
      .replace(/&gt;/g, ">")
      .replace(/&quot;/g, '"')
      .replace(/&#39;|&apos;/g, "'")
      .replace(/&amp;/g, "&")
      .replace(/\s+/g, " ")
      .trim();
  const of = (tag: string) =>
    plain(new RegExp(`<${tag}\\b[^>]*>([\\s\\S]*?)</${tag}>`, "i").exec(start)?.[1] ?? "");
  const titles = [...new Set([of("title"), of("h1")])].filter((words) => words !== "");
  const rest = plain(start.replace(/<head\b[\s\S]*?<\/head>/i, " "));
  return titles.length > 0 ? titles.join(": ") : rest;
}

/**
 * Extracts text and codes from an error body: an error object in any common format, an event stream, an HTML page or
 * plain text.
 */
export function errorWordsIn(body: string): ErrorWords {
  if (isDeeperThan(body, MAX_NESTED)) return { message: body, code: "", codes: [] };
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    if (isEventStream(body)) {
      const event = errorEvent(body);
      if (event !== undefined) return errorWordsOf(event);
    }
    return { message: isWebPage(body) ? wordsOfPage(body) : body, code: "", codes: [] };
  }
  return errorWordsOf(value);
}
