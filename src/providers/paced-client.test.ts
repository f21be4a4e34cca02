import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Limits } from "../domain/config.ts";
import type { DepartureLog } from "../domain/departure-log.ts";
import type { Client, FailedReply, Reply } from "../domain/provider.ts";
import { ModelLine } from "./paced-client.ts";
import { questionOf, scriptedClient } from "./testing/fake-host.ts";
import { wrapClient } from "./wrap-client.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const refused = (retry_after_ms?: number): FailedReply => ({
  kind: "failed",
  error: "rate-limit",
  message: "429 from api.test",
  transient: true,
  busy: true,
  ...(retry_after_ms !== undefined && { retry_after_ms }),
});

/**
 * A server that answers after 300 ms.
 *
 * @param answer returns a refusal, which is sent at once, or null to answer
 */
function server(answer: (inFlight: number, sent: number, now: number) => Reply | null) {
  const seen = { sent: 0, refused: 0, peak: 0, inFlight: 0, at: [] as number[] };
  const client: Client = {
    ...scriptedClient(),
    send: async () => {
      seen.at.push(performance.now());
      const refusal = answer(seen.inFlight, seen.sent++, performance.now());
      if (refusal !== null) {
        seen.refused++;
        return refusal;
      }
      seen.peak = Math.max(seen.peak, ++seen.inFlight);
      await new Promise((resolve) => setTimeout(resolve, 300));
      seen.inFlight--;
      return { kind: "answered", output: "ok", usage: USAGE };
    },
  };
  return { client, seen };
}
const USAGE = {
  input_tokens: 10,
  output_tokens: 90,
  cached_input_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
};
const dependencies = {
  now: () => performance.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  random: () => 0.5,
};

/**
 * Sends this number of calls through the clients, at most `atOnce` per client at the same time, as the engine
 * does.
 */
async function askAll(clients: readonly Client[], count: number, atOnce = 16) {
  const replies: Reply[] = [];
  const never = new AbortController().signal;
  let next = 0;
  const work = async (client: Client) => {
    while (next++ < count) replies.push(await client.send({ input: 1 }, questionOf(), 1, never));
  };
  const all = Promise.all(clients.flatMap((client) => Array.from({ length: atOnce }, () => work(client))));
  let over = false;
  void all.finally(() => {
    over = true;
  });
  while (!over) await vi.advanceTimersByTimeAsync(1000);
  await all;
  return replies;
}

function lineOver(client: Client, limits: Limits = {}) {
  const line = new ModelLine(limits, dependencies);
  return {
    line,
    pace: line.watch(),
    wrapped: wrapClient(client, { ...dependencies, line, timeout_ms: 60_000 }),
  };
}
const answered = (replies: readonly Reply[]) => replies.filter((one) => one.kind === "answered").length;

