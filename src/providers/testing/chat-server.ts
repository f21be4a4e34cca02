import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The replies of one chat API. */
export interface Dialect {
  /** Path of the API's only endpoint. */
  readonly path: string;
  answer(text: string, model: string): object;
  refusal(text: string, model: string): object;
  toolCall(name: string, input: object, model: string): object;
  error(status: number, message: string): object;
  /** A reply in the API's format that contains no answer. */
  readonly empty: object;
}

/** A request as it arrived. */
export interface Arrived {
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** A server for one dialect. The last user message decides its behaviour: `refuse`, `429`, `hang`, … */
export interface ChatServer {
  readonly origin: string;
  readonly arrived: Arrived[];
  close(): Promise<void>;
}

type Behaviour = (reply: ServerResponse, dialect: Dialect, model: string) => void;

function json(
  reply: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  reply.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

const failing =
  (status: number, headers?: Record<string, string>): Behaviour =>
  (reply, dialect) =>
    json(reply, status, dialect.error(status, `said ${status} about sk-secret-1234567890`), headers);

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  refuse: (reply, dialect, model) => json(reply, 200, dialect.refusal("I cannot help.", model)),
  "call a tool with a long id": (reply, dialect, model) => {
    const call = JSON.stringify(dialect.toolCall("look_up", { id: "12345678901234567891" }, model));
    reply.writeHead(200, { "content-type": "application/json" });
    reply.end(call.replace(/\\?"(\d{20})\\?"/, "$1"));
  },
  "call a tool": (reply, dialect, model) => json(reply, 200, dialect.toolCall("look_up", { id: 7 }, model)),
  "400": failing(400),
  "401": failing(401),
  "404": failing(404),
  "429": failing(429),
  "429 after 2 s": failing(429, { "retry-after": "2" }),
  "500": failing(500),
  "529": failing(529),
  "plain 502": (reply) => reply.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>"),
  cut: (reply) => reply.socket?.destroy(),
  "cut body": (reply) => {
    reply.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    reply.write('{"id": "x", ', () => reply.socket?.destroy());
  },
  "not json": (reply) => reply.writeHead(200, { "content-type": "application/json" }).end('{"id": "x", "cho'),
  empty: (reply, dialect) => json(reply, 200, dialect.empty),
  hang: () => {},
  "slow body": (reply) => reply.writeHead(200, { "content-type": "application/json" }).write('{"id": '),
};

function lastText(body: Readonly<Record<string, unknown>>): string {
  const messages = (body.messages ?? body.input) as readonly { readonly content?: unknown }[];
  return String(messages.at(-1)?.content ?? "");
}

async function readBody(request: IncomingMessage): Promise<Arrived["body"]> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return JSON.parse(text) as Arrived["body"];
}

/** Starts the server on a free port of this machine. */
export async function startChatServer(dialect: Dialect): Promise<ChatServer> {
  const arrived: Arrived[] = [];
  const server = createServer((request, reply) => {
    void readBody(request).then((body) => {
      arrived.push({ url: request.url ?? "", headers: request.headers, body });
      const model = String(body.model);
      if (request.url !== dialect.path) return json(reply, 404, dialect.error(404, `no ${request.url}`));
      const text = lastText(body);
      const behave = BEHAVIOURS[text] ?? (() => json(reply, 200, dialect.answer(`ECHO ${text}`, model)));
      return behave(reply, dialect, model);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
