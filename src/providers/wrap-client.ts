import pLimit from "p-limit";
import type { Limits } from "../domain/config.ts";
import type { Client } from "../domain/provider.ts";
import { clientWithSend } from "./client-with-send.ts";
import { type Fallback, fallbackClient } from "./fallback-client.ts";
import { ModelLine, pacedClient } from "./paced-client.ts";
import {
  DEFAULT_RETRY,
  type RetryDependencies,
  type RetryPolicy,
  retryingClient,
} from "./retrying-client.ts";
import { timedClient } from "./timed-client.ts";

/** How to wrap a model's client, and what the wrappers need from outside. */
export interface WrapOptions extends RetryDependencies {
  readonly retry?: RetryPolicy | undefined;
  /** Deadline of one attempt, in milliseconds. Waiting for a rate limit does not count. */
  readonly timeout_ms: number;
  /**
   * The queue that is shared with other callers of the model. If it is absent, a new queue with `limits` is
   * used.
   */
  readonly line?: ModelLine | undefined;
  readonly limits?: Limits | undefined;
  /** Maximum concurrent calls of this client, including those in the queue. */
  readonly max_at_once?: number | undefined;
  readonly fallback?: Fallback | undefined;
  /** Wraps the client for each attempt, inside the rate limiter and the retries. */
  readonly around?: ((client: Client) => Client) | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

function atOnce(client: Client, limit: number): Client {
  const slot = pLimit(limit);
  return clientWithSend(client, (...call) => slot(async () => client.send(...call)));
}

/**
 * Wraps a client in all policies: each attempt has a deadline and is measured, calls respect the rate limits,
 * transient failures are retried, and a fallback model may be used.
 *
 * A client that answers synchronously (`immediate`) is returned unchanged.
 */
export function wrapClient(client: Client, options: WrapOptions): Client {
  if (client.immediate) return client;
  const timed = timedClient(client, options.timeout_ms, options.now);
  const paced = pacedClient(
    options.around?.(timed) ?? timed,
    options.line ?? new ModelLine(options.limits ?? {}, options),
    options,
  );
  const retrying = retryingClient(paced, options.retry ?? DEFAULT_RETRY, options);
  const asked = options.max_at_once === undefined ? retrying : atOnce(retrying, options.max_at_once);
  return options.fallback === undefined ? asked : fallbackClient(asked, options.fallback);
}
