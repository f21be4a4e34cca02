import { describe, expect, it } from "vitest";
import type { Client } from "../domain/provider.ts";
import type { PaceBook } from "../fleet/database.ts";
import { sharedPace } from "./shared-pace.ts";

const TARGET = { label: "m-2024", price: null };

/**
 * A fake clock and one table of leases for all workers of a test. `until` moves the clock from sleeper to
 * sleeper.
 */
function world() {
  let clock = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  const rows: { at: number; requests: number; tokens: number }[] = [];
  const book: PaceBook = {
    lease: async (_model, within_ms, decide) => {
      const before = rows
        .filter(({ at }) => clock - at < within_ms)
        .map(({ at, ...one }) => ({ ...one, age_ms: clock - at }));
      const granted = decide(before);
      if (granted.requests > 0) rows.push({ at: clock, ...granted });
      return granted;
    },
  };
  const sleep = (ms: number): Promise<void> => new Promise((wake) => sleepers.push({ at: clock + ms, wake }));
  return {
    book,
    now: () => clock,
    sleep,
    until: async (end: number): Promise<void> => {
      for (;;) {
        for (let turn = 0; turn < 50; turn++) await Promise.resolve();
        sleepers.sort((a, b) => a.at - b.at);
        const [next] = sleepers;
        if (next === undefined || next.at > end) return;
        sleepers.shift();
        clock = Math.max(clock, next.at);
        next.wake();
      }
    },
  };
}

const project = (limits: object) =>
  ({ models: new Map([["m", { alias: "m", entry: { limits }, settings: { model: "m-2024" } }]]) }) as never;
const plan = { plan: { model: { alias: "m" }, target: TARGET } } as never;

function askers(limits: object, workers: number, each: number, request = {}) {
  const it = world();
  const stop = new AbortController();
  const left: { at: number; tokens: number }[] = [];
  const client: Client = {
    prepare: () => ({}),
    send: async () => {
      left.push({ at: it.now(), tokens: 100 });
      return { kind: "answered", output: "" };
    },
    close: async () => {},
  };
  const replies = Array.from({ length: workers }, () => {
    const around = sharedPace(it.book, { now: it.now, sleep: it.sleep, stopped: stop.signal })(
      plan,
      project(limits),
    );
    const paced = around(client, { judge: null, target: TARGET });
    return Array.from({ length: each }, () =>
      paced.send(request, { case_id: "c", input: null, messages: null }, 1, new AbortController().signal),
    );
  }).flat();
  return { ...it, stop, left, replies };
}

const densest = (times: readonly number[], ms: number): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));

describe("one pace for all workers", () => {
  it("keeps requests within the limit in every minute, and uses most of it", async () => {
    const { left, until } = askers({ requests_per_minute: 30 }, 3, 60);
    await until(240_000);
    const times = left.map(({ at }) => at);
    expect(densest(times, 60_000)).toBeLessThanOrEqual(30);
    expect(times.length).toBeGreaterThan(110);
  });

  it("keeps tokens within the limit in every minute", async () => {
    const { left, until } = askers({ tokens_per_minute: 1200 }, 2, 20, { max_tokens: 199 });
    await until(180_000);
    // Each call counts 199 output tokens and one input token.
    expect(
      densest(
        left.map(({ at }) => at),
        60_000,
      ),
    ).toBeLessThanOrEqual(6);
    expect(left.length).toBeGreaterThan(12);
  });

  it("withdraws the waiting calls when no more may be sent", async () => {
    const { left, replies, stop, until } = askers({ requests_per_minute: 1 }, 1, 3);
    await until(1000);
    stop.abort();
    await until(10_000);
    expect(left).toHaveLength(1);
    expect(
      (await Promise.all(replies)).filter((one) => one.kind === "failed" && one.withdrawn === true),
    ).toHaveLength(2);
  });

  it("delays no call when no limit is set", async () => {
    const { left, until } = askers({}, 2, 50);
    await until(0);
    expect(left).toHaveLength(100);
  });
});
