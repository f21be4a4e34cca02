import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { retryAfter, waitInBody } from "./server-refusal.ts";
import { fakeHost } from "./testing/fake-host.ts";
import { askNetworkTarget, NETWORK_TARGETS } from "./testing/network-targets.ts";

interface Refusal {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

let refusal: Refusal = { status: 500, body: {} };
const server = createServer((request, reply) => {
  request.resume().on("end", () => {
    const { status, body, headers } = refusal;
    reply.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
});
let origin: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const google = (retryDelay: string) => ({
  code: 429,
  message: "You exceeded your current quota, please check your plan and billing details.",
  status: "RESOURCE_EXHAUSTED",
  details: [{ "@type": "google.rpc.Help" }, { "@type": "google.rpc.RetryInfo", retryDelay }],
});

describe.each(NETWORK_TARGETS)("$name", (subject) => {
  const ask = (given: Refusal) => {
    refusal = given;
    return askNetworkTarget(subject, origin, fakeHost());
  };

  it.each<[string, Refusal]>([
    ["402", { status: 402, body: { error: { message: "Insufficient credits.", code: 402 } } }],
    ["402 without words", { status: 402, body: "" }],
    ["a used-up quota", { status: 429, body: { error: { message: "m", type: "insufficient_quota" } } }],
    [
      "a billing limit",
      { status: 400, body: { error: { message: "m", code: "billing_hard_limit_reached" } } },
    ],
    ["a balance of 0", { status: 403, body: { code: "Arrearage", message: "Access denied" } }],
  ])("reads from %s that the account has no money, and does not retry", async (_, given) => {
    expect(await ask(given)).toMatchObject({ transient: false, fatal: true, closed: "no-money" });
  });

  it.each<[string, Refusal, number | undefined]>([
    ["seconds", { status: 429, body: {}, headers: { "retry-after": "3" } }, 3000],
    ["milliseconds", { status: 503, body: {}, headers: { "retry-after-ms": "250" } }, 250],
    [
      "a reset",
      { status: 429, body: {}, headers: { "ratelimit-remaining": "0", "ratelimit-reset": "4" } },
      4000,
    ],
    ["details", { status: 429, body: { error: google("7.2s") } }, 7200],
    ["details in a list", { status: 429, body: [{ error: google("31s") }] }, 31_000],
    ["a member", { status: 529, body: { error: { message: "m", retry_after: 2 } } }, 2000],
    [
      "words",
      { status: 429, body: { error: { message: "Limit. Please try again in 1m0.5s. More: x" } } },
      60_500,
    ],
    [
      "the longer of two",
      { status: 429, body: { error: { message: "try again in 9s" } }, headers: { "retry-after": "1" } },
      9000,
    ],
    ["nothing", { status: 429, body: { error: { message: "Too many requests" } } }, undefined],
  ])("reads the retry time from %s", async (_, given, wait) => {
    const reply = await ask(given);
    expect(reply).toMatchObject({ kind: "failed", transient: true, busy: true });
    expect("retry_after_ms" in reply ? reply.retry_after_ms : undefined).toBe(wait);
    expect(reply).not.toHaveProperty("closed");
  });

  it.each([
    ["You exceeded 200 requests per day.", true],
    ["Your daily quota is used up", true],
    ["Limits: 10 requests per minute, 200 per day", false],
    ["Have a nice day", false],
    ["200 requests per day. Try again in 3 s", false],
  ])("gives up at %j: %s", async (message, closes) => {
    const reply = await ask({ status: 429, body: { error: { message } } });
    expect("closed" in reply ? reply.closed : undefined).toBe(closes ? "long-wait" : undefined);
  });

  it("does not retry a request that is larger than the limit", async () => {
    const message = "Request too large for m on tokens per min (TPM): Limit 30000, Requested 40000.";
    expect(await ask({ status: 429, body: { error: { message } } })).toMatchObject({ transient: false });
  });

  it("does not treat a plain 500 or 503 as a lack of capacity", async () => {
    for (const status of [500, 502, 503, 504]) {
      const reply = await ask({ status, body: "down" });
      expect(reply).toMatchObject({ transient: true });
      expect(reply).not.toHaveProperty("busy");
      expect("may_be_busy" in reply).toBe(status === 503);
    }
    for (const body of ["The model is overloaded", { error: "busy" }, { error: "Too many connections" }])
      expect(await ask({ status: 503, body })).toMatchObject({ busy: true });
    const loading = { error: "Model m is currently loading", estimated_time: 20.5 };
    expect(await ask({ status: 503, body: loading })).toMatchObject({ busy: true, retry_after_ms: 20_500 });
  });
});

describe("an error text about money", () => {
  const text = {
    status: 400,
    body: { error: { message: "Your credit balance is too low to access the API." } },
  };

  it.each(NETWORK_TARGETS.filter((one) => one.provider !== "http"))(
    "counts if it comes from $name",
    async (subject) => {
      refusal = text;
      expect(await askNetworkTarget(subject, origin, fakeHost())).toMatchObject({ closed: "no-money" });
    },
  );

  it("does not count if it comes from the user's own application, which may mean its customers' money", async () => {
    refusal = text;
    for (const subject of NETWORK_TARGETS.filter((one) => one.provider === "http"))
      expect(await askNetworkTarget(subject, origin, fakeHost())).not.toHaveProperty("closed");
  });
});

describe("retryAfter", () => {
  const now = Date.UTC(2026, 0, 1);
  it.each<[Record<string, string>, number | undefined]>([
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:08 GMT" }, 8000],
    [{ "retry-after": "2026-01-01T00:00:08Z" }, 8000],
    [{ "retry-after": String(now / 1000 + 8) }, 8000],
    [{ "retry-after": String(now + 8000) }, 8000],
    [{ "retry-after": "5s" }, 5000],
    [{ "retry-after": "5, 7" }, 7000],
    [{ "retry-after": "-1" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "x-retry-after": "8" }, 8000],
    [{ "x-ratelimit-retry-after": "8" }, 8000],
    [{ ratelimit: '"minute";r=0;t=8, "day";r=9;t=4000' }, 8000],
    [{ ratelimit: "limit=100, remaining=0, reset=8" }, 8000],
    [{ ratelimit: "limit=100, remaining=10, reset=8" }, undefined],
  ])("reads %j", (headers, wait) => {
    expect(retryAfter((name) => headers[name], now)).toBe(wait);
  });
});

describe("waitInBody", () => {
  it.each([
    ["1".repeat(300_000)],
    [`${"1".repeat(300_000)}x`],
    ["1.1 ".repeat(80_000)],
    [" ".repeat(300_000)],
  ])("reads no wait of any length, and without delay", (text) => {
    const start = performance.now();
    expect(waitInBody(JSON.stringify({ reset_at: text }), 0)).toBeUndefined();
    waitInBody(JSON.stringify({ error: { message: text, retry_after: text } }), 0);
    retryAfter(() => text, 0);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("reads the headers of an upstream server that a gateway repeats", () => {
    const now = 1_700_000_000_000;
    const body = (headers: object) =>
      JSON.stringify({ error: { message: "m", code: 429, metadata: { headers } } });
    const reset = { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(now + 3000) };
    expect(waitInBody(body(reset), now)).toBe(3000);
    expect(waitInBody(body({ "Retry-After": "4" }), now)).toBe(4000);
    expect(waitInBody(body({ "x-request-id": "1" }), now)).toBeUndefined();
  });

  const waitOf = (message: string) => waitInBody(JSON.stringify({ error: { message } }), 0);

  it.each([
    ["Please try again in 20ms.", 20],
    ["Please try again in 1.024s. Visit https://x.test", 1024],
    ["Please try again in 7m12.5s. Need more?", 432_500],
    ["Please retry after 20 seconds.", 20_000],
    ["Please retry in 7.198s.", 7198],
    ["Try again in 2 minutes", 120_000],
    ["Please wait 3 seconds and try again", 3000],
    ["Please try again in 1h0m3s", 3_603_000],
    ["Please try again later.", undefined],
    ["Try again in 5 fortnights", undefined],
    ["Please try again in one minute.", 60_000],
    ["You can retry in a second", 1000],
    ["Tokens available in 8 seconds", 8000],
    ["Your limit resets in 90s", 90_000],
    ["Retry-After: 30", 30_000],
    ["retry after 30", 30_000],
    ["retry_after=1.5", 1500],
    ["Try again at 1970-01-01T00:00:08Z.", 8000],
    ["Gave up: retry after 3 attempts", undefined],
    ["Try again in a few seconds", undefined],
    ["Limit 3, used 2", undefined],
  ])("reads %s as %s ms", (message, wait) => {
    expect(waitOf(message)).toBe(wait);
  });

  const at = Date.UTC(2026, 0, 1);
  it.each<[unknown, number]>([
    ["Too many requests, try again in 9 seconds", 9000],
    [{ detail: "Rate limit exceeded. Try again in 12 seconds." }, 12_000],
    [{ detail: { error: "rate", retry_after: 9 } }, 9000],
    [{ errors: [{ message: "Slow down" }, { message: "Try again in 11 s" }] }, 11_000],
    [{ error: "busy", retry_in: 5 }, 5000],
    [{ retryAfterSeconds: 5 }, 5000],
    [{ "Retry-After": "5" }, 5000],
    [{ error: { retry_after_ms: "5000" } }, 5000],
    [{ error: { wait_seconds: 5, limit: 400 } }, 5000],
    [{ error: { retry_after: at / 1000 + 8 } }, 8000],
    [{ error: { reset_at: "2026-01-01T00:00:08Z" } }, 8000],
    [{ error: { resets_at: at / 1000 + 8 } }, 8000],
    [{ error: { resetTime: at + 8000 } }, 8000],
    [{ error: { details: [{ metadata: { quotaResetDelay: "4.5s" } }] } }, 4500],
  ])("reads %j", (body, wait) => {
    expect(waitInBody(typeof body === "string" ? body : JSON.stringify(body), at)).toBe(wait);
  });

  it.each(["", "not json", "null", "[]", "[null]", '{"error":null}', '{"error":{"details":[null,1]}}'])(
    "finds nothing in %j",
    (body) => {
      expect(waitInBody(body, 0)).toBeUndefined();
    },
  );
});
