import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { apiAddress } from "./sdk-address.ts";
import { askShape, HTTP_SHAPES, type RawServer, startRawServer } from "./testing/reply-shapes.ts";

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => server.close());

const resolve = createRequire(import.meta.url).resolve;
/**
 * The environment variables that the SDKs read, found in their source, so that later versions are covered too.
 */
const VARIABLES = ["openai", "@anthropic-ai/sdk"].flatMap((name) => {
  const source = readFileSync(resolve(`${name}/client.js`), "utf8");
  return [...source.matchAll(/readEnv\)?\(["'](\w+)["']/g)].map(([, variable = ""]) => variable);
});
const before = { ...process.env };
afterEach(() => {
  for (const name of VARIABLES) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

describe.each(HTTP_SHAPES)("a request of $name", (shape) => {
  it("does not depend on the environment variables that an SDK would read", async () => {
    expect(VARIABLES).toEqual(expect.arrayContaining(["OPENAI_CUSTOM_HEADERS", "ANTHROPIC_AUTH_TOKEN"]));
    server.answer = { body: JSON.stringify(shape.body("blue")) };
    await askShape(shape, server);
    const plain = server.arrived.at(-1);
    for (const name of VARIABLES) process.env[name] = "Authorization: Bearer foreign-1234567";
    await askShape(shape, server);
    expect(server.arrived.at(-1)).toEqual(plain);
    for (const name of VARIABLES) expect(process.env[name]).toContain("foreign");
  });
});

describe.each(HTTP_SHAPES.filter(({ name }) => name !== "http"))("the base_url of $name", (shape) => {
  it("keeps its query unchanged at the end of the address", async () => {
    server.answer = { body: JSON.stringify(shape.body("blue")) };
    const query = "?api-version=2024-10-21&a=x%20y&a=z";
    for (const slash of ["", "/"]) {
      const base = `${server.origin}/deployments/d`;
      await askShape(shape, server, { base_url: `${base}${slash}${query}` });
      await askShape(shape, server, { base_url: base });
      const [asked, plain] = server.arrived.slice(-2).map(({ url }) => url);
      expect(asked).toBe(`${plain}${query}`);
    }
  });
});

describe("the base_url of anthropic", () => {
  const shape = HTTP_SHAPES.find(({ name }) => name === "anthropic") as (typeof HTTP_SHAPES)[number];

  it.each(["", "/", "/v1", "/v1/", "/v1?team=a", "/gateway/v1"])(
    "leads to /v1/messages exactly once if it ends in %j",
    async (end) => {
      server.answer = { body: JSON.stringify(shape.body("blue")) };
      await askShape(shape, server, { base_url: `${server.origin}${end}` });
      const [, query = ""] = end.split("?");
      expect(server.arrived.at(-1)?.url).toBe(
        `${end.startsWith("/gateway") ? "/gateway" : ""}/v1/messages${query === "" ? "" : `?${query}`}`,
      );
    },
  );
});

describe("apiAddress", () => {
  it("reports the endpoint without the parts that may contain a key", () => {
    expect(apiAddress("https://me:secret@api.test:8443/v1/?key=secret", "/chat/completions")).toMatchObject({
      host: "api.test:8443",
      endpoint: "api.test:8443/v1/chat/completions",
    });
  });
});
