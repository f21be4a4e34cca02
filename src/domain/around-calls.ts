import type { Client, OpenTarget } from "./provider.ts";

/** The asker of a call, and the target whose price bounds the call's cost. */
export interface CallPayer {
  /** Hash of the judge that asks; null for the target and the simulated user. */
  readonly judge: string | null;
  /** The target whose price applies: the model itself, or its fallback. */
  readonly target: Pick<OpenTarget, "label" | "price" | "most_output">;
}

/**
 * Wraps a client. The wrapped client is used for every single attempt, including retries. It is called when the
 * call leaves the queue, before its deadline starts.
 */
export type AroundCalls = (client: Client, payer: CallPayer) => Client;
