import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Client, FailedReply, Reply } from "../domain/provider.ts";
import { retryBudget } from "./retry-budget.ts";
import { questionOf, scriptedClient } from "./testing/fake-host.ts";
import { wrapClient } from "./wrap-client.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const broken: FailedReply = {
  kind: "failed",
  error: "provider",
  message: "500 from api.test",
  transient: true,
};
const cut: FailedReply = { ...broken, message: "connection cut", may_be_billed: true };
const wrong: FailedReply = { ...broken, message: "400 from api.test", transient: false };
const ok: Reply = { kind: "answered", output: "ok" };

/** A server that gives the reply of `respond` after 100 ms, and a function that sends calls to it. */
function serving(respond: (call: number, sent: number, now: number) => Reply) {
  const sentAt: number[] = [];
  let slept_ms = 0;
  const client: Client = {
    ...scriptedClient(),
    send: async (_request, { case_id }) => {
      const now = performance.now();
      sentAt.push(now);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return respond(Number(case_id), sentAt.length, now);
    },
  };
  const wrapped = wrapClient(client, {
    now: () => performance.now() + slept_ms,
    sleep: (ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    random: () => 0.5,
    timeout_ms: 60_000,
  });
  /** Sends this number of calls, 16 at a time, as the engine does. */
  const askAll = async (count: number): Promise<Reply[]> => {
    const replies: Reply[] = [];
    const never = new AbortController().signal;
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < count) {
        const call = next++;
        replies[call] = await wrapped.send({ call }, questionOf({ case_id: `${call}` }), 1, never);
      }
    };
    let over = false;
    const all = Promise.all(Array.from({ length: 16 }, work)).finally(() => {
      over = true;
    });
    while (!over) await vi.advanceTimersByTimeAsync(500);
    await all;
    return replies;
  };
  /** The machine will sleep for this long, while no timer fires. */
  const sleepAt = (at: number, ms: number): void => {
    setTimeout(() => {
      slept_ms = ms;
    }, at);
  };
  return { sentAt, askAll, sleepAt };
}
const answered = (replies: readonly Reply[]): number =>
  replies.filter((one) => one.kind === "answered").length;

describe("a model that has answered and then answers nothing", () => {
  it("is tested with one call at a time, and loses no trial if it answers again within a minute", async () => {
    const { askAll, sentAt } = serving((_, __, now) => (now > 2000 && now < 42_000 ? broken : ok));
    expect(answered(await askAll(400))).toBe(400);
    // The calls in flight when it broke, and one test call after each of the growing pauses.
    expect(sentAt.filter((at) => at > 2000 && at < 42_000).length).toBeLessThan(30);
  });

  it("loses no trial because the machine slept for an hour meanwhile", async () => {
    const { askAll, sleepAt } = serving((_, __, now) => (now > 2000 && now < 42_000 ? broken : ok));
    sleepAt(20_000, 3_600_000);
    expect(answered(await askAll(400))).toBe(400);
  });

  it("is given up with its own error text after more than a minute, and gets no other calls", async () => {
    const { askAll, sentAt } = serving((_, __, now) => (now > 2000 ? broken : ok));
    const replies = await askAll(400);
    const [lost] = replies.filter((one) => one.kind === "failed");
    expect(lost).toMatchObject({ closed: "silent", message: expect.stringMatching(/^500 from/) });
    expect(replies.at(-1)).toMatchObject({ closed: "silent", unsent: true });
    expect(sentAt.filter((at) => at > 2000).length).toBeLessThan(40);
  });

  it("gets no more attempts per call than usual if an attempt may be billed", async () => {
    const counts = new Map<number, number>();
    const { askAll } = serving((call, _, now) => {
      if (now <= 2000) return ok;
      counts.set(call, (counts.get(call) ?? 0) + 1);
      return cut;
    });
    await askAll(400);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(4);
  });

  it("counts as available while it answers other calls, or refuses them because of their content", async () => {
    const bad = (call: number): boolean => call % 3 === 0;
    const some = serving((call) => (bad(call) ? broken : ok));
    const replies = await some.askAll(90);
    expect(answered(replies)).toBe(60);
    expect(replies.some((one) => one.kind === "failed" && one.closed !== undefined)).toBe(false);
    const refusing = serving((call, sent) => (sent < 5 ? ok : bad(call) ? broken : wrong));
    expect((await refusing.askAll(60)).some((one) => one.kind === "failed" && one.closed !== undefined)).toBe(
      false,
    );
  });
});

describe("the retries of a run", () => {
  it("never run out for a model that answers each call at its last attempt", () => {
    const budget = retryBudget();
    for (let call = 0; call < 1000; call++) {
      expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, true]);
      budget.answered();
    }
  });

  it("run out for a model that answers nothing, and never accumulate beyond their number at the start", () => {
    const budget = retryBudget();
    for (let call = 0; call < 1000; call++) budget.answered();
    let taken = 0;
    while (budget.take()) taken++;
    expect(taken).toBe(60);
  });

  it("are shared by all clients, and a call without retries left says so", async () => {
    const sleep = async (): Promise<void> => {};
    const shared = { retryBudget: retryBudget(), sleep, random: () => 0, now: () => 0, timeout_ms: 1000 };
    let sent = 0;
    const onCall = (): void => {
      sent++;
    };
    const never = new AbortController().signal;
    const clients = [1, 2].map(() => wrapClient(scriptedClient(broken), { ...shared, onCall }));
    let last: Reply | undefined;
    for (let call = 0; call < 40; call++)
      last = await clients[call % 2]?.send({ call }, questionOf({ case_id: `${call}` }), 1, never);
    expect(sent).toBe(40 + 60);
    expect(last).toMatchObject({ message: expect.stringContaining("not tried again") });
  });
});

describe("a model that refuses each call once", () => {
  it("answers all of them, because a refused call goes before new ones", async () => {
    const seen = new Set<number>();
    const { askAll, sentAt } = serving((call) => {
      if (seen.has(call)) return ok;
      seen.add(call);
      return { ...broken, error: "rate-limit", busy: true, retry_after_ms: 1000 };
    });
    expect(answered(await askAll(60))).toBe(60);
    expect(sentAt.length).toBe(120);
  });
});
