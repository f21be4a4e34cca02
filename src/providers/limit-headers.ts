import type { LimitKind } from "../domain/reported-limit.ts";

/** The lower-case names of the headers in which a provider reports one rate limit. */
export interface LimitHeaders {
  readonly kind: LimitKind;
  /** The allowed amount. */
  readonly limit: string;
  /** What may still be used. */
  readonly remaining: string;
  /** When the limit is fully available again. */
  readonly reset: string;
}

const openai = (kind: LimitKind): LimitHeaders => ({
  kind,
  limit: `x-ratelimit-limit-${kind}`,
  remaining: `x-ratelimit-remaining-${kind}`,
  reset: `x-ratelimit-reset-${kind}`,
});

const anthropic = (kind: LimitKind): LimitHeaders => {
  const name = `anthropic-ratelimit-${kind.replace("_", "-")}`;
  return { kind, limit: `${name}-limit`, remaining: `${name}-remaining`, reset: `${name}-reset` };
};

/**
 * Rate-limit headers by provider: OpenAI, Azure, Groq and Mistral use the same names; Anthropic has names of its
 * own; gateways use the plain names and count requests. https://platform.openai.com/docs/guides/rate-limits,
 * https://docs.anthropic.com/en/api/rate-limits,
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers (version 7, one number per header).
 */
export const LIMIT_HEADERS: readonly LimitHeaders[] = [
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
