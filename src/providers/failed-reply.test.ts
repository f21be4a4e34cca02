import { describe, expect, it } from "vitest";
import { oneLine } from "./failed-reply.ts";
import { LIMIT_HEADERS } from "./limit-headers.ts";
import { failureOfStatus } from "./refused-request.ts";
import { retryAfter } from "./server-refusal.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const from = (headers: Record<string, string>) => retryAfter((name) => headers[name], NOW);

describe("retryAfter", () => {
  it.each(LIMIT_HEADERS)("waits for the reset of a used-up limit: $remaining", ({ remaining, reset }) => {
    expect(from({ [remaining]: "0", [reset]: "7" })).toBe(7000);
    expect(from({ [remaining]: "1", [reset]: "7" })).toBeUndefined();
  });

  it.each([
    [{ "retry-after": "2" }, 2000],
    [{ "retry-after": "1.5" }, 1500],
    [{ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }, 30_000],
    [{ "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" }, 0],
    [{ "retry-after-ms": "20", "retry-after": "1" }, 20],
    [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s" }, 360_000],
    [{ "x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "6m0s" }, undefined],
    [
      {
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2026-01-01T00:00:05Z",
      },
      5000,
    ],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ])("reads %j as %s ms", (headers, wait) => {
    expect(from(headers as Record<string, string>)).toBe(wait);
  });
});

describe("failureOfStatus", () => {
  const failure = (status: number, body: unknown) =>
    failureOfStatus({
      status,
      header: () => null,
      body: typeof body === "string" ? body : JSON.stringify(body),
      where: "api.test",
      redact: (text) => text,
      now: NOW,
    });

  it("does not wait for an account without money", () => {
    const body = { error: { message: "You exceeded your current quota", code: "insufficient_quota" } };
    expect(failure(429, body)).toMatchObject({ error: "rate-limit", transient: false, fatal: true });
  });

  it.each([
    [{ error: { message: "m" } }, "500 from api.test: m"],
    [{ error: "m" }, "500 from api.test: m"],
    [{ detail: "m" }, "500 from api.test: m"],
    ["m\r\nn", "500 from api.test: m n"],
    ["", "500 from api.test"],
  ])("reports what %j says", (body, message) => {
    expect(failure(500, body).message).toBe(message);
  });
});

describe("oneLine", () => {
  it("removes control characters", () => {
    expect(oneLine("a\u001b[31mb\nc")).toBe("a [31mb c");
  });
});
