import type { Price } from "../domain/config.ts";
import type { AnsweredReply } from "../domain/provider.ts";
import { REPORTS_ALL, type Transcript, UNKNOWN_USAGE, unreportedBy } from "../domain/transcript.ts";
import { wellFormed } from "../domain/well-formed.ts";
import { usdOf } from "./price-usage.ts";

/**
 * A reply in its stored form. Its cost is the one that the reply reports, else the one computed from the price of the
 * model that answered; null when unknown. Its texts equal those that the store returns later, so that rescoring gives the
 * same result.
 */
export function toTranscript(reply: AnsweredReply, price: Price | null): Transcript {
  const usage = reply.usage ?? UNKNOWN_USAGE;
  const rate = reply.fallback === undefined ? price : reply.fallback.price;
  const untold = reply.untold ?? unreportedBy(reply);
  const messages = wellFormed(reply.messages ?? []);
  return {
    output: wellFormed(reply.output),
    messages,
    tool_calls:
      reply.tool_calls === undefined
        ? messages.flatMap((one) => one.tool_calls ?? [])
        : wellFormed(reply.tool_calls),
    usage,
    latency_ms: reply.latency_ms ?? null,
    cost_usd: reply.cost_usd ?? usdOf(rate, usage),
    model: wellFormed(reply.model ?? null),
    finish_reason: wellFormed(reply.finish_reason ?? null),
    refusal: wellFormed(reply.refusal ?? null),
    ...(reply.fallback === undefined ? {} : { fallback: reply.fallback.alias }),
    ...(untold === REPORTS_ALL ? {} : { untold }),
    ...(reply.trajectory === undefined ? {} : { trajectory: wellFormed(reply.trajectory) }),
  };
}
