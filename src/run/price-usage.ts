import type { Price } from "../domain/config.ts";
import type { Usage } from "../domain/transcript.ts";

/**
 * Cost of one reply in US dollars. It is null, never 0, when its tokens or price are unknown.
 *
 * Tokens read from or written to the provider's cache have their own price if given, else the input price. A price of
 * 0 gives 0 even if the tokens are unknown.
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

/** The maximum cost of this many tokens: all input at the highest of its prices. */
export function maxUsdOf(price: Price, inputTokens: number, outputTokens: number): number {
  const { input, cached_input = input, cache_write = input, output } = price;
  return (inputTokens * Math.max(input, cached_input, cache_write) + outputTokens * output) / A_MILLION;
}

/** Default price of a call in a batch, as a share of the price of a single call. */
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

/** Prices are per this many tokens. */
const A_MILLION = 1_000_000;
