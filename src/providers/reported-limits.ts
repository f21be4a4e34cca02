import type { Reply } from "../domain/provider.ts";
import type { ReportedLimit } from "../domain/reported-limit.ts";
import { LIMIT_HEADERS } from "./limit-headers.ts";
import { waitUntil } from "./server-refusal.ts";

/** Headers as received, with lower-case names. */
export interface HeaderEntries {
  entries(): Iterable<readonly [name: string, value: string]>;
  /** Whether any header name contains this lower-case text. Called for every reply, so it must be fast. */
  mentions?(text: string): boolean;
}

const NONE: readonly ReportedLimit[] = [];
/**
 * The longest time until a reset that is believed, in milliseconds. A later reset is a misread date, or does not
 * belong to a rate limit.
 */
const LONGEST_RESET_MS = 86_400_000;

/**
 * The rate limits in a reply's headers. A limit of -1 or 0 means "no limit" at Azure and is skipped.
 *
 * @param now milliseconds since 1970, UTC, for resets given as dates
 */
export function reportedLimits(headers: HeaderEntries, now: number): readonly ReportedLimit[] {
  if (headers.mentions?.("ratelimit") === false) return NONE;
  const values = new Map<string, string>();
  for (const [name, value] of headers.entries()) values.set(name, value);
  const limits: ReportedLimit[] = [];
  for (const names of LIMIT_HEADERS) {
    const remaining = numberOf(values.get(names.remaining));
    if (remaining === null) continue;
    const limit = numberOf(values.get(names.limit));
    if (limit !== null && limit <= 0) continue;
    const reset_ms = waitUntil(values.get(names.reset) ?? "", now);
    if (reset_ms === undefined || reset_ms > LONGEST_RESET_MS) continue;
    limits.push({ kind: names.kind, limit, remaining, reset_ms });
  }
  return limits;
}

/** A number of at least 0; null for anything else. */
function numberOf(text: string | undefined): number | null {
  if (text === undefined || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return null;
  return Number(text);
}

/** Adds the reported rate limits to a reply, if there are any. */
export function withReportedLimits(reply: Reply, headers: HeaderEntries): Reply {
  const limits = reportedLimits(headers, Date.now());
  return limits.length === 0 ? reply : { ...reply, limits };
}
