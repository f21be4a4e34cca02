import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openConnectionPools } from "./pooled-fetch.ts";

const sockets = new Set<() => void>();
let tunnelled: string[] = [];
const target = createServer((_, reply) => reply.writeHead(201, { "x-many": ["a", "b"] }).end("here"));
const proxy = createServer().on("connect", (request, client, head) => {
  tunnelled.push(request.url ?? "");
  const server = connect(portOf(target), "127.0.0.1", () => {
    client.write("HTTP/1.1 200 OK\r\n\r\n");
    server.write(head);
    server.pipe(client).pipe(server);
  });
  for (const socket of [server, client]) {
    socket.on("error", () => {});
    sockets.add(() => socket.destroy());
  }
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  for (const server of [target, proxy])
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  for (const end of sockets) end();
  for (const server of [target, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

async function get(url: string, env: Record<string, string> = {}) {
  tunnelled = [];
  const pools = await openConnectionPools(2, env, new URL(url));
  try {
    return await pools.request(new URL(url), { method: "GET", headers: [], body: null, signal: null });
  } finally {
    await pools.close();
  }
}
const proxyUrl = () => `http://127.0.0.1:${portOf(proxy)}`;

describe("openConnectionPools", () => {
  it("goes through the proxy that the environment names", async () => {
    expect(await get("http://model.test/", { HTTP_PROXY: proxyUrl() })).toMatchObject({
      status: 201,
      text: "here",
    });
    expect(tunnelled).toEqual(["model.test:80"]);
  });

  it("connects directly to this machine and to hosts of NO_PROXY", async () => {
    expect(await get(`http://127.0.0.1:${portOf(target)}/`, { HTTP_PROXY: proxyUrl() })).toMatchObject({
      text: "here",
    });
    await expect(
      get("http://model.invalid/", { HTTP_PROXY: proxyUrl(), NO_PROXY: "model.invalid" }),
    ).rejects.toThrow();
    expect(tunnelled).toEqual([]);
  });

  it("gives an SDK the parts of a response that it reads", async () => {
    const url = `http://127.0.0.1:${portOf(target)}/`;
    const pools = await openConnectionPools(2, {}, new URL(url));
    const response = await pools.fetch(url);
    expect([response.status, response.ok, response.headers.get("X-Many")]).toEqual([201, true, "a, b"]);
    expect(await response.text()).toBe("here");
    await pools.close();
  });
});