describe("a server with a limit on concurrent calls", () => {
  it.each([
    [4, 1000],
    [4, undefined],
    [4, 0],
    [1, 250],
    [7, 2000],
    [15, 500],
  ])("(%i, with a retry time of %s ms) answers all calls, and refuses few", async (limit, asked) => {
    const { client, seen } = server((inFlight) => (inFlight < limit ? null : refused(asked)));
    const { pace, wrapped } = lineOver(client);
    expect(answered(await askAll([wrapped], 300))).toBe(300);
    expect(seen.refused).toBeLessThan(40);
    expect(pace().limited_by).toMatch(/^(concurrency|refusals)$/);
    expect(pace().refused).toBe(seen.refused);
    expect(pace().waited_ms).toBeGreaterThan(0);
  });

  it.each([1, 2, 4, 7])("(%i) that refuses by a plain 503 answers all calls", async (limit) => {
    const plain: Reply = {
      ...{ kind: "failed", error: "provider", message: "503 from api.test", transient: true },
      may_be_busy: true,
    };
    const { client, seen } = server((inFlight) => (inFlight < limit ? null : plain));
    const { wrapped } = lineOver(client);
    let next = 0;
    const each: Client = {
      ...wrapped,
      send: (request, question, trial, signal) =>
        wrapped.send(request, { ...question, case_id: `${next++}` }, trial, signal),
    };
    expect(answered(await askAll([each], 300))).toBe(300);
    expect(seen.refused).toBeLessThan(60);
  });

  it("that fails one call for another reason gives that call up, and answers the others", async () => {
    const poison: Reply = {
      ...{ kind: "failed", error: "provider", message: "503 from api.test", transient: true },
      may_be_busy: true,
    };
    let sent = 0;
    const { client } = server(() => null);
    const { wrapped } = lineOver({
      ...client,
      send: (request, question, trial, signal) => {
        if (question.case_id !== "bad") return client.send(request, question, trial, signal);
        sent++;
        return Promise.resolve(poison);
      },
    });
    let next = 0;
    const each: Client = {
      ...wrapped,
      send: (request, question, trial, signal) =>
        wrapped.send(request, { ...question, case_id: next++ === 20 ? "bad" : `${next}` }, trial, signal),
    };
    expect(answered(await askAll([each], 300))).toBe(299);
    expect(sent).toBeLessThanOrEqual(12);
  });

  it.each([
    [20, 285],
    [10, 270],
  ])("that fails one call in %i for another reason hardly slows the others down", async (every, good) => {
    const { client } = server(() => null);
    const poison: Reply = {
      ...{ kind: "failed", error: "provider", message: "503 from api.test", transient: true },
      may_be_busy: true,
    };
    const { wrapped } = lineOver({
      ...client,
      send: (request, question, trial, signal) =>
        question.case_id.startsWith("bad")
          ? Promise.resolve(poison)
          : client.send(request, question, trial, signal),
    });
    let next = 0;
    const each: Client = {
      ...wrapped,
      send: (request, question, trial, signal) => {
        const case_id = next++ % every === 4 ? `bad${next}` : `${next}`;
        return wrapped.send(request, { ...question, case_id }, trial, signal);
      },
    };
    const start = performance.now();
    expect(answered(await askAll([each], 300))).toBe(good);
    expect(performance.now() - start).toBeLessThan(25_000);
  });

  it("gets no more calls at once from two clients that share its queue", async () => {
    const { client, seen } = server((inFlight) => (inFlight < 4 ? null : refused(500)));
    const { line, wrapped } = lineOver(client);
    const second = wrapClient(client, { ...dependencies, line, timeout_ms: 60_000 });
    expect(answered(await askAll([wrapped, second], 200))).toBe(200);
    expect(seen.refused).toBeLessThan(60);
  });
});

