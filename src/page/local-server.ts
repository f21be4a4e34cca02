import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EvalsError } from "../domain/problem.ts";
import { guardRequest } from "./guard-request.ts";
import { jsonOf, RefusedRequest, readBody } from "./request-body.ts";

/** A reply of a page's server: a page, a value to send as JSON, text that is JSON already, or a stream of events. */
export type Reply =
  | { readonly kind: "page"; readonly html: string; readonly policy: string }
  | { readonly kind: "json"; readonly status: number; readonly value: unknown }
  | { readonly kind: "written"; readonly json: string }
  | {
      readonly kind: "events";
      /** Starts sending; the returned function is called when the page has closed. */
      readonly begin: (send: (name: string, json: string) => void) => () => void;
    };

/**
 * Answers one request that the guard has allowed.
 *
 * @param body of a POST, parsed; undefined for a GET
 * @param gone aborted when the client has closed the connection
 */
export type Answer = (
  method: string,
  path: string,
  body: unknown,
  gone: AbortSignal,
) => Reply | Promise<Reply>;

export interface LocalServer {
  readonly port: number;
  /** Address of the page, including the token. */
  readonly url: string;
  /** Closes the server when the pending replies are sent, at the latest after half a second. */
  close(): Promise<void>;
}

/** Maximum size of a request body, in bytes. */
const LARGEST_BODY = 1 << 20;
/** Time limit for receiving a request, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Serves one page to this machine only: 127.0.0.1, with a token in every address.
 *
 * @param port 0 for any free port
 * @throws {EvalsError} EVALS_PORT_IN_USE
 */
export async function startLocalServer(
  { port, token }: { readonly port: number; readonly token: string },
  answer: Answer,
): Promise<LocalServer> {
  const server = createServer({ requestTimeout: PATIENCE, headersTimeout: PATIENCE });
  await listenHere(server, port, PAGE_WORDS);
  const address = { port: (server.address() as AddressInfo).port, token };
  server.on("request", (request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    respond(request, address, (...asked) => answer(...asked, gone.signal)).then(
      (reply) => send(response, reply),
      (error) => send(response, refusal(error)),
    );
  });
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}/${token}/`,
    close: () => closeServer(server),
  };
}

const PAGE_WORDS = {
  why: "The page is served on a port of this machine.",
  fix: "Leave --port out to use any free port, or name another port.",
};

/**
 * Listens on this machine only.
 *
 * @param words the parts `why` and `fix` of the error message: the purpose of the port, and how to choose another
 * @throws {EvalsError} EVALS_PORT_IN_USE, EVALS_PORT_REFUSED
 */
export function listenHere(
  server: Server,
  port: number,
  words: { readonly why: string; readonly fix: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenProblem(error, port, words)));
    server.listen(port, "127.0.0.1", resolve);
  });
}

function listenProblem(
  error: NodeJS.ErrnoException,
  port: number,
  words: { readonly why: string; readonly fix: string },
): Error {
  const refusedByUser = error.code === "EACCES";
  if (error.code !== "EADDRINUSE" && !refusedByUser) return error;
  return new EvalsError(
    {
      code: refusedByUser ? "EVALS_PORT_REFUSED" : "EVALS_PORT_IN_USE",
      what: refusedByUser
        ? `This user has no permission to open port ${port}.`
        : `Port ${port} is in use by another program.`,
      ...words,
    },
    { cause: error },
  );
}

/**
 * Closes a server. Connections that are still open after half a second are cut, because they would keep the program
 * running.
 */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), 500);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function respond(
  request: IncomingMessage,
  address: { readonly port: number; readonly token: string },
  answer: (method: string, path: string, body: unknown) => Reply | Promise<Reply>,
): Promise<Reply> {
  const { method = "", url = "", headers } = request;
  const guarded = guardRequest(
    { method, url, host: headers.host, origin: headers.origin, contentType: headers["content-type"] },
    address,
  );
  if (guarded.kind === "refused") throw new RefusedRequest(guarded.status, guarded.why);
  return answer(
    method,
    guarded.path,
    method === "POST" ? jsonOf(await readBody(request, LARGEST_BODY)) : undefined,
  );
}

function refusal(error: unknown): Reply {
  if (error instanceof RefusedRequest)
    return { kind: "json", status: error.status, value: { error: error.message } };
  return {
    kind: "json",
    status: 500,
    value: { error: error instanceof Error ? error.message : String(error) },
  };
}

/** Security headers: no framing, caching, content sniffing or referrer, and nothing may be loaded. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  connection: "close",
};

function send(response: ServerResponse, reply: Reply): void {
  if (reply.kind === "page") {
    const type = { "content-type": "text/html; charset=utf-8", "content-security-policy": reply.policy };
    response.writeHead(200, { ...HEADERS, ...type }).end(reply.html);
    return;
  }
  if (reply.kind === "events") {
    sendEvents(response, reply.begin);
    return;
  }
  const type = { "content-type": "application/json; charset=utf-8" };
  const [status, text] =
    reply.kind === "written" ? [200, reply.json] : [reply.status, JSON.stringify(reply.value)];
  response.writeHead(status, { ...HEADERS, ...type }).end(text);
}

function sendEvents(response: ServerResponse, begin: (Reply & { kind: "events" })["begin"]): void {
  response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream; charset=utf-8" });
  response.write(": it begins\n\n");
  const end = begin((name, json) => {
    if (response.writable) response.write(`event: ${name}\ndata: ${json}\n\n`);
  });
  response.once("close", end);
}
