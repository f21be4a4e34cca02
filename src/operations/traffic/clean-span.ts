import { createHmac } from "node:crypto";
import { exactJsonText, parseExactJson } from "../../domain/exact-json.ts";
import { ExactNumber } from "../../domain/exact-number.ts";
import type { Redaction } from "../../domain/redaction.ts";
import type { Attributes, Span } from "../../traces/span.ts";
import { TRAFFIC_NAMES } from "../../traces/traffic-names.ts";

/** Removes from spans the texts that must not be stored. Spans are cleaned before anything else is done with them. */
export interface SpanCleaner {
  readonly span: (span: Span) => Span;
  readonly text: (text: string) => string;
  /** Clears the cache of cleaned texts, to free memory. */
  readonly forget: () => void;
}

const USERS: ReadonlySet<string> = new Set(TRAFFIC_NAMES.user);
const SESSIONS: ReadonlySet<string> = new Set(TRAFFIC_NAMES.session);
/** Matches the ids that telemetry generates, which contain no personal text. */
const MADE_ID = /^[0-9a-f-]*$/i;

/**
 * The hash that is stored instead of a user's id. Within one store, an id always has the same hash. Without the
 * store's salt, the hash does not reveal the id.
 */
export function hashedUser(salt: string, id: unknown): string {
  const text = typeof id === "string" ? id : exactJsonText(id);
  return createHmac("sha256", salt).update(text).digest("hex").slice(0, 16);
}

/**
 * Makes a cleaner of spans.
 *
 * @param redaction undefined when the project redacts nothing; users are hashed anyway
 * @param salt the store's salt, for `hashedUser`
 */
export function spanCleaner(redaction: Redaction | undefined, salt: string): SpanCleaner {
  // Cleaned texts are cached: each model call contains the whole conversation, so most texts are repeated.
  const seen = new Map<string, string>();
  const text = (given: string): string => {
    if (redaction === undefined) return given;
    const known = seen.get(given);
    if (known !== undefined) return known;
    const made = redaction.text(given);
    seen.set(given, made);
    return made;
  };
  const value = (given: unknown): unknown =>
    redaction === undefined ? given : cleanValue(given, redaction, text);
  const id = (given: string): string => {
    if (MADE_ID.test(given)) return given;
    return text(given) === given ? given : hashedUser(salt, given);
  };
  const attribute = (name: string, given: unknown): unknown => {
    if (USERS.has(name)) return given === null || given === "" ? given : hashedUser(salt, given);
    return SESSIONS.has(name) && typeof given === "string" ? id(given) : value(given);
  };
  const attributes = (given: Attributes): Attributes =>
    Object.fromEntries(Object.entries(given).map(([name, one]) => [name, attribute(name, one)]));
  return {
    text,
    forget: () => seen.clear(),
    span: (span) => ({
      ...span,
      trace: id(span.trace),
      id: id(span.id),
      parent: id(span.parent),
      name: text(span.name),
      attributes: attributes(span.attributes),
      events: span.events.map((event) => ({ ...event, attributes: attributes(event.attributes) })),
      resource: attributes(span.resource),
      error: span.error === undefined ? undefined : text(span.error),
    }),
  };
}

/** Cleans every text in a value. A text that is JSON is parsed first, because its escapes hide where words begin. */
function cleanValue(given: unknown, redaction: Redaction, text: (text: string) => string): unknown {
  if (typeof given === "string") return cleanText(given, redaction, text);
  if (typeof given === "number") return redaction.value(given);
  if (given === null || typeof given !== "object" || given instanceof ExactNumber) return given;
  if (Array.isArray(given)) {
    const made = given.map((one: unknown) => cleanValue(one, redaction, text));
    return made.some((one, at) => one !== given[at]) ? made : given;
  }
  const entries = Object.entries(given);
  const made = entries.map(([key, one]) => [text(key), cleanValue(one, redaction, text)] as const);
  return made.some(([key, one], at) => key !== entries[at]?.[0] || one !== entries[at]?.[1])
    ? Object.fromEntries(made)
    : given;
}

function cleanText(given: string, redaction: Redaction, text: (text: string) => string): string {
  if (!/^\s*[[{]/.test(given)) return text(given);
  try {
    const read = parseExactJson(given);
    const made = cleanValue(read, redaction, text);
    return made === read ? given : exactJsonText(made);
  } catch {
    return text(given);
  }
}