describe("a server that cuts connections", () => {
  const cut: FailedReply = {
    ...{ kind: "failed", error: "provider", message: "connection cut by api.test", transient: true },
    ...{ may_be_billed: true, cut: true },
  };

  /** Sends calls that each have a case of their own. @returns how often each was sent, and how long all took */
  async function asked(client: Client, count: number, atOnce?: number) {
    const sends = new Map<string, number>();
    const { wrapped, pace } = lineOver({
      ...client,
      send: (request, question, trial, signal) => {
        sends.set(question.case_id, (sends.get(question.case_id) ?? 0) + 1);
        return client.send(request, question, trial, signal);
      },
    });
    let next = 0;
    const each: Client = {
      ...wrapped,
      send: (request, question, trial, signal) =>
        wrapped.send(request, { ...question, case_id: `${next++}` }, trial, signal),
    };
    const start = performance.now();
    const replies = await askAll([each], count, atOnce);
    const most = Math.max(...sends.values());
    return { answered: answered(replies), took: performance.now() - start, most, pace: pace() };
  }

  it.each([1, 2, 4, 7])("beyond %i at once answers all calls, and cuts few", async (limit) => {
    const { client, seen } = server((inFlight) => (inFlight < limit ? null : cut));
    const { answered, took, pace } = await asked(client, 300, 32);
    expect(answered).toBe(300);
    expect(seen.refused).toBeLessThan(50);
    expect(took).toBeLessThan(1.3 * (300 / limit) * 300);
    expect(pace).toMatchObject({ limited_by: "concurrency", refused: 0 });
  });

  it("beyond four at once answers all calls where it cuts only after it has begun to work", async () => {
    const { client } = server(() => null);
    let inFlight = 0;
    const late: Client = {
      ...client,
      send: async (...call) => {
        const isTooMuch = inFlight++ >= 4;
        const reply = await client.send(...call);
        inFlight--;
        return isTooMuch ? cut : reply;
      },
    };
    const { answered, most } = await asked(late, 300, 16);
    expect(answered).toBe(300);
    // What it may have worked on, and so been paid for, is not asked more often than after any other failure.
    expect(most).toBeLessThanOrEqual(4);
  });

  it("only after it was asked for a while hardly loses a call", async () => {
    const { client, seen } = server((inFlight, sent) => (sent < 400 || inFlight < 3 ? null : cut));
    const { answered } = await asked(client, 700);
    expect(answered).toBeGreaterThan(695);
    expect(seen.refused).toBeLessThan(90);
  });

  it("of one call in ten, whatever is in flight, gives these up as before, and slows nobody down", async () => {
    const { client } = server(() => null);
    const isBad = (id: string): boolean => id.endsWith("7");
    const { answered, took, most } = await asked(
      {
        ...client,
        send: (request, question, ...more) =>
          isBad(question.case_id) ? Promise.resolve(cut) : client.send(request, question, ...more),
      },
      300,
    );
    expect(answered).toBe(270);
    expect(most).toBeLessThanOrEqual(5);
    expect(took).toBeLessThan(20_000);
  });

  it("by chance slows hardly anybody down", async () => {
    let seed = 1;
    const chance = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const { client } = server(() => (chance() < 0.25 ? cut : null));
    const { answered, took } = await asked(client, 400);
    expect(answered).toBeGreaterThan(390);
    expect(took).toBeLessThan(30_000);
  });

  it("asks no call more than eight times", async () => {
    const { client } = server((inFlight, sent) => (sent % 40 < 4 && inFlight < 4 ? null : cut));
    const { most } = await asked(client, 60, 16);
    expect(most).toBeLessThanOrEqual(8);
  });
});

describe("a server with a limit on calls per time", () => {
  it.each([7000, undefined])("(with a retry time of %s ms) answers all calls", async (asked) => {
    const taken: number[] = [];
    const { client, seen } = server((_, __, now) => {
      if (taken.filter((at) => at > now - 7000).length >= 40) return refused(asked);
      taken.push(now);
      return null;
    });
    const { pace, wrapped } = lineOver(client);
    expect(answered(await askAll([wrapped], 200))).toBe(200);
    expect(seen.refused).toBeLessThan(120);
    expect(pace().limited_by).toBe("refusals");
  });

  it("answers after most of a minute of refusals, if it answered before", async () => {
    const { client } = server((_, sent, now) => (sent < 20 || now > 40_000 ? null : refused()));
    expect(answered(await askAll([lineOver(client).wrapped], 60))).toBe(60);
  });
});

describe("a server that answers nothing any more", () => {
  it("but refusals is given up after few calls, and waiting calls fail at once", async () => {
    const began = performance.now();
    const { client, seen } = server(() => refused(1000));
    const replies = await askAll([lineOver(client).wrapped], 40);
    expect(replies).toHaveLength(40);
    for (const reply of replies)
      expect(reply).toMatchObject({ error: "rate-limit", closed: "only-refusals" });
    expect(seen.sent).toBeLessThan(40);
    expect(performance.now() - began).toBeLessThan(40_000);
  });

  it("and asks for a retry in 12 hours is not waited for, and not asked again", async () => {
    const { client, seen } = server(() => refused(43_200_000));
    const began = performance.now();
    const replies = await askAll([lineOver(client).wrapped], 40);
    expect(performance.now() - began).toBeLessThan(10_000);
    for (const reply of replies) expect(reply).toMatchObject({ error: "rate-limit", closed: "long-wait" });
    expect(replies[0]).toMatchObject({ message: "429 from api.test (the server asks for a wait of 12 h)" });
    expect(seen.sent).toBeLessThanOrEqual(16);
  });

  it("for lack of money is not asked again", async () => {
    const broke: FailedReply = {
      ...refused(),
      busy: undefined,
      transient: false,
      fatal: true,
      closed: "no-money",
    };
    const { client, seen } = server((_, sent) => (sent < 50 ? null : broke));
    const replies = await askAll([lineOver(client).wrapped], 300);
    expect(answered(replies)).toBe(50);
    expect(seen.refused).toBeLessThanOrEqual(16);
  });
});

