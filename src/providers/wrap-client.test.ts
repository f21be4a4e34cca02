import { afterEach, describe, expect, it, vi } from "vitest";
import type { AnsweredReply, Client, FailedReply, Reply } from "../domain/provider.ts";
import { DEFAULT_RETRY, retryWait } from "./retrying-client.ts";
import { questionOf, scriptedClient } from "./testing/fake-host.ts";
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

/** A clock that only sleeping moves. */
function fakeDependencies() {
  const slept: number[] = [];
  let at = 0;
  const calls = { sent: 0 };
  const options = {
    timeout_ms: 1000,
    random: () => 0,
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
  it("what is transient, as long as the other side asks, and counts every request", async () => {
    const { options, slept, calls } = fakeDependencies();
    expect(await send(wrapClient(scriptedClient(busy, broken, answered), options))).toMatchObject({
      output: "ok",
    });
    expect(slept).toEqual([7000, 250]);
    expect(calls.sent).toBe(3);
  });

  it("three times and no more", async () => {
    const { options, calls } = fakeDependencies();
    expect(await send(wrapClient(scriptedClient(broken), options))).toMatchObject({
      message: "500 (after 4 attempts)",
    });
    expect(calls.sent).toBe(4);
  });

  it("and tells how often, and how long that took, where it is worth telling", async () => {
    const { options } = fakeDependencies();
    const tried = await send(wrapClient(scriptedClient(busy, broken, answered), options));
    expect(tried.tries).toEqual({ attempts: 3, waited_ms: 7250 });
    const given = await send(wrapClient(scriptedClient(broken), fakeDependencies().options));
    expect(given.tries).toEqual({ attempts: 4, waited_ms: 1750 });
    const first = await send(wrapClient(scriptedClient(answered), fakeDependencies().options));
    expect(first.tries).toBeUndefined();
  });

  it("a timeout once", async () => {
    const { options, calls } = fakeDependencies();
    await send(wrapClient(scriptedClient(late), options));
    expect(calls.sent).toBe(2);
  });

  it("nothing that would fail again", async () => {
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

  it("and does not count what never left", async () => {
    const { options, calls } = fakeDependencies();
    await send(wrapClient(scriptedClient({ ...refused, unsent: true }), options));
    expect(calls.sent).toBe(0);
  });
});

describe("retryWait", () => {
  const asking = (retry_after_ms: number, attempt: number) =>
    retryWait({ ...broken, retry_after_ms }, attempt, DEFAULT_RETRY, 0);

  it("doubles, with jitter", () => {
    expect([1, 2, 3].map((attempt) => retryWait(broken, attempt, DEFAULT_RETRY, 0))).toEqual([
      250, 500, 1000,
    ]);
    expect(retryWait(broken, 1, DEFAULT_RETRY, 0.999)).toBeCloseTo(499.75);
  });

  it("is the longer of what was asked for and the growing one", () => {
    expect([1, 2, 3].map((attempt) => asking(0, attempt))).toEqual([250, 500, 1000]);
    expect([1, 2, 3].map((attempt) => asking(600, attempt))).toEqual([600, 600, 1000]);
  });

  it("is not begun when more is asked for than a run waits", async () => {
    const { options, slept, calls } = fakeDependencies();
    const away: FailedReply = { ...broken, retry_after_ms: 3_600_000 };
    expect(await send(wrapClient(scriptedClient(away), options))).toEqual(away);
    expect([slept, calls.sent]).toEqual([[], 1]);
  });
});

describe("wrapClient", () => {
  it("leaves a client that answers at once as it is", () => {
    const client: Client = { ...scriptedClient(answered), immediate: true };
    expect(wrapClient(client, fakeDependencies().options)).toBe(client);
  });

  it("lets another model answer when this one keeps failing, and says so", async () => {
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

  it("tells both failures when both fail", async () => {
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

  it("measures an attempt unless the client knows better", async () => {
    let at = 0;
    const now = () => (at += 40);
    expect(await send(timedClient(scriptedClient(answered), 1000, now))).toMatchObject({ latency_ms: 40 });
    expect(await send(timedClient(scriptedClient({ ...answered, latency_ms: 5 }), 1000, now))).toMatchObject({
      latency_ms: 5,
    });
  });

  it("lets a bug of a client through", async () => {
    const bug: Client = {
      ...scriptedClient(),
      send: () => {
        throw new TypeError("bug");
      },
    };
    await expect(send(timedClient(bug, 1000, () => 0))).rejects.toThrow("bug");
  });
});
