import { afterEach, describe, expect, it, vi } from "vitest";
import type { AnsweredReply, Client, FailedReply, Reply } from "../domain/provider.ts";
import { DEFAULT_RETRY, retryWait } from "./retrying-client.ts";
import { questionOf, scriptedClient } from "./testing/fake-host.ts";
import { seeded } from "./testing/pace-worlds.ts";
import { timedClient } from "./timed-client.ts";
import { type WrapOptions, wrapClient } from "./wrap-client.ts";

const answered: AnsweredReply = { kind: "answered", output: "ok" };
const busy: FailedReply = {
  kind: "failed",
  error: "rate-limit",
  message: "429",
  transient: true,
  busy: true,
  retry_after_ms: 7000,
};
const broken: FailedReply = { kind: "failed", error: "provider", message: "500", transient: true };
const refused: FailedReply = { kind: "failed", error: "provider", message: "400", transient: false };
const late: FailedReply = { kind: "failed", error: "timeout", message: "late", transient: true };

/** Options with a fake clock that only `sleep` advances, and a record of the sleeps and calls. */
function fakeDependencies() {
  const slept: number[] = [];
  let at = 0;
  const calls = { sent: 0 };
  const options = {
    timeout_ms: 1000,
    random: () => 0.5,
    now: () => at,
    sleep: async (ms: number) => {
      slept.push(ms);
      at += ms;
    },
    onCall: () => {
      calls.sent += 1;
    },
  } satisfies WrapOptions;
  return { options, slept, calls };
}

const question = questionOf();
const send = (client: Client, signal = new AbortController().signal): Promise<Reply> | Reply =>
  client.send(client.prepare(question), question, 1, signal);

afterEach(() => {
  vi.useRealTimers();
});

describe("wrapClient retries", () => {
  it("a transient failure after the wait that the server asks for, and counts every request", async () => {
    const { options, slept, calls } = fakeDependencies();
    expect(await send(wrapClient(scriptedClient(busy, broken, answered), options))).toMatchObject({
      output: "ok",
    });
    expect(slept).toEqual([7000, 500]);
    expect(calls.sent).toBe(3);
  });

  it("three times and no more", async () => {
    const { options, calls } = fakeDependencies();
    expect(await send(wrapClient(scriptedClient(broken), options))).toMatchObject({
      message: "500 (after 4 attempts)",
    });
    expect(calls.sent).toBe(4);
  });

  it("and reports the number of attempts and the waiting time, if there were retries", async () => {
    const { options } = fakeDependencies();
    const tried = await send(wrapClient(scriptedClient(busy, broken, answered), options));
    expect(tried.tries).toEqual({ attempts: 3, waited_ms: 7500 });
    const given = await send(wrapClient(scriptedClient(broken), fakeDependencies().options));
    expect(given.tries).toEqual({ attempts: 4, waited_ms: 3500 });
    const first = await send(wrapClient(scriptedClient(answered), fakeDependencies().options));
    expect(first.tries).toBeUndefined();
  });

  it("a timeout once", async () => {
    const { options, calls } = fakeDependencies();
    await send(wrapClient(scriptedClient(late), options));
    expect(calls.sent).toBe(2);
  });

  it("no failure that would occur again", async () => {
    const { options, slept, calls } = fakeDependencies();
    expect(await send(wrapClient(scriptedClient(refused), options))).toEqual(refused);
    expect([slept, calls.sent]).toEqual([[], 1]);
  });

  it("nothing once the run is cancelled", async () => {
    const { options, calls } = fakeDependencies();
    const controller = new AbortController();
    const sleep = async () => {
      controller.abort();
      throw new Error("aborted");
    };
    expect(await send(wrapClient(scriptedClient(broken), { ...options, sleep }), controller.signal)).toEqual(
      broken,
    );
    expect(calls.sent).toBe(1);
  });

  it("and does not count requests that were never sent", async () => {
    const { options, calls } = fakeDependencies();
    await send(wrapClient(scriptedClient({ ...refused, unsent: true }), options));
    expect(calls.sent).toBe(0);
  });
});