describe("the user's own limits", () => {
  const peakOf = (times: readonly number[]) =>
    Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length));

  it("hold for requests in every minute, over all callers of the model", async () => {
    const { client, seen } = server(() => null);
    const { line, pace, wrapped } = lineOver(client, { requests_per_minute: 30 });
    const judge = wrapClient(client, { ...dependencies, line, timeout_ms: 60_000 });
    await askAll([wrapped, judge], 100);
    expect(peakOf(seen.at)).toBeLessThanOrEqual(30);
    expect(seen.at.at(-1)).toBeLessThan(4 * 60_000);
    expect(pace().limited_by).toBe("requests_per_minute");
  });

  it("hold for tokens in every minute, from the first second on", async () => {
    const { client, seen } = server(() => null);
    const { pace, wrapped } = lineOver(client, { tokens_per_minute: 2000 });
    await askAll([wrapped], 60);
    // Each call takes 100 tokens.
    expect(peakOf(seen.at.slice(1))).toBeLessThanOrEqual(20);
    expect(pace().limited_by).toBe("tokens_per_minute");
  });

  it("hold for requests in flight", async () => {
    const { client, seen } = server(() => null);
    await askAll([lineOver(client, { concurrency: 3 }).wrapped], 30);
    expect(seen.peak).toBe(3);
  });

  it("delay no call if there are none", async () => {
    const { client } = server(() => null);
    const { pace, wrapped } = lineOver(client);
    await askAll([wrapped], 100);
    expect(pace()).toEqual({ limited_by: null, waited_ms: 0, refused: 0 });
  });
});

it("ends waiting calls without sending them when the run is cancelled", async () => {
  const { client, seen } = server(() => refused(60_000));
  const cut = new AbortController();
  const { wrapped } = lineOver(client);
  const replies = [1, 2].map((trial) => wrapped.send({ input: 1 }, questionOf(), trial, cut.signal));
  await vi.advanceTimersByTimeAsync(100);
  cut.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  for (const reply of await Promise.all(replies))
    expect(reply).toMatchObject({ message: "cancelled", unsent: true });
  expect(seen.sent).toBe(2);
});

it("goes on even if the clock does not advance while it sleeps", async () => {
  const { client } = server((inFlight, sent) => (sent < 3 || inFlight > 1 ? refused(1000) : null));
  const line = new ModelLine(
    { requests_per_minute: 60 },
    { ...dependencies, now: () => 0, sleep: async () => {} },
  );
  const wrapped = wrapClient(client, { ...dependencies, line, timeout_ms: 60_000 });
  expect(answered(await askAll([wrapped], 20, 4))).toBe(20);
});

it("withdraws waiting calls when no new calls are wanted, and lets those in flight end", async () => {
  const { client, seen } = server(() => null);
  const stop = new AbortController();
  const line = new ModelLine({ concurrency: 2 }, dependencies);
  const wrapped = wrapClient(client, { ...dependencies, line, timeout_ms: 60_000, stopped: stop.signal });
  const never = new AbortController().signal;
  const replies = [1, 2, 3, 4].map((trial) => wrapped.send({ input: 1 }, questionOf(), trial, never));
  await vi.advanceTimersByTimeAsync(100);
  stop.abort();
  await vi.advanceTimersByTimeAsync(1000);
  const kinds = (await Promise.all(replies)).map((one) =>
    one.kind === "answered" ? "answered" : one.withdrawn,
  );
  expect(kinds).toEqual(["answered", "answered", true, true]);
  expect(await wrapped.send({ input: 1 }, questionOf(), 5, never)).toMatchObject({ withdrawn: true });
  expect(seen.sent).toBe(2);
});

