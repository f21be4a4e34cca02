import type { FailedReply } from "../domain/provider.ts";
import { saidIn } from "./said-in-body.ts";

/** Looks a header of a reply up by its lower-case name. */
export type HeaderReader = (name: string) => string | null | undefined;

/** A reply that arrived and cannot be used. Not transient: asking again costs money and brings the same. */
export function malformedReply(message: string): FailedReply {
  return {
    kind: "failed",
    error: "malformed-reply",
    message: oneLine(message),
    transient: false,
    may_be_billed: true,
  };
}

/** What is known of a refusal for which the provider has no words but the finish reason. */
export function refusedBy(finishReason: string | null): string {
  return finishReason === null || finishReason === "refusal" ? "refused" : `refused: ${finishReason}`;
}

/** A key that is not set fails every trial alike, before anything is sent. */
export function unsetVariables(names: readonly string[]): FailedReply {
  return {
    kind: "failed",
    error: "provider",
    message: `${names.join(", ")} ${names.length === 1 ? "is" : "are"} not set in the environment or .env`,
    transient: false,
    fatal: true,
    unsent: true,
  };
}

/** The attempt was ended by its deadline (`TimeoutError` is the signal's reason) or by the run. */
export function abortedReply(signal: AbortSignal): FailedReply {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === "TimeoutError"
    ? {
        kind: "failed",
        error: "timeout",
        message: oneLine(reason.message),
        transient: true,
        may_be_billed: true,
      }
    : { kind: "failed", error: "provider", message: "cancelled", transient: false, may_be_billed: true };
}

/** Milliseconds of `1s`, `6m0s`, `20ms`, as OpenAI writes its resets; undefined for another text. */
function compoundDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text.trim()) return undefined;
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as Record<string, number>;
  return parts.reduce((sum, [, amount = "0", name = "ms"]) => sum + Number(amount) * (unit[name] ?? 0), 0);
}

/** Milliseconds until a moment that is written as seconds, a compound duration or a date. */
function waitOf(text: string, now: number): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text.trim())) return Number(text) * 1000;
  const compound = compoundDuration(text);
  if (compound !== undefined) return compound;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const RESETS = [
  ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
  ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
  ["anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"],
  ["anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"],
] as const;

/** How long until the limit that ran out is filled again; undefined when no header says which one did. */
function waitUntilReset(header: HeaderReader, now: number): number | undefined {
  const waits = RESETS.flatMap(([remaining, reset]) => {
    const text = header(remaining)?.trim() === "0" ? header(reset) : undefined;
    const wait = text ? waitOf(text, now) : undefined;
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/**
 * How long the other side asks to wait, in milliseconds: `retry-after-ms`, `retry-after` (seconds or an HTTP
 * date), else the reset of the limit that ran out.
 *
 * @param now milliseconds since the epoch, for dates
 */
export function retryAfter(header: HeaderReader, now: number): number | undefined {
  const exact = Number(header("retry-after-ms") || Number.NaN);
  if (exact >= 0) return exact;
  const after = header("retry-after");
  return (after ? waitOf(after, now) : undefined) ?? waitUntilReset(header, now);
}

/** One line without control characters, at most 300 characters. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** An HTTP reply whose status says that there is no answer. */
export interface RefusedRequest {
  readonly status: number;
  readonly header: HeaderReader;
  readonly body: string;
  /** Host and path, for the message. */
  readonly where: string;
  /** Takes keys out of what the other side said. */
  readonly redact: (text: string) => string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Where a redirection leads, without what may be a key: no user, no query. */
function leadsTo(location: string | null | undefined): string {
  const place = /^(?:https?:\/\/(?:[^/?#@]*@)?)?([^?#]*)/i.exec(location ?? "")?.[1] ?? "";
  return place === "" ? "it leads elsewhere" : `it leads to ${place}, which is not followed`;
}

/** Sorts a status outside 200–299 into the kinds of failure. */
export function failureOfStatus({ status, header, body, where, redact, now }: RefusedRequest): FailedReply {
  const said = saidIn(body);
  const { code } = said;
  const message = status >= 300 && status < 400 ? leadsTo(header("location")) : said.message;
  const failed = {
    kind: "failed",
    error: status === 429 ? "rate-limit" : "provider",
    message: oneLine(redact(`${status} from ${where}${message ? `: ${message}` : ""}`)),
  } as const;
  // No wait refills an empty purse.
  if (code === "insufficient_quota") return { ...failed, transient: false, fatal: true };
  if (status === 401 || status === 403) return { ...failed, transient: false, fatal: true };
  const transient = status === 429 || status === 408 || status === 409 || status >= 500;
  const wait = transient ? retryAfter(header, now) : undefined;
  return { ...failed, transient, ...(wait === undefined ? {} : { retry_after_ms: wait }) };
}