describe("retryWait", () => {
  const waits = (random: number, retry_after_ms?: number) =>
    [1, 2, 3, 12].map((attempt) =>
      retryWait(
        { ...broken, ...(retry_after_ms !== undefined && { retry_after_ms }) },
        attempt,
        DEFAULT_RETRY,
        random,
      ),
    );

  it("is between 0 and a bound that doubles up to a maximum", () => {
    expect(waits(0)).toEqual([0, 0, 0, 0]);
    expect(waits(0.5)).toEqual([500, 1000, 2000, 15_000]);
    expect(waits(0.999)).toEqual([999, 1998, 3996, 29_970]);
  });

  it("is uniformly distributed below its bound", () => {
    const random = seeded(7);
    const drawn = Array.from({ length: 4000 }, () => retryWait(broken, 3, DEFAULT_RETRY, random()));
    const inTenths = Array.from(
      { length: 10 },
      (_, tenth) => drawn.filter((ms) => Math.floor(ms / 400) === tenth).length,
    );
    for (const count of inTenths) expect(Math.abs(count - 400)).toBeLessThan(80);
  });

  it("is never less than the server asks for, and little more", () => {
    expect(waits(0, 600)).toEqual([600, 600, 600, 600]);
    expect(waits(0.5, 600)).toEqual([675, 1000, 2000, 15_000]);
    expect(waits(0.999, 60_000)[3]).toBeCloseTo(60_499.5);
  });

  it("does not start when the server asks for more than the maximum", async () => {
    const { options, slept, calls } = fakeDependencies();
    const away: FailedReply = { ...broken, retry_after_ms: 3_600_000 };
    expect(await send(wrapClient(scriptedClient(away), options))).toEqual(away);
    expect([slept, calls.sent]).toEqual([[], 1]);
  });
});

describe("wrapClient", () => {
  it("returns a client that answers synchronously unchanged", () => {
    const client: Client = { ...scriptedClient(answered), immediate: true };
    expect(wrapClient(client, fakeDependencies().options)).toBe(client);
  });

  it("lets another model answer when this one keeps failing, and reports it", async () => {
    const { options, calls } = fakeDependencies();
    const price = { input: 3, output: 4 };
    const fallback = { client: scriptedClient(answered), label: "other-2024", alias: "other", price };
    expect(await send(wrapClient(scriptedClient(refused), { ...options, fallback }))).toMatchObject({
      output: "ok",
      model: "other-2024",
      fallback: { alias: "other", price },
    });
    expect(calls.sent).toBe(1);
  });

  it("reports both failures when both fail", async () => {
    const fallback = {
      client: scriptedClient({ ...refused, message: "404" }),
      label: "other",
      alias: "other",
      price: null,
    };
    const reply = await send(
      wrapClient(scriptedClient(refused), { ...fakeDependencies().options, fallback }),
    );
    expect(reply).toMatchObject({ message: "400; then other: 404" });
  });
});

