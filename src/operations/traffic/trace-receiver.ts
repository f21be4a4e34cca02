import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseExactJson } from "../../domain/exact-json.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import { spansOfItem } from "../../interchange/trace-items.ts";
import { namesThisMachine } from "../../page/guard-request.ts";
import { closeServer, listenHere } from "../../page/local-server.ts";
import { jsonOf, RefusedRequest, readBody } from "../../page/request-body.ts";
import { protobufSpans } from "./trace-sources.ts";
import type { TrafficIntake } from "./traffic-intake.ts";

/** An OTLP receiver on this machine. */
export interface TraceReceiver {
  readonly port: number;
  /** Closes the receiver after storing pending data. */
  close(): Promise<void>;
}

/** Maximum bytes of one request, both compressed and decompressed. */
const LARGEST_BODY = 64_000_000;
const PATH = "/v1/traces";
const WORDS = {
  why: "Exporters send their spans to this port.",
  fix: "Name another port, and set OTEL_EXPORTER_OTLP_ENDPOINT to it.",
};

/**
 * Receives spans from exporters on this machine (OTLP over HTTP, as JSON or protobuf). A request is answered after
 * its content is stored.
 *
 * @param port 0 for any free port
 * @throws {EvalsError} EVALS_PORT_IN_USE
 */
export async function receiveTraces(port: number, intake: TrafficIntake): Promise<TraceReceiver> {
  const server = createServer({ headersTimeout: 10_000 });
  await listenHere(server, port, WORDS);
  // Requests are stored one at a time, because two exporters may send spans of one trace.
  let last: Promise<unknown> = Promise.resolve();
  server.on("request", (request, response) => {
    last = last.then(() => answer(request, response, intake));
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await closeServer(server);
      await last;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  intake: TrafficIntake,
): Promise<void> {
  const isJson = /^application\/json\b/i.test(request.headers["content-type"] ?? "");
  try {
    refuseForeign(request);
    const body = await readBody(request, LARGEST_BODY);
    await take(body, isJson, intake);
    // An empty reply means that everything was accepted.
    if (isJson) send(response, 200, "application/json", "{}");
    else send(response, 200, "application/x-protobuf", "");
  } catch (error) {
    const status = error instanceof RefusedRequest ? error.status : error instanceof EvalsError ? 400 : 500;
    const message = error instanceof Error ? error.message : String(error);
    send(response, status, "application/json", JSON.stringify({ code: status, message }));
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** Refuses requests of web pages in a browser of this machine: such requests have an origin, or another host name. */
function refuseForeign({ method, url = "", headers }: IncomingMessage): void {
  if (!namesThisMachine(headers.host) || headers.origin !== undefined)
    throw new RefusedRequest(403, "Only programs of this machine may send traces to this port.");
  if (url.split("?")[0] !== PATH) throw new RefusedRequest(404, `Traces are received only at ${PATH}.`);
  if (method !== "POST") throw new RefusedRequest(405, "Traces must be sent with POST.");
  if (!/^application\/(?:json|x-protobuf)\b/i.test(headers["content-type"] ?? ""))
    throw new RefusedRequest(415, "Traces must be sent as application/json or application/x-protobuf.");
}

async function take(body: Buffer, isJson: boolean, intake: TrafficIntake): Promise<void> {
  const place = { path: PATH, line: 1 };
  const items = isJson
    ? spansOfItem(jsonOf(body, parseExactJson) as Json, place)
    : protobufSpans(body, place);
  // Everything is parsed before anything is stored, so that a rejected request leaves nothing.
  for (const item of [...items]) await intake.add(item);
  await intake.flush();
}
