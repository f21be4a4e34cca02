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

/** How a model is asked, and what that depends on. */
export interface WrapOptions extends RetryDependencies {
  readonly retry?: RetryPolicy | undefined;
  /** Deadline of one attempt, in milliseconds; waiting for a limit is not part of it. */
  readonly timeout_ms: number;
  /** Shared with whoever else asks the model; absent: a line of its own within `limits`. */
  readonly line?: ModelLine | undefined;
  readonly limits?: Limits | undefined;
  /** Calls of this client that may be under way at once, those in line included. */
  readonly max_at_once?: number | undefined;
  readonly fallback?: Fallback | undefined;
  /** Goes around each attempt, inside of what paces and repeats them. */
  readonly around?: ((client: Client) => Client) | undefined;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

function atOnce(client: Client, limit: number): Client {
  const slot = pLimit(limit);
  return clientWithSend(client, (...call) => slot(async () => client.send(...call)));
}

/**
 * Puts a client behind its policies: each attempt has a deadline and is measured, attempts keep to the limits,
 * transient failures are tried again, and another model may step in.
 *
 * A client that answers at once (`immediate`) is returned as it is.
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