describe("timedClient", () => {
  const hanging = (seen: { signal?: AbortSignal }): Client => ({
    ...scriptedClient(answered),
    send: (_request, _question, _trial, signal) => {
      seen.signal = signal;
      return new Promise(() => {});
    },
  });

  it("gives up at the deadline although the client never settles, and aborts it", async () => {
    vi.useFakeTimers();
    const seen: { signal?: AbortSignal } = {};
    const reply = send(timedClient(hanging(seen), 2000, () => 0));
    await vi.advanceTimersByTimeAsync(2000);
    expect(await reply).toEqual({
      kind: "failed",
      may_be_billed: true,
      error: "timeout",
      message: "no reply within 2 s",
      transient: true,
    });
    expect(seen.signal?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("passes a cancelled run on to every attempt through one listener", async () => {
    const controller = new AbortController();
    const listen = vi.spyOn(controller.signal, "addEventListener");
    const client = timedClient(hanging({}), 60_000, () => 0);
    const replies = Array.from({ length: 30 }, () => send(client, controller.signal));
    controller.abort();
    expect(await replies[29]).toMatchObject({ error: "provider", message: "cancelled", transient: false });
    await Promise.all(replies);
    expect(listen).toHaveBeenCalledTimes(1);
  });

  it("measures the latency of an attempt unless the client reports it", async () => {
    let at = 0;
    const now = () => (at += 40);
    expect(await send(timedClient(scriptedClient(answered), 1000, now))).toMatchObject({ latency_ms: 40 });
    expect(await send(timedClient(scriptedClient({ ...answered, latency_ms: 5 }), 1000, now))).toMatchObject({
      latency_ms: 5,
    });
  });

  describe("a call with a time of its own", () => {
    const timed = (left_ms: number) => ({ ...question, time: { left_ms, expired: false } });
    const sendTimed = (client: Client, asked: ReturnType<typeof timed>): Promise<Reply> | Reply =>
      client.send(client.prepare(asked), asked, 1, new AbortController().signal);

    it.each([
      ["its time, which is not tried again", 500, { message: "the agent's time is over", transient: false }],
      ["the deadline, while time is left", 5000, { message: "no reply within 2 s", transient: true }],
    ])("ends at %s", async (_, left_ms, expected) => {
      vi.useFakeTimers();
      const seen: { signal?: AbortSignal } = {};
      const asked = timed(left_ms);
      const reply = sendTimed(
        timedClient(hanging(seen), 2000, () => Date.now()),
        asked,
      );
      await vi.advanceTimersByTimeAsync(2000);
      expect(await reply).toMatchObject({ error: "timeout", may_be_billed: true, ...expected });
      expect(asked.time).toEqual(
        left_ms < 2000 ? { left_ms: 0, expired: true } : { left_ms: 3000, expired: false },
      );
      expect(seen.signal?.aborted).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("ends at its time although the client keeps the deadline itself", async () => {
      vi.useFakeTimers();
      const asked = timed(500);
      const client = { ...hanging({}), keepsDeadline: true };
      const reply = sendTimed(
        timedClient(client, 100, () => Date.now()),
        asked,
      );
      await vi.advanceTimersByTimeAsync(500);
      expect(await reply).toMatchObject({ error: "timeout", transient: false });
      expect(asked.time.expired).toBe(true);
    });

    it("uses the time up over its attempts, each counted once, and is then not sent", async () => {
      vi.useFakeTimers();
      const asked = timed(5000);
      let sent = 0;
      const client = timedClient(
        {
          ...scriptedClient(answered),
          // Settles when it is aborted, after the deadline has ended it.
          send: (_request, _question, _trial, signal) =>
            new Promise((resolve) => {
              sent++;
              signal.addEventListener("abort", () => setTimeout(() => resolve(answered), 100));
            }),
        },
        2000,
        () => Date.now(),
      );
      for (const left of [3000, 1000, 0]) {
        const reply = sendTimed(client, asked);
        await vi.advanceTimersByTimeAsync(2500);
        expect(await reply).toMatchObject({ error: "timeout" });
        expect(asked.time.left_ms).toBe(left);
      }
      expect(await sendTimed(client, asked)).toMatchObject({
        error: "timeout",
        unsent: true,
        transient: false,
      });
      expect([sent, asked.time.expired]).toEqual([3, true]);
    });
  });

  it("passes on an unexpected error of a client", async () => {
    const bug: Client = {
      ...scriptedClient(),
      send: () => {
        throw new TypeError("bug");
      },
    };
    await expect(send(timedClient(bug, 1000, () => 0))).rejects.toThrow("bug");
  });
});
