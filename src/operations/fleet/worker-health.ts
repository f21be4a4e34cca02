import { createServer } from "node:http";
import { namesThisMachine } from "../../page/guard-request.ts";
import { closeServer, listenHere } from "../../page/local-server.ts";

const WORDS = {
  why: "The worker reports its health on this port.",
  fix: "Name another port, or leave --health out.",
};

/**
 * Answers every request on a port of this machine: 200 while the worker reaches its database, else 503.
 * @throws {EvalsError} EVALS_PORT_IN_USE, EVALS_PORT_REFUSED
 */
export async function openHealth(
  port: number,
  isHealthy: () => boolean,
): Promise<{ readonly close: () => Promise<void> }> {
  const server = createServer({ headersTimeout: 10_000 }, ({ headers }, response) => {
    // Refuses requests of web pages in a browser of this machine: such requests have an origin, or another host name.
    if (!namesThisMachine(headers.host) || headers.origin !== undefined) {
      response.writeHead(403).end();
      return;
    }
    const well = isHealthy();
    response
      .writeHead(well ? 200 : 503, { "content-type": "text/plain" })
      .end(well ? "working\n" : "waiting for the database\n");
  });
  await listenHere(server, port, WORDS);
  return { close: () => closeServer(server) };
}
