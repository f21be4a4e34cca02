import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface BreakableNetwork {
  /** The address of the database through this network. */
  readonly url: string;
  /** From now on, a connection that is used delivers nothing more, and neither side notices that the other ends it. */
  break(): void;
  /** Connections made from now on work again; broken ones stay silent. */
  mend(): void;
  close(): void;
}

/** A network between a client and the PostgreSQL of a URL. */
export async function breakableNetwork(url: string): Promise<BreakableNetwork> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  let isBroken = false;
  const network = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    sockets.push(client, server);
    let isCut = false;
    const carry = (from: Socket, to: Socket): void => {
      from.on("error", () => {});
      from.on("data", (bytes) => {
        isCut ||= isBroken;
        if (!isCut) to.write(bytes);
      });
      from.on("end", () => {
        isCut ||= isBroken;
        if (!isCut) to.end();
      });
    };
    carry(client, server);
    carry(server, client);
  }).listen(0, "127.0.0.1");
  await once(network, "listening");
  const through = new URL(url);
  through.port = String((network.address() as AddressInfo).port);
  return {
    url: through.href,
    break: () => {
      isBroken = true;
    },
    mend: () => {
      isBroken = false;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      network.close();
    },
  };
}