/**
 * A log in which several processes record their calls.
 *
 * @param asksAgain whether `decide` is called twice, as by a store that has lost its connection
 */
function sharedLog(asksAgain = false): DepartureLog {
  const rows: { id: number; at: number; tokens: number }[] = [];
  return {
    depart: (_model, after, within_ms, decide) => {
      const now = performance.now();
      const others = rows.filter(({ id, at }) => id > after && at > now - within_ms);
      let tokens = decide(
        others.map(({ id, at, tokens: taken }) => ({ id, age_ms: now - at, tokens: taken })),
      );
      if (asksAgain) tokens = decide([]);
      if (tokens !== null) rows.push({ id: rows.length + 1, at: now, tokens });
      return rows.at(-1)?.id ?? after;
    },
  };
}

it("keeps the user's limits together with other processes, through a shared log", async () => {
  const { client, seen } = server(() => null);
  const log = sharedLog();
  const processes = [1, 2, 3].map(() => {
    const line = new ModelLine({ requests_per_minute: 30 }, dependencies);
    line.share({ model: "bot", log });
    return { pace: line.watch(), client: wrapClient(client, { ...dependencies, line, timeout_ms: 60_000 }) };
  });
  await askAll(
    processes.map((one) => one.client),
    90,
    4,
  );
  const peak = Math.max(
    ...seen.at.map((from) => seen.at.filter((at) => at >= from && at < from + 60_000).length),
  );
  expect(seen.at).toHaveLength(90);
  expect(peak).toBeLessThanOrEqual(30);
  expect(seen.at.at(-1)).toBeLessThan(4 * 60_000);
  for (const { pace } of processes) expect(pace().limited_by).toBe("requests_per_minute");
});

it("counts a call once even if the shared log calls `decide` twice", async () => {
  const timesOf = async (asksAgain: boolean) => {
    const { client, seen } = server(() => null);
    const line = new ModelLine({ requests_per_minute: 30 }, dependencies);
    line.share({ model: "bot", log: sharedLog(asksAgain) });
    const start = performance.now();
    await askAll([wrapClient(client, { ...dependencies, line, timeout_ms: 60_000 })], 60, 4);
    return seen.at.map((at) => Math.round(at - start));
  };
  expect(await timesOf(true)).toEqual(await timesOf(false));
});

it("keeps the user's limits even if the first calls of each process arrive seconds after they were sent", async () => {
  const arrived: number[] = [];
  const log = sharedLog();
  const clients = [1, 2].map(() => {
    const line = new ModelLine({ tokens_per_minute: 3000 }, dependencies);
    line.share({ model: "bot", log });
    let hasStarted = false;
    const client: Client = {
      ...scriptedClient(),
      send: async () => {
        // A busy machine: nothing is sent before the ninth second.
        if (!hasStarted) await new Promise((resolve) => setTimeout(resolve, 9000 - performance.now()));
        hasStarted = true;
        arrived.push(performance.now());
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { kind: "answered", output: "ok", usage: USAGE };
      },
    };
    return wrapClient(client, { ...dependencies, line, timeout_ms: 60_000 });
  });
  const before = performance.now();
  expect(before).toBeLessThan(9000);
  await askAll(clients, 60, 8);
  const largest = Math.max(
    ...arrived.map((from) => arrived.filter((at) => at >= from && at < from + 60_000).length),
  );
  expect(arrived).toHaveLength(60);
  expect(largest).toBeLessThanOrEqual(30);
  expect(arrived.at(-1)).toBeLessThan(4 * 60_000);
});
