import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chatDialect } from "./dialects.ts";

/** A server of one chat model on this machine, whose answers are decided by a test. */
export interface ModelServer {
  readonly port: number;
  /** The last user message of each request, in the order of arrival. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** @param answer gets the last user message and the number of earlier requests */
export async function modelServer(
  answer: (text: string, before: number) => string | Promise<string>,
): Promise<ModelServer> {
  const asked: string[] = [];
  const server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const { messages, model } = JSON.parse(Buffer.concat(chunks).toString());
      const text = String(messages.at(-1).content);
      asked.push(text);
      const content = await answer(text, asked.length - 1);
      reply.writeHead(200, { "content-type": "application/json" });
      reply.end(JSON.stringify(chatDialect.answer(content, model)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
