import type { Price } from "../domain/config.ts";
import type { Usage } from "../domain/transcript.ts";

/**
 * US dollars of one reply; null where its tokens or their price are unknown, never 0 for unknown.
 *
 * Input that the provider's cache held or took in has its own price where one is named, else that of other input. What costs
 * nothing a token costs nothing, however many there were.
 */
export function usdOf(price: Price | null, usage: Usage): number | null {
  if (price === null) return null;
  const input = inputUsd(price, usage);
  const output = price.output === 0 ? 0 : times(price.output, usage.output_tokens);
  return input === null || output === null ? null : (input + output) / A_MILLION;
}

function inputUsd(price: Price, usage: Usage): number | null {
  const { input, cached_input = input, cache_write = input } = price;
  if (input === 0 && cached_input === 0 && cache_write === 0) return 0;
  const { input_tokens: all, cached_input_tokens: cached, cache_write_tokens: written } = usage;
  if (all === null) return null;
  const fresh = Math.max(0, all - (cached ?? 0) - (written ?? 0));
  return fresh * input + (cached ?? 0) * cached_input + (written ?? 0) * cache_write;
}

/** The most that so many tokens can cost: all input at the dearest of its prices. */
export function maxUsdOf(price: Price, inputTokens: number, outputTokens: number): number {
  const { input, cached_input = input, cache_write = input, output } = price;
  return (inputTokens * Math.max(input, cached_input, cache_write) + outputTokens * output) / A_MILLION;
}

/** What calls in a batch cost where nobody says otherwise: half. */
const BATCH_SHARE = 0.5;

/** The prices of a model's batched calls. */
export function batchPrice(price: Price | null): Price | null {
  if (price === null) return null;
  const { batch = BATCH_SHARE, input, output, cached_input, cache_write } = price;
  return {
    input: input * batch,
    output: output * batch,
    ...(cached_input === undefined ? {} : { cached_input: cached_input * batch }),
    ...(cache_write === undefined ? {} : { cache_write: cache_write * batch }),
  };
}

const times = (price: number, tokens: number | null): number | null =>
  tokens === null ? null : price * tokens;

/** Prices are those of so many tokens. */
const A_MILLION = 1_000_000;
