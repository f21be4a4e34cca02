import type { Client, OpenTarget } from "./provider.ts";

/** For whom a call is made, and what it can cost. */
export interface CallPayer {
  /** Hash of the judge that asks; null for the target and whoever plays the person. */
  readonly judge: string | null;
  /** Whom the price is of: the model itself, or the one that steps in. */
  readonly target: Pick<OpenTarget, "label" | "price" | "most_output">;
}

/**
 * Puts something around every single attempt, retries included: it runs when the call's turn has come, before the deadline
 * begins, and sees what came back.
 */
export type AroundCalls = (client: Client, payer: CallPayer) => Client;
