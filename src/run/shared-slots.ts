import pLimit from "p-limit";
import type { AroundCalls } from "../domain/around-calls.ts";
import { clientWithSend } from "../providers/client-with-send.ts";

/** At most so many calls at once, of all clients that it is put around. Waiting is part of no deadline. */
export function sharedSlots(limit: number): AroundCalls {
  const slot = pLimit(limit);
  return (client) => clientWithSend(client, (...call) => slot(async () => client.send(...call)));
}
