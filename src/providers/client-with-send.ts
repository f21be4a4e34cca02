import type { Client } from "../domain/provider.ts";

/**
 * Returns the client with another `send`. Every wrapper uses this function, so that all other members of the client
 * are kept.
 */
export function clientWithSend(client: Client, send: Client["send"]): Client {
  return {
    prepare: (question) => client.prepare(question),
    send,
    ...(client.keepsDeadline === true && { keepsDeadline: true }),
    ...(client.takesTools === true && { takesTools: true }),
    ...(client.available !== undefined && { available: client.available.bind(client) }),
    close: () => client.close(),
  };
}
