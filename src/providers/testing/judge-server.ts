import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chatDialect } from "./dialects.ts";

/** A request as it arrived. */
export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: unknown;
  /** The input, for an API that takes no messages. */
  readonly input?: string;
}

/**
 * The server's reply: a chat reply with this text, a given JSON document, or an error status with a body.
 */
export type JudgeAnswer =
  | string
  | { readonly document: object }
  | { readonly status: number; readonly body?: object };

/** A server of chat models on this machine. A script decides what each model answers. */
export interface JudgeServer {
  readonly port: number;
  /** Every request, in the order of arrival. */
  readonly asked: ModelRequest[];
  /** The requests to one model. */
  of(model: string): readonly ModelRequest[];
  close(): Promise<void>;
}

/** @param models the script of each model, by name; `before` is the number of earlier requests to the model */
export async function judgeServer(
  models: Readonly<
    Record<string, (request: ModelRequest, before: number) => JudgeAnswer | Promise<JudgeAnswer>>
  >,
): Promise<JudgeServer> {
  const asked: ModelRequest[] = [];
  const of = (model: string) => asked.filter((one) => one.model === model);
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as ModelRequest;
      const before = of(body.model).length;
      asked.push(body);
      const answered = (await models[body.model]?.(body, before)) ?? { status: 404 };
      const [status, document] = replyOf(answered, body.model);
      reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    of,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function replyOf(answer: JudgeAnswer, model: string): [number, object] {
  if (typeof answer === "string") return [200, chatDialect.answer(answer, model)];
  if ("document" in answer) return [200, answer.document];
  return [answer.status, answer.body ?? chatDialect.error(answer.status, `scripted ${answer.status}`)];
}

/** The answer to be judged, taken from a judge's prompt. */
export function judgedAnswer({ messages }: ModelRequest): string {
  const text = messages.map((one) => one.content).join("\n");
  return /<answer-([0-9a-f]{16})>\n([\s\S]*)\n<\/answer-\1>/.exec(text)?.[2] ?? "";
}

/** The two answers that a pairwise judge is shown. */
export function pairShown({ messages }: ModelRequest): readonly [first: string, second: string] {
  const text = messages.map((one) => one.content).join("\n");
  const shown = (name: string): string =>
    new RegExp(`<${name}-answer-([0-9a-f]{16})>\\n([\\s\\S]*)\\n</${name}-answer-\\1>`).exec(text)?.[2] ?? "";
  return [shown("first"), shown("second")];
}

/** A verdict in the format that a binary judge must use. */
export function verdict(word: "pass" | "fail", reason = "because"): string {
  return JSON.stringify({ reason, verdict: word });
}
