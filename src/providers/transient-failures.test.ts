import { describe, expect, it } from "vitest";
import { failureOfStatus } from "./refused-request.ts";
import { isTransient, SERVICES } from "./transient-failures.ts";

const hosts = [
  ...["api.openai.com/v1/chat/completions", "acme.openai.azure.com", "api.anthropic.com/v1/messages"],
  ...[
    "generativelanguage.googleapis.com/v1beta",
    "bedrock-runtime.eu-west-1.amazonaws.com",
    "api.mistral.ai",
  ],
  ...["api.groq.com", "openrouter.ai/api/v1", "router.huggingface.co", "127.0.0.1:8080/v1"],
];

const refused = (status: number, body: object, where: string) =>
  failureOfStatus({
    ...{ status, body: JSON.stringify(body), where, now: 0, paidApi: true },
    header: () => null,
    redact: (text) => text,
  });

describe("whether a retry may help", () => {
  it.each(hosts)("is the same at %s for statuses that mean the same at every service", (where) => {
    const again = [408, 409, 425, 429, 500, 502, 503, 504, 529].map((one) => isTransient(one, [], where));
    expect(again).toEqual(Array(9).fill(true));
    const never = [400, 401, 403, 404, 413, 422, 501, 505, 511].map((one) => isTransient(one, [], where));
    expect(never).toEqual(Array(9).fill(false));
  });

  it("depends on the service for a status with a special meaning there", () => {
    expect(isTransient(424, [], "acme.openai.azure.com")).toBe(true);
    expect(isTransient(498, [], "api.groq.com/openai/v1")).toBe(true);
    expect(isTransient(498, [], "api.openai.com")).toBe(false);
    // This host belongs to someone else, although its name contains the service's.
    expect(isTransient(498, [], "notapi.groq.com.example")).toBe(false);
  });

  it("depends on the error code, through any gateway and with any status", () => {
    const throttled = {
      __type: "com.amazon#ThrottlingException",
      error: { code: "ThrottlingException", message: "m" },
    };
    expect(refused(400, throttled, "gateway.test")).toMatchObject({ transient: true, busy: true });
    expect(
      refused(400, { error: { type: "invalid_request_error", message: "m" } }, "gateway.test"),
    ).toMatchObject({
      transient: false,
    });
  });

  it("is denied for a daily quota, whatever wait the server asks for", () => {
    const details = (quotaId: string) => ({
      error: {
        ...{ code: 429, status: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota" },
        details: [{ violations: [{ quotaId }] }, { retryDelay: "39s" }],
      },
    });
    const where = "generativelanguage.googleapis.com";
    expect(refused(429, details("GenerateRequestsPerDayPerProject"), where)).toMatchObject({
      ...{ transient: false, closed: "long-wait" },
    });
    expect(refused(429, details("GenerateRequestsPerMinutePerProject"), where)).toMatchObject({
      ...{ transient: true, retry_after_ms: 39_000 },
    });
  });

  it("is defined by one row per service", () => {
    expect(new Set(SERVICES.map(({ service }) => service)).size).toBe(SERVICES.length);
    for (const where of hosts.slice(0, -1))
      expect(SERVICES.filter(({ host }) => host.test(where.replace(/\/.*/, ""))).length, where).toBe(1);
  });
});
