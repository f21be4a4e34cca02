import pLimit from "p-limit";
import type { AroundCalls } from "../domain/around-calls.ts";
import { clientWithSend } from "../providers/client-with-send.ts";

/** Limits the concurrent calls of all clients that it wraps. Waiting does not count towards a deadline. */
export function sharedSlots(limit: number): AroundCalls {
  const slot = pLimit(limit);
  return (client) => clientWithSend(client, (...call) => slot(async () => client.send(...call)));
}
