import { membersOf } from "./chat-shapes.ts";
import { type ErrorWords, errorWordsIn } from "./error-words.ts";
import { LIMIT_HEADERS } from "./limit-headers.ts";

type Members = Readonly<Record<string, unknown>>;

/** Returns a reply header by its lower-case name. */
export type HeaderReader = (name: string) => string | null | undefined;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION =
  /(\d+(?:\.\d+)?) ?(ms|milliseconds?|h|hours?|m|min|mins|minutes?|s|sec|secs|seconds?|d|days?)(?![a-z])/gi;

/** The longest text that is read as a wait; a server may send any length. */
const LONGEST = 100;

/** Milliseconds of `1s`, `6m0s`, `20ms`, `1 minute 30 seconds`; undefined for other texts. */
function durationOf(text: string): number | undefined {
  if (text.length > LONGEST) return undefined;
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
  if (text.length > LONGEST) return undefined;
  const wait = secondsOrDuration(text);
  if (wait !== undefined) return wait;
  // `Date.parse` also takes `-1` and `5, 7` for dates.
  const date = /[a-z]{3}|^\s*\d{4}-\d\d-\d\d/i.test(text) ? Date.parse(text) : Number.NaN;
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
 * The wait that the headers ask for, in milliseconds: `retry-after-ms`, `retry-after` (seconds, a duration or a moment),
 * or else the reset of the limit that is used up. Undefined when they ask for none.
 *
 * @param now milliseconds since 1970, UTC, for dates
 */
export function retryAfter(header: HeaderReader, now: number): number | undefined {
  const exact = Number(header("retry-after-ms") || header("x-ms-retry-after-ms") || Number.NaN);
  if (exact >= 0) return exact;
  for (const name of ["retry-after", "x-retry-after", "x-ratelimit-retry-after"]) {
    const after = header(name);
    const wait = after ? longestWait(after, now) : undefined;
    if (wait !== undefined) return wait;
  }
  return waitUntilReset(header, now) ?? waitInPolicies(header("ratelimit") ?? "", now);
}

/** The wait in a header; the longest one of a header that was sent several times (`5, 7`). */
function longestWait(text: string, now: number): number | undefined {
  const whole = waitUntil(text, now);
  if (whole !== undefined) return whole;
  const waits = text.split(",").flatMap((part) => waitUntil(part, now) ?? []);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/**
 * Milliseconds until the used-up policies of a `RateLimit` header have reset: `"minute";r=0;t=8`, or the older
 * `limit=100, remaining=0, reset=8`. Undefined when no policy is used up.
 */
function waitInPolicies(text: string, now: number): number | undefined {
  const policies = /\br\s*=/.test(text) ? text.split(",") : [text];
  const waits = policies.flatMap((policy) => {
    const [, reset = ""] = /\b(?:t|reset)\s*=\s*(\d+)/.exec(policy) ?? [];
    return /\b(?:r|remaining)\s*=\s*0\b/.test(policy) ? (waitUntil(reset, now) ?? []) : [];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** How many levels of an error body are searched for a wait. */
const DEEPEST = 4;
/** Members in which the objects of an error body are: Google puts its wait into `error.details[].metadata`. */
const INNER = ["error", "errors", "detail", "details", "metadata", "data", "cause"];

/** The objects in an error body. Google's OpenAI-compatible endpoint wraps the error in a list. */
function objectsIn(value: unknown, depth = 0): readonly Members[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.slice(0, 20).flatMap((one) => objectsIn(one, depth + 1));
  const members = membersOf(value);
  return members === undefined
    ? []
    : [members, ...INNER.flatMap((name) => objectsIn(members[name], depth + 1))];
}

function objectsOfBody(body: string): readonly Members[] {
  try {
    return objectsIn(JSON.parse(body));
  } catch {
    return [];
  }
}

/** Names of members with a wait, in any spelling: `retryDelay`, `retry_after_seconds`, `Retry-After`, `wait_ms`. */
const WAIT =
  /^(?:retry(?:after|delay|in)|wait(?:time|for)?|estimatedtime|(?:quota)?reset(?:s)?(?:after|delay|in))(sec(?:ond)?s?|s|ms|millis(?:econds)?|milliseconds)?$/;
/** Names of members with the moment at which the limit resets. */
const MOMENT = /^(?:(?:quota)?resets?(?:at|time|timestamp)|retry(?:at|time))$/;

/** The longest wait that the members of an error name, in milliseconds; undefined when they name none. */
function namedWait(members: Members, now: number): number | undefined {
  const waits = Object.entries(members).flatMap(([key, value]) => {
    if (typeof value !== "number" && typeof value !== "string") return [];
    const name = key.toLowerCase().replace(/[^a-z]/g, "");
    if (MOMENT.test(name)) return waitUntil(String(value), now) ?? [];
    const found = WAIT.exec(name);
    if (found === null) return [];
    const unit = /^m/.test(found[1] ?? "") ? 1 : 1000;
    const plain = Number(value);
    // A whole number of ten digits and more is a moment and no wait.
    if (String(value).trim() !== "" && plain >= 0 && plain < 1e9) return plain * unit;
    return (typeof value === "string" ? durationOf(value) : undefined) ?? waitUntil(String(value), now) ?? [];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/**
 * The wait in an error text such as "Please try again in 1.2s", "retry after 20 seconds", "Retry-After: 30" or "try
 * again at 2026-01-01T00:00:08Z", in milliseconds; undefined when it has none.
 */
function reportedWait(message: string, now: number): number | undefined {
  const text = message
    .slice(0, 2000)
    .replace(/\b(in|after|for|wait) (?:a|one) (?=second|minute|hour)/gi, "$1 1 ");
  const words =
    /\b(?:try again|retry(?:ing)?|wait|available(?: again)?|resets?)(?: (?:your|the) request)?,?(?: (?:in|after|for))? (?:about )?(\d[\d.]*(?: ?[a-z]+ ?\d[\d.]*){0,3} ?[a-z]+)/i.exec(
      text,
    );
  const duration = words?.[1] ?? "";
  // Other words may follow the unit, so the longest beginning that is a valid duration is used.
  for (let part = duration; part !== ""; part = part.replace(/ ?[^ ]+$/, "")) {
    const wait = durationOf(part);
    if (wait !== undefined) return wait;
  }
  const [, moment] =
    /\b(?:try again|retry|resets?|available(?: again)?) (?:at|after|on) (\d{4}-\d\d-\d\d[T ][\d:.]+ ?(?:Z|UTC|[+-]\d\d:?\d\d))/i.exec(
      text,
    ) ?? [];
  if (moment !== undefined) return waitOf(moment, now);
  const [, seconds] =
    /\bretry[-_ ]?after["']? ?[:=]? ?["']?(\d+(?:\.\d+)?)(?![\w.]| ?[a-z%])/i.exec(text) ?? [];
  return seconds === undefined ? undefined : waitUntil(seconds, now);
}

/** The wait in the upstream server's headers, which a gateway such as OpenRouter repeats in the body. */
function repeatedWait({ metadata }: Members, now: number): number | undefined {
  const headers = Object.entries(membersOf(membersOf(metadata)?.headers) ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  return headers.length === 0 ? undefined : retryAfter((name) => new Map(headers).get(name), now);
}

/**
 * The wait that the body of a refusal asks for, in milliseconds: Google's `retryDelay`, a member like `retry_after` or
 * `reset_at`, headers that a gateway repeats, or the error's text. Undefined when it asks for none.
 *
 * @param now milliseconds since 1970, UTC, for dates
 */
export function waitInBody(body: string, now: number): number | undefined {
  const waits = objectsOfBody(body).flatMap((one) => [namedWait(one, now), repeatedWait(one, now)]);
  waits.push(reportedWait(errorWordsIn(body).message, now));
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
  return /overload|at capacity|too many (?:concurrent |simultaneous |parallel )?(?:requests|connections)|\bbusy\b|slow down|(?:currently|still) loading|warming up|queue is full|no (?:free|available) (?:slot|worker)/i.test(
    body.slice(0, 4000),
  );
}

/** Whether the error text says that the request alone exceeds the rate limit, so that waiting never helps. */
export function isTooLarge(body: string): boolean {
  return /\brequest too large\b/i.test(body.slice(0, 4000));
}

/** Whether the error text says that the limit of a day is used up, and speaks of no shorter limit. */
export function isDaily(message: string): boolean {
  const text = message.slice(0, 2000);
  return (
    /\b(?:(?:per|a) (?:calendar )?day|daily|24 hours|[RT]PD)\b/i.test(text) &&
    !/\b(?:(?:per|a) (?:minute|second|hour)|hourly|[RT]P[MS])\b/i.test(text)
  );
}
