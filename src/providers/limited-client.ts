import pLimit from "p-limit";
import type { Limits } from "../domain/config.ts";
import type { Client, PreparedRequest, Reply } from "../domain/provider.ts";
import { tokensOf } from "../domain/transcript.ts";
import { clientWithSend } from "./client-with-send.ts";
import { abortedReply } from "./failed-reply.ts";
import type { Sleep } from "./retrying-client.ts";

/**
 * A bucket that fills steadily. Whoever takes more than is in it is told how long to wait, and goes into debt, so
 * that the next one waits longer: first come, first served, without a queue.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  readonly #now: () => number;
  #level: number;
  #filledAt: number;

  /** @param burst how much may be taken at once after a rest */
  constructor(perMinute: number, burst: number, now: () => number) {
    this.#perMs = perMinute / 60_000;
    this.#capacity = burst;
    this.#level = burst;
    this.#now = now;
    this.#filledAt = now();
  }

  #fill(): void {
    const at = this.#now();
    this.#level = Math.min(this.#capacity, this.#level + (at - this.#filledAt) * this.#perMs);
    this.#filledAt = at;
  }

  /** @returns milliseconds until what was taken is there */
  take(amount: number): number {
    this.#fill();
    // More than fits would never be there: such a request waits for a full bucket.
    const missing = Math.min(amount, this.#capacity) - this.#level;
    this.#level -= amount;
    return Math.max(0, missing / this.#perMs);
  }

  /** Puts back what was not needed; takes more when the amount is negative. */
  giveBack(amount: number): void {
    this.#fill();
    this.#level = Math.min(this.#capacity, this.#level + amount);
  }
}

/** A request's tokens before its reply says how many they were: four characters each, and as many again back. */
function guessTokens(request: PreparedRequest): number {
  return Math.ceil(JSON.stringify(request).length / 2);
}

/** Keeps a running mean of what requests cost, and guesses the first from its length. */
class TokenForecast {
  #mean: number | undefined;

  next(request: PreparedRequest): number {
    return this.#mean ?? guessTokens(request);
  }

  learn(tokens: number): void {
    this.#mean = this.#mean === undefined ? tokens : this.#mean * 0.9 + tokens * 0.1;
  }
}

function tokensUsed({ kind, usage }: Reply): number | undefined {
  const tokens = usage === undefined ? null : tokensOf(usage);
  return tokens ?? (kind === "failed" ? 0 : undefined);
}

/**
 * Keeps a model within its limits: requests in flight, requests and tokens a minute. Waiting is not part of any
 * deadline, so this goes around the timed client.
 *
 * A second's worth of requests and ten seconds' worth of tokens may go at once.
 */
export function limitedClient(
  client: Client,
  limits: Limits,
  outside: { readonly now: () => number; readonly sleep: Sleep },
): Client {
  const { concurrency, requests_per_minute: requests, tokens_per_minute: tokens } = limits;
  if (concurrency === undefined && requests === undefined && tokens === undefined) return client;
  const slot = concurrency === undefined ? null : pLimit(concurrency);
  const requestBucket =
    requests === undefined ? null : new TokenBucket(requests, Math.max(1, requests / 60), outside.now);
  const tokenBucket =
    tokens === undefined ? null : new TokenBucket(tokens, Math.max(1, tokens / 6), outside.now);
  const forecast = new TokenForecast();

  const attempt: Client["send"] = async (request, question, trial, signal) => {
    const expected = tokenBucket === null ? 0 : forecast.next(request);
    const wait = Math.max(requestBucket?.take(1) ?? 0, tokenBucket?.take(expected) ?? 0);
    if (wait > 0 && !signal.aborted) {
      await outside.sleep(wait, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    if (signal.aborted) return { ...abortedReply(signal), unsent: true };
    const reply = await client.send(request, question, trial, signal);
    if (tokenBucket !== null) {
      const used = tokensUsed(reply);
      if (used !== undefined) tokenBucket.giveBack(expected - used);
      if (used !== undefined && used > 0) forecast.learn(used);
    }
    return reply;
  };
  return clientWithSend(client, slot === null ? attempt : (...call) => slot(() => attempt(...call)));
}
