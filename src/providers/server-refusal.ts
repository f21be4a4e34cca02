import { membersOf } from "./chat-shapes.ts";
import type { ErrorWords } from "./error-words.ts";
import { LIMIT_HEADERS } from "./limit-headers.ts";

type Members = Readonly<Record<string, unknown>>;

/** Returns a reply header by its lower-case name. */
export type HeaderReader = (name: string) => string | null | undefined;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION =
  /(\d+(?:\.\d+)?) ?(ms|milliseconds?|h|hours?|m|min|mins|minutes?|s|sec|secs|seconds?|d|days?)(?![a-z])/gi;

/** Milliseconds of `1s`, `6m0s`, `20ms`, `1 minute 30 seconds`; undefined for other texts. */
function durationOf(text: string): number | undefined {
  const parts = [...text.matchAll(DURATION)];
  if (parts.length === 0 || text.replace(DURATION, "").trim() !== "") return undefined;
  return parts.reduce((sum, [, amount = "0", name = ""]) => {
    const unit = /^(ms|milli)/i.test(name) ? "ms" : name.charAt(0).toLowerCase();
    return sum + Number(amount) * (UNIT_MS[unit] ?? 0);
  }, 0);
}

/** Milliseconds of a text that is a number of seconds or a duration; undefined for any other text. */
function secondsOrDuration(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) * 1000 : durationOf(text);
}

