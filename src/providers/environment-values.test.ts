import { describe, expect, it } from "vitest";
import { loadConfig } from "../project/load-config.ts";
import { environmentIdentity } from "./environment-values.ts";
import { providers } from "./registry.ts";
import { fakeHost } from "./testing/fake-host.ts";

const PLACES: Readonly<Record<string, (name: string) => object>> = {
  openai: (name) => ({ model: "m", base_url: "http://127.0.0.1:9/v1", headers: { [name]: "${env:VALUE}" } }),
  anthropic: (name) => ({ model: "m", base_url: "http://127.0.0.1:9", headers: { [name]: "${env:VALUE}" } }),
  http: (name) => ({ url: "http://127.0.0.1:9/", headers: { [name]: "${env:VALUE}" } }),
  command: (name) => ({ command: ["node"], env: { [name.replaceAll("-", "_")]: "${env:VALUE}" } }),
};

async function identityWith(kind: string, name: string, value: string): Promise<unknown> {
  const provider = await providers.load(kind);
  const settings = provider?.settings.parse({ provider: kind, ...PLACES[kind]?.(name) });
  const target = await provider?.open(settings, fakeHost({ root: process.cwd(), env: { VALUE: value } }));
  await target?.client.close();
  return target?.identity;
}

describe.each(Object.keys(PLACES))("environment values for %s", (kind) => {
  it.each(["x-route", "x-tenant-id", "x-region", "x-cache-group"])(
    "are part of the identity when they are in %s",
    async (name) => {
      const [a, b, again] = [
        await identityWith(kind, name, "canary-1"),
        await identityWith(kind, name, "canary-2"),
        await identityWith(kind, name, "canary-1"),
      ];
      expect(a).not.toEqual(b);
      expect(a).toEqual(again);
      expect(JSON.stringify([a, b])).not.toContain("canary");
    },
  );

  it.each([
    "authorization",
    "x-api-key",
    "api-key",
    "Cookie",
    "x-goog-api-key",
    "x-auth-token",
    "helicone-auth",
  ])("are credentials outside of the identity when they are in %s", async (name) => {
    expect(await identityWith(kind, name, "value-1")).toEqual(await identityWith(kind, name, "value-2"));
  });
});

describe("environmentIdentity", () => {
  it("is empty when no value comes from the environment", () => {
    expect(environmentIdentity({ "x-route": "prod" }, {}, "headers")).toEqual({});
  });

  it("differs with the place of a value, not with the machine", () => {
    const of = (templates: Record<string, string>, kind: "headers" | "env" = "headers") =>
      environmentIdentity(templates, { R: "eu", HOME: "/home/a" }, kind).environment;
    expect(of({ "x-a": "${env:R}" })).not.toEqual(of({ "x-b": "${env:R}" }));
    expect(of({ "x-a": "${env:R}" })?.["x-a"]).not.toBe(of({ "x-a": "a-${env:R}" })?.["x-a"]);
    expect(of({ HOME: "${env:HOME}" }, "env")).toBeUndefined();
  });
});

describe("${env:NAME}", () => {
  const load = (text: string) =>
    loadConfig(
      {
        exists: () => true,
        read: () => Buffer.from(text),
        list: () => [],
        folders: () => [],
      } as never,
      providers,
    );

  it.each([
    ["base_url", 'models: { a: { provider: openai, model: m, base_url: "http://${env:HOST}/v1" } }'],
    ["model", 'models: { a: { provider: openai, model: "${env:MODEL}" } }'],
    ["a parameter", 'models: { a: { provider: openai, model: m, params: { user: "${env:USER}" } } }'],
    ["url", 'models: { a: { provider: http, url: "http://127.0.0.1/?k=${env:K}" } }'],
    ["body", 'models: { a: { provider: http, url: "http://127.0.0.1/", body: { k: "${env:K}" } } }'],
    ["a command", 'models: { a: { provider: command, command: [node, "${env:SCRIPT}"] } }'],
    ["a module's config", 'models: { a: { provider: module, file: a.mjs, config: { k: "${env:K}" } } }'],
    [
      "a header, misspelt",
      'models: { a: { provider: http, url: "http://127.0.0.1/", headers: { x: "${env: K}" } } }',
    ],
    [
      "a header, as in a shell",
      'models: { a: { provider: openai, model: m, headers: { x: "eu-${ROUTE}" } } }',
    ],
    ["a header, as a bare name", 'models: { a: { provider: openai, model: m, headers: { x: "$ROUTE" } } }'],
    ["an address, as in a shell", 'models: { a: { provider: http, url: "http://127.0.0.1/${ROUTE}" } }'],
    ["an env, as in a shell", 'models: { a: { provider: command, command: [node], env: { P: "${P}:x" } } }'],
    ["an env, misspelt", 'models: { a: { provider: command, command: [node], env: { X: "${ENV:K}" } } }'],
  ])("is refused in %s, with its location", async (_, text) => {
    const { problems } = await load(text);
    const found = problems.filter(({ code }) => code === "EVALS_ENV_NOT_FILLED");
    expect(found).toMatchObject([{ path: "evalconfig.yaml", line: 1, column: expect.any(Number) }]);
    expect(found[0]?.column).toBeGreaterThan(20);
  });

  it("is filled in headers and in the environment of a command", async () => {
    const { problems } = await load(
      'models: { a: { provider: http, url: "http://127.0.0.1/$5", headers: { x: "a ${env:K}", y: "$5 off" } }, b: { provider: command, command: [node], env: { X: "${env:K}" } } }',
    );
    expect(problems).toEqual([]);
  });
});
