import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  FAULTS,
  type Fault,
  type FaultServer,
  startFaultServer,
} from "../../fixtures/faults/fault-server.ts";
import type { Reply } from "../domain/provider.ts";
import { anthropicDialect, chatDialect, responsesDialect } from "./testing/dialects.ts";
import { fakeHost } from "./testing/fake-host.ts";
import { NETWORK_TARGETS, openNetworkTarget } from "./testing/network-targets.ts";
import { wrapClient } from "./wrap-client.ts";

const ANSWERS: Readonly<Record<string, unknown>> = {
  "/v1/chat/completions": chatDialect.answer("yes", "m-1"),
  "/v1/responses": responsesDialect.answer("yes", "m-1"),
  "/v1/messages": anthropicDialect.answer("yes", "m-1"),
  "/v1/embeddings": { object: "list", model: "m-1", data: [{ index: 0, embedding: [0.5, 1] }] },
  "/v1/moderations": {
    model: "m-1",
    results: [{ flagged: false, categories: { hate: false }, category_scores: { hate: 0 } }],
  },
  "/ask": { answer: "yes" },
};

/** The failure of a call when the server gives only this fault, and whether the request is sent again. */
const AMOUNTS_TO: Readonly<Record<Fault, { readonly error: string; readonly again: boolean }>> = {
  refused: { error: "rate-limit", again: true },
  overloaded: { error: "provider", again: true },
  broken: { error: "provider", again: true },
  page: { error: "malformed-reply", again: false },
  empty: { error: "malformed-reply", again: false },
  "half-json": { error: "malformed-reply", again: false },
  "null-fields": { error: "malformed-reply", again: false },
  nested: { error: "malformed-reply", again: false },
  // The reply had begun and is paid for; a retry would be paid for again.
  cut: { error: "malformed-reply", again: false },
  reset: { error: "provider", again: true },
  "redirect-loop": { error: "provider", again: false },
  "garbage-gzip": { error: "malformed-reply", again: false },
  "gzip-bomb": { error: "malformed-reply", again: false },
  endless: { error: "malformed-reply", again: false },
  hang: { error: "timeout", again: true },
};

/** All targets. For `http`, `answer` is set, because otherwise any text would be an answer. */
const TARGETS = NETWORK_TARGETS.map((one) =>
  one.provider === "http"
    ? { ...one, settings: (origin: string) => ({ ...one.settings(origin), answer: "$.answer" }) }
    : one,
);

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer((path) => ANSWERS[path]);
});
afterAll(() => server.close());

/**
 * Asks once through all wrappers, with a fake clock.
 *
 * @returns the reply, and how many requests `onCall` counted
 */
async function asked(
  subject: (typeof NETWORK_TARGETS)[number],
  faults: readonly Fault[],
): Promise<{ readonly reply: Reply; readonly counted: number }> {
  server.plan(faults);
  const target = await openNetworkTarget(subject, server.origin, fakeHost());
  let counted = 0;
  let now = 0;
  const client = wrapClient(target.client, {
    timeout_ms: faults.includes("hang") ? 150 : 20_000,
    now: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      now += ms;
    },
    onCall: () => {
      counted++;
    },
  });
  try {
    const { question } = subject;
    const reply = await client.send(client.prepare(question), question, 1, new AbortController().signal);
    return { reply, counted };
  } finally {
    await target.client.close();
  }
}

describe.each(TARGETS)("$name", (subject) => {
  it.each(FAULTS)("ends with a failure when the server always gives this fault: %s", async (fault) => {
    const { error, again } = AMOUNTS_TO[fault];
    const { reply, counted } = await asked(subject, Array(400).fill(fault));
    expect(reply).toMatchObject({ kind: "failed", error });
    expect(server.asked > 1).toBe(again);
    expect(counted).toBe(server.asked);
  });

  it("is answered after up to three temporary faults, and counts each request that was sent", async () => {
    const passing = fc.constantFrom<Fault>("refused", "overloaded", "broken", "reset");
    await fc.assert(
      fc.asyncProperty(fc.array(passing, { maxLength: 3 }), async (faults) => {
        const { reply, counted } = await asked(subject, faults);
        expect(reply.kind).toBe("answered");
        expect([counted, server.asked]).toEqual([faults.length + 1, faults.length + 1]);
      }),
      { numRuns: 12, seed: 20261130 },
    );
  });

  it("gives a message of one line for any series of faults, and makes no more attempts than allowed", async () => {
    const any = fc.constantFrom<Fault>(
      ...FAULTS.filter((one) => !["hang", "endless", "gzip-bomb"].includes(one)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 8 }), async (faults) => {
        const { reply, counted } = await asked(subject, faults);
        expect(counted).toBe(server.asked);
        const lastOne = faults[server.asked - 1];
        expect(reply.kind).toBe(lastOne === undefined ? "answered" : "failed");
        if (reply.kind !== "failed") return;
        expect(reply.message).toMatch(/^[^\n\r]{1,2000}$/);
        const attempts = faults
          .slice(0, server.asked)
          .filter((one) => one !== "refused" && one !== "overloaded");
        expect(attempts.length).toBeLessThanOrEqual(4);
      }),
      { numRuns: 40, seed: 20261201 },
    );
  });
});