/** Milliseconds until a time given as seconds, a duration or a date; undefined for any other text. */
function waitOf(text: string, now: number): number | undefined {
  const wait = secondsOrDuration(text);
  if (wait !== undefined) return wait;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * Milliseconds until a time given as seconds, a duration, a date, or seconds or milliseconds since 1970;
 * undefined for any other text.
 */
export function waitUntil(text: string, now: number): number | undefined {
  const moment = /^\d{10,13}$/.test(text.trim()) ? Number(text) : undefined;
  if (moment === undefined) return waitOf(text, now);
  return Math.max(0, (moment >= 1e12 ? moment : moment * 1000) - now);
}

/** Milliseconds until every used-up limit has reset; undefined when the headers show no used-up limit. */
function waitUntilReset(header: HeaderReader, now: number): number | undefined {
  const waits = LIMIT_HEADERS.flatMap(({ remaining, reset }) => {
    const text = header(remaining)?.trim() === "0" ? header(reset) : undefined;
    const wait = text ? waitUntil(text, now) : undefined;
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/**
 * The wait that the headers ask for, in milliseconds: `retry-after-ms`, `retry-after` (seconds or an HTTP date),
 * or else the reset of the limit that is used up. Undefined when they ask for none.
 *
 * @param now milliseconds since 1970, UTC, for dates
 */
export function retryAfter(header: HeaderReader, now: number): number | undefined {
  const exact = Number(header("retry-after-ms") || header("x-ms-retry-after-ms") || Number.NaN);
  if (exact >= 0) return exact;
  const after = header("retry-after");
  return (after ? waitOf(after, now) : undefined) ?? waitUntilReset(header, now);
}

/** The objects in an error body, innermost first. Google's OpenAI-compatible endpoint wraps the error in a list. */
function objectsOf(body: string): readonly Members[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return [];
  }
  const outer = membersOf(Array.isArray(parsed) ? parsed[0] : parsed);
  return [membersOf(outer?.error), outer].flatMap((one) => (one === undefined ? [] : [one]));
}

/**
 * The wait in a member of an error, in milliseconds: `retry_after: 3`, `retryDelay: "7.2s"`. Undefined without
 * such a member.
 */
function namedWait(members: Members): number | undefined {
  const exact = members.retry_after_ms ?? members.retryAfterMs;
  if (typeof exact === "number" && exact >= 0) return exact;
  for (const name of [
    "retryDelay",
    "retry_after",
    "retryAfter",
    "retry_after_seconds",
    "resets_in_seconds",
  ]) {
    const value = members[name];
    if (typeof value === "number" && value >= 0) return value * 1000;
    const wait = typeof value === "string" ? secondsOrDuration(value) : undefined;
    if (wait !== undefined) return wait;
  }
  return undefined;
}

/**
 * The wait in an error text such as "Please try again in 1.2s" or "retry after 20 seconds", in milliseconds;
 * undefined when it has none.
 */
function reportedWait(message: unknown): number | undefined {
  if (typeof message !== "string") return undefined;
  const words =
    /\b(?:try again|retry|wait)(?: (?:your|the) request)?,?(?: (?:in|after|for))? (?:about )?(\d[\d.]*(?: ?[a-z]+ ?\d[\d.]*){0,3} ?[a-z]+)/i.exec(
      message.slice(0, 2000),
    );
  const duration = words?.[1] ?? "";
  // Other words may follow the unit, so the longest beginning that is a valid duration is used.
  for (let text = duration; text !== ""; text = text.replace(/ ?[^ ]+$/, "")) {
    const wait = durationOf(text);
    if (wait !== undefined) return wait;
  }
  return undefined;
}

/** The wait in the upstream server's headers, which a gateway such as OpenRouter repeats in the body. */
function repeatedWait({ metadata }: Members, now: number): number | undefined {
  const headers = Object.entries(membersOf(membersOf(metadata)?.headers) ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  return headers.length === 0 ? undefined : retryAfter((name) => new Map(headers).get(name), now);
}

/**
 * The wait that the body of a refusal asks for, in milliseconds: Google's `retryDelay`, a member `retry_after`,
 * headers that a gateway repeats, or the message text. Undefined when it asks for none.
 *
 * @param now milliseconds since 1970, UTC, for dates
 */
export function waitInBody(body: string, now: number): number | undefined {
  const waits = objectsOf(body).flatMap((one) => {
    const details: readonly unknown[] = Array.isArray(one.details) ? one.details : [];
    const detailed = details.map((detail) => namedWait(membersOf(detail) ?? {}));
    return [
      namedWait(one),
      repeatedWait(one, now),
      ...detailed,
      reportedWait(one.message),
      reportedWait(one.error),
    ];
  });
  const known = waits.filter((wait) => wait !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Error codes and types for an account without credit. */
const MONEY_CODES = new Set([
  ...["insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "billing_error"],
  ...["insufficient_balance", "insufficient_credits", "insufficient_funds", "insufficient_user_quota"],
  ...[
    "credit_balance_too_low",
    "payment_required",
    "exceeded_current_quota_error",
    "arrearage",
    "accountoverdueerror",
  ],
]);
const MONEY_WORDS =
  /credit balance is too low|insufficient (credits?|balance|funds|quota)\b|(out of|run out of|no) credits\b|billing hard limit|spend(ing)? (limit|cap)|check your plan and billing|requires? more credits/i;

/**
 * Whether a refusal means that the account has no credit; then waiting does not help.
 *
 * The text alone counts only for a paid API and only without a retry time, because Google mentions billing in
 * every rate-limit error.
 */
export function isOutOfMoney(
  status: number,
  { codes, message }: Pick<ErrorWords, "codes" | "message">,
  { paidApi, wait }: { readonly paidApi: boolean; readonly wait: number | undefined },
): boolean {
  if (status === 402) return true;
  if (status < 400 || status >= 500) return false;
  if (codes.some((code) => MONEY_CODES.has(code.toLowerCase()))) return true;
  return paidApi && wait === undefined && MONEY_WORDS.test(message.slice(0, 2000));
}

/** Whether the error text says that the server is overloaded. */
export function isOverloaded(body: string): boolean {
  return /overload|at capacity|too many (concurrent )?requests|server is busy|slow down/i.test(
    body.slice(0, 4000),
  );
}

/** Whether the error text says that the request alone exceeds the rate limit, so that waiting never helps. */
export function isTooLarge(body: string): boolean {
  return /\brequest too large\b/i.test(body.slice(0, 4000));
}
