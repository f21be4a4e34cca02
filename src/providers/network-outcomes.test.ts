import { createServer as createHttp, type Server } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FailedReply, Reply } from "../domain/provider.ts";
import { providers } from "./registry.ts";
import { fakeHost } from "./testing/fake-host.ts";
import { askNetworkTarget, NETWORK_TARGETS, WITHOUT_NETWORK } from "./testing/network-targets.ts";

/** Called instead of sending a request; undefined to send it. */
let transport: (() => Promise<never>) | undefined;
vi.mock("./whole-reply.ts", async (original) => {
  const { collectReply, ...others } = await original<typeof import("./whole-reply.ts")>();
  return {
    ...others,
    collectReply: (...args: Parameters<typeof collectReply>) =>
      transport === undefined ? collectReply(...args) : transport(),
  };
});

const ORIGIN = "https://model.test";
const throwing = (error: unknown) => async (): Promise<never> => {
  throw error;
};
function errorWith(members: object, cause?: unknown): Error {
  return Object.assign(new Error("some words", cause === undefined ? {} : { cause }), members);
}

const servers: { close(): void }[] = [];
beforeEach(() => {
  transport = undefined;
});
afterEach(() => {
  for (const one of servers.splice(0)) one.close();
});
async function listen(server: Server | ReturnType<typeof createServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  servers.push({
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
/** Starts a server that answers every connection with these bytes. @returns its port */
const bare = (bytes: string | Buffer) =>
  listen(
    createServer((socket) => {
      socket.once("data", () => socket.end(bytes));
    }),
  );
/** Starts a proxy that answers every CONNECT with this status. @returns its port */
const proxyOf = (status: number) =>
  listen(
    createHttp().on("connect", (_request, socket) => {
      socket.on("error", () => {});
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    }),
  );

it("covers every provider that reaches a server", () => {
  const covered = [...new Set([...NETWORK_TARGETS.map((one) => one.provider), ...WITHOUT_NETWORK])];
  expect(covered.sort()).toEqual([...providers.names].sort());
});

describe.each(NETWORK_TARGETS)("$name", (subject) => {
  const ask = (origin = ORIGIN, env: Record<string, string> = {}): Promise<Reply> =>
    askNetworkTarget(subject, origin, fakeHost({ env }));
  const failed = async (...args: Parameters<typeof ask>): Promise<FailedReply> => {
    const reply = await ask(...args);
    expect(reply.kind).toBe("failed");
    return reply as FailedReply;
  };

  it("returns a failure for any error of the transport, with a message of one line that names the host", async () => {
    const anyError = fc.oneof(
      fc.anything().filter((value) => value !== undefined),
      fc
        .record({
          code: fc.oneof(
            fc.string(),
            fc.stringMatching(/^E[A-Z]{3,12}$/),
            fc.stringMatching(/^UND_ERR_[A-Z_]{3,9}$/),
          ),
          name: fc.oneof(
            fc.constantFrom("HTTPParserError", "AbortError", "TimeoutError", "TypeError"),
            fc.string(),
          ),
          message: fc.oneof(fc.string(), fc.constantFrom("Request timed out", "wrong version number")),
        })
        .chain((members) =>
          fc
            .boolean()
            .map((nested) => errorWith(nested ? {} : members, nested ? errorWith(members) : undefined)),
        ),
    );
    await fc.assert(
      fc.asyncProperty(anyError, async (error) => {
        transport = throwing(error);
        const reply = await failed();
        expect(reply.error).toMatch(/^(provider|malformed-reply)$/);
        expect(reply.message).toContain("model.test");
        expect(reply.message).not.toContain("\n");
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /cannot be trusted.*NODE_EXTRA_CA_CERTS=/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", /cannot be trusted.*NODE_EXTRA_CA_CERTS=/],
    ["SELF_SIGNED_CERT_IN_CHAIN", /cannot be trusted.*NODE_EXTRA_CA_CERTS=/],
    ["CERT_HAS_EXPIRED", /cannot be trusted.*clock/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", /cannot be trusted.*name/],
    ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", /no TLS connection/],
  ])("does not retry %s, and says what to do", async (code, message) => {
    transport = throwing(errorWith({ code }));
    expect(await failed()).toMatchObject({
      error: "provider",
      transient: false,
      fatal: true,
      message: expect.stringMatching(message),
    });
  });

  it.each(["EMFILE", "ENFILE"])(
    "reports %s as a problem of this machine that a retry may solve",
    async (code) => {
      transport = throwing(errorWith({ code }));
      expect(await failed()).toMatchObject({
        transient: true,
        busy: true,
        message: expect.stringContaining("ulimit -n"),
      });
    },
  );

  it("reports that a port does not speak TLS, and does not retry", async () => {
    const port = await listen(createHttp((_request, reply) => reply.end("{}")));
    expect(await failed(`https://127.0.0.1:${port}`)).toMatchObject({
      transient: false,
      fatal: true,
      message: `127.0.0.1:${port}${subject.provider === "http" ? "/ask" : ""} does not speak TLS on this port: use http:// instead of https://, or its TLS port`,
    });
  });

  it("reports that a port speaks TLS only", async () => {
    const port = await bare(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]));
    expect(await failed(`http://127.0.0.1:${port}`)).toMatchObject({
      transient: false,
      fatal: true,
      message: expect.stringContaining("use https://"),
    });
  });

  it("may retry when a reply is not HTTP", async () => {
    const port = await bare("<html>Restarting</html>");
    const reply = await failed(`http://127.0.0.1:${port}`);
    expect(reply).toMatchObject({ transient: true, message: expect.stringContaining("not HTTP") });
    expect(reply.fatal).toBeUndefined();
  });

  it.each([
    [
      407,
      { transient: false, fatal: true },
      /refused to connect to model\.test.* with status 407: .*HTTPS_PROXY=http:\/\/user:password@/,
    ],
    [403, { transient: false, fatal: true }, /refused to connect to model\.test.* with status 403$/],
    [502, { transient: true, unreachable: true }, /refused to connect to model\.test.* with status 502$/],
  ])(
    "reports the status %i of a proxy as the proxy's, without its password",
    async (status, expected, message) => {
      const port = await proxyOf(status);
      const reply = await failed(ORIGIN, { HTTPS_PROXY: `http://me:hush-hush@127.0.0.1:${port}` });
      expect(reply).toMatchObject(expected);
      expect(reply.message).toMatch(message);
      expect(reply.message).toContain(`the proxy 127.0.0.1:${port} (HTTPS_PROXY)`);
      expect(reply.message).not.toContain("hush");
    },
  );

  it("names a proxy that cannot be reached or closes the connection", async () => {
    const gone = await proxyOf(200);
    for (const one of servers.splice(0)) one.close();
    const cutting = await listen(createServer((socket) => socket.once("data", () => socket.destroy())));
    for (const [port, words] of [
      [gone, "nobody answers at"],
      [cutting, "cut the connection"],
    ] as const) {
      const reply = await failed(ORIGIN, { https_proxy: `127.0.0.1:${port}` });
      expect(reply).toMatchObject({ transient: true, unreachable: true });
      expect(reply.message).toContain(words);
      expect(reply.message).toContain(`the proxy 127.0.0.1:${port} (https_proxy)`);
    }
  });

  it("refuses an invalid proxy variable before anything is sent, but only if it would be used", async () => {
    const port = await listen(createHttp((_request, reply) => reply.end("{}")));
    const env = { HTTPS_PROXY: "socks5://127.0.0.1:1", HTTP_PROXY: "::::" };
    await expect(ask(ORIGIN, env)).rejects.toMatchObject({ problems: [{ code: "EVALS_PROXY" }] });
    expect((await ask(`http://127.0.0.1:${port}`, env)).kind).toMatch(/answered|failed/);
  });
});
