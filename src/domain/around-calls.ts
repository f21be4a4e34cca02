import type { Client, OpenTarget } from "./provider.ts";

/** Who makes a call, and the target whose price determines what the call can cost at most. */
export interface CallPayer {
  /** Hash of the judge that asks; null for the target and the simulated user. */
  readonly judge: string | null;
  /** The target whose price applies: the model itself, or its fallback. */
  readonly target: Pick<OpenTarget, "label" | "price" | "most_output">;
}

/**
 * Returns a client that wraps the given client. Every attempt of a call goes through the returned client, retries
 * included: after the attempt has left the queue, and before the attempt's deadline starts.
 */
export type AroundCalls = (client: Client, payer: CallPayer) => Client;
