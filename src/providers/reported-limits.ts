import type { Reply } from "../domain/provider.ts";
import type { LimitKind, ReportedLimit } from "../domain/reported-limit.ts";
import { waitUntil } from "./server-refusal.ts";

/** Headers as they arrived: names in lower case. */
export interface HeaderEntries {
  entries(): Iterable<readonly [name: string, value: string]>;
  /** Whether a name holds this text in lower case: asked of every reply, so it must be quick. */
  mentions?(text: string): boolean;
}

interface Names {
  readonly kind: LimitKind;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

const openai = (kind: LimitKind): Names => ({
  kind,
  limit: `x-ratelimit-limit-${kind}`,
  remaining: `x-ratelimit-remaining-${kind}`,
  reset: `x-ratelimit-reset-${kind}`,
});

const anthropic = (kind: LimitKind): Names => {
  const name = `anthropic-ratelimit-${kind.replace("_", "-")}`;
  return { kind, limit: `${name}-limit`, remaining: `${name}-remaining`, reset: `${name}-reset` };
};

/**
 * How providers name their limits: OpenAI, Azure, Groq and Mistral alike; Anthropic; and the plain names of gateways, which
 * count requests. https://platform.openai.com/docs/guides/rate-limits, https://docs.anthropic.com/en/api/rate-limits,
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers (version 7, one number a header).
 */
export const LIMIT_HEADERS: readonly Names[] = [
  openai("requests"),
  openai("tokens"),
  anthropic("requests"),
  anthropic("tokens"),
  anthropic("input_tokens"),
  anthropic("output_tokens"),
  {
    kind: "requests",
    limit: "x-ratelimit-limit",
    remaining: "x-ratelimit-remaining",
    reset: "x-ratelimit-reset",
  },
  { kind: "requests", limit: "ratelimit-limit", remaining: "ratelimit-remaining", reset: "ratelimit-reset" },
];

const NONE: readonly ReportedLimit[] = [];
/** A reset that is further away than a day is a date that was misread, or no limit of a rate. */
const LONGEST_RESET_MS = 86_400_000;

/**
 * The limits that a reply's headers report. Azure's -1 and 0 for "no limit" are none.
 *
 * @param now milliseconds since the epoch, for resets that are dates
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

/** A number that is not below 0; null for anything else. */
function numberOf(text: string | undefined): number | null {
  if (text === undefined || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return null;
  return Number(text);
}

/** A reply with what its headers report, where they report anything. */
export function withReportedLimits(reply: Reply, headers: HeaderEntries): Reply {
  const limits = reportedLimits(headers, Date.now());
  return limits.length === 0 ? reply : { ...reply, limits };
}
