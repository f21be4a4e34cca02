import type { Client, OpenTarget } from "./provider.ts";

/** Who makes a call, and the target whose price determines what the call can cost at most. */
export interface CallPayer {
  /** Hash of the judge that asks; null for the target and the simulated user. */
  readonly judge: string | null;
  /** The target whose price applies: the model itself, or its fallback. */
  readonly target: Pick<OpenTarget, "label" | "price" | "most_output">;
}

/**
 * Wraps a client. The wrapped client is used for every attempt of a call, retries included. It is called when the
 * attempt leaves the queue, before the attempt's deadline starts.
 */
export type AroundCalls = (client: Client, payer: CallPayer) => Client;
