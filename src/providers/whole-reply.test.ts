import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Pool from "undici/lib/dispatcher/pool.js";
import { afterEach, describe, expect, it } from "vitest";
import { CutReply, UnreadableReply } from "./network-failure.ts";
import { collectReply, ReplyHeaders } from "./whole-reply.ts";

let server: Server | undefined;
let pool: InstanceType<typeof Pool> | undefined;
afterEach(async () => {
  await pool?.destroy();
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: RequestListener, options: { maxResponseSize?: number } = {}) {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const opened = new Pool(`http://127.0.0.1:${(listening.address() as AddressInfo).port}`, {
    connections: 1,
    ...options,
  });
  pool = opened;
  return (signal: AbortSignal | null = null, body: string | null = "{}") =>
    collectReply(opened, { path: "/", method: "POST", body }, signal);
}

describe("collectReply", () => {
  it("joins the pieces of a body, in their order", async () => {
    const pieces = ["first ", "sec", "ond ", "last"];
    const ask = await serve(async (_request, reply) => {
      for (const piece of pieces) {
        reply.write(piece);
        await new Promise((next) => setTimeout(next, 5));
      }
      reply.end();
    });
    const { status, bytes } = await ask();
    expect([status, bytes.toString("utf8")]).toEqual([200, pieces.join("")]);
  });

  it("gives an empty body if there is none", async () => {
    const ask = await serve((_request, reply) => reply.writeHead(204).end());
    expect((await ask()).bytes).toHaveLength(0);
  });

  it("waits for the final reply after an interim one", async () => {
    const ask = await serve((_request, reply) => {
      reply.writeProcessing();
      reply.writeEarlyHints({ link: "</style.css>; rel=preload" });
      reply.end("the reply");
    });
    const { status, bytes, headers } = await ask();
    expect([status, bytes.toString(), headers.get("link")]).toEqual([200, "the reply", null]);
  });

  it.each([
    ["before it is sent", 0],
    ["while it waits for a connection", 1],
    ["while its reply arrives", 2],
  ] as const)("ends with the signal's reason %s, and the next call is answered", async (_when, stage) => {
    let calls = 0;
    const ask = await serve((_request, reply) => {
      calls++;
      if (calls > 1 || stage === 0) reply.end("next");
      else if (stage === 2) reply.write("half");
    });
    const controller = new AbortController();
    const reason = new Error("enough");
    const holding = stage === 1 ? ask(AbortSignal.timeout(80)).catch(() => null) : null;
    if (stage === 0) controller.abort(reason);
    const asked = ask(controller.signal).then(
      () => "answered",
      (error: unknown) => (error instanceof CutReply ? error.cause : error),
    );
    setTimeout(() => controller.abort(reason), 40);
    expect(await asked).toBe(reason);
    await holding;
    expect((await ask()).bytes.toString()).toBe("next");
  });

  it("reports a reply as cut if its connection ends early", async () => {
    const ask = await serve((_request, reply) => {
      reply.writeHead(200, { "content-length": "100" }).write("half");
      setTimeout(() => reply.destroy(), 10);
    });
    await expect(ask()).rejects.toBeInstanceOf(CutReply);
  });

  it("reads no more of a reply than the maximum size", async () => {
    const ask = await serve((_request, reply) => reply.end("x".repeat(2000)), { maxResponseSize: 1000 });
    await expect(ask()).rejects.toBeInstanceOf(UnreadableReply);
  });

  it("leaves no listener on the signal", async () => {
    const ask = await serve((_request, reply) => reply.end("fine"));
    const { signal } = new AbortController();
    const kept = new Set<unknown>();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    Object.assign(signal, {
      addEventListener: (type: string, listener: () => void) => {
        kept.add(listener);
        add(type, listener);
      },
      removeEventListener: (type: string, listener: () => void) => {
        kept.delete(listener);
        remove(type, listener);
      },
    });
    await ask(signal);
    expect(kept.size).toBe(0);
  });
});

describe("ReplyHeaders", () => {
  const headers = new ReplyHeaders(
    ["Content-Type", "text/plain", "X-Many", "a", "x-many", "b", "x-name", "J\u00fcrgen"].map((one) =>
      Buffer.from(one, "latin1"),
    ),
  );

  it("finds a header in upper or lower case, joins the values of one name and reads Latin-1", () => {
    expect(headers.get("CONTENT-type")).toBe("text/plain");
    expect(headers.get("x-many")).toBe("a, b");
    expect(headers.get("x-name")).toBe("Jürgen");
    expect([headers.get("x-none"), headers.has("x-none"), headers.has("x-many")]).toEqual([
      null,
      false,
      true,
    ]);
  });

  it("lists each name once", () => {
    expect([...headers.entries()]).toEqual([
      ["content-type", "text/plain"],
      ["x-many", "a, b"],
      ["x-name", "Jürgen"],
    ]);
  });
});
