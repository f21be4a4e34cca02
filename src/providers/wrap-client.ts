import type { Limits } from "../domain/config.ts";
import type { Client } from "../domain/provider.ts";
import { type Fallback, fallbackClient } from "./fallback-client.ts";
import { limitedClient } from "./limited-client.ts";
import { DEFAULT_RETRY, type RetryOutside, type RetryPolicy, retryingClient } from "./retrying-client.ts";
import { timedClient } from "./timed-client.ts";

/** How a model is asked, and what that needs of the outside. */
export interface WrapOptions extends RetryOutside {
  readonly retry?: RetryPolicy | undefined;
  /** Deadline of one attempt, in milliseconds; waiting for a limit is not part of it. */
  readonly timeout_ms: number;
  readonly limits?: Limits | undefined;
  readonly fallback?: Fallback | undefined;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
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
  const limited = limitedClient(timed, options.limits ?? {}, options);
  const retrying = retryingClient(limited, options.retry ?? DEFAULT_RETRY, options);
  return options.fallback === undefined ? retrying : fallbackClient(retrying, options.fallback);
}
