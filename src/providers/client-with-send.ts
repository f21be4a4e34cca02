import type { Client } from "../domain/provider.ts";

/** The same client with another way to send: what every wrapper changes, whatever the client is made of. */
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
