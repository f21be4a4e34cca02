import type { Client, OpenTarget } from "./provider.ts";

/** What a call is made for, and its maximum cost. */
export interface CallPayer {
  /** Hash of the judge that asks; null for the target and the simulated user. */
  readonly judge: string | null;
  /** The target whose price applies: the model itself, or its fallback. */
  readonly target: Pick<OpenTarget, "label" | "price" | "most_output">;
}

/**
 * Wraps every single attempt, including retries. It runs when the call leaves the queue, before the deadline starts,
 * and receives the reply.
 */
export type AroundCalls = (client: Client, payer: CallPayer) => Client;
