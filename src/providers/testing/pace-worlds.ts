import type { Limits } from "../../domain/config.ts";
import type { Client, FailedReply, Question, Reply } from "../../domain/provider.ts";
import type { RunPace } from "../../domain/report.ts";
import type { LimitKind, ReportedLimit } from "../../domain/reported-limit.ts";
import { ModelLine, pacedClient } from "../paced-client.ts";

/** A clock that jumps to the next timer. Times are milliseconds. */
export class VirtualClock {
  now = 0;
  readonly #timers: { at: number; order: number; run: () => void }[] = [];
  #order = 0;

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.push({ at: this.now + Math.max(0, ms), order: this.#order++, run: resolve });
    });
  }

  /** Fires timers until `work` has settled. @throws when no timer is left, or after `most_ms` */
  async run(work: Promise<unknown>, most_ms = 24 * 3_600_000): Promise<void> {
    let over = false;
    const ended = work.finally(() => {
      over = true;
    });
    for (;;) {
      for (let turn = 0; turn < 12; turn++) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      if (over) return void (await ended);
      this.#timers.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.#timers.shift();
      if (next === undefined) throw new Error("The work is not done, and no timer is left.");
      if (next.at > most_ms) throw new Error(`Not done after ${most_ms} ms.`);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
  }
}

/** A limit of a server, in requests or tokens. */
export interface ServerLimit {
  /** Counts a call, if the limit allows it now. @returns 0, or the milliseconds until the call is allowed */
  admit(now: number, amount: number): number;
  /** The amount that is left now. */
  left(now: number): number;
  /** Milliseconds until the whole amount is available again. */
  reset(now: number): number;
  /** The amount per minute that the server states as its limit. */
  perMinute(): number;
}

/**
 * A limit that allows the amount `per` in each of consecutive windows of `ms` milliseconds.
 *
 * @param per a number, or a function from the time to it
 * @param age_ms for how long the first window has lasted when the first call arrives
 */
export function windows(per: number | ((now: number) => number), ms: number, age_ms = 0): ServerLimit {
  const perAt = (now: number): number => (typeof per === "number" ? per : per(now));
  let start: number | null = null;
  let used = 0;
  const roll = (now: number): number => {
    start ??= now - age_ms;
    if (now - start >= ms) {
      start += ms * Math.floor((now - start) / ms);
      used = 0;
    }
    return start;
  };
  return {
    admit(now, amount) {
      const began = roll(now);
      if (used + amount > perAt(now)) return began + ms - now;
      used += amount;
      return 0;
    },
    left(now) {
      roll(now);
      return perAt(now) - used;
    },
    reset: (now) => roll(now) + ms - now,
    perMinute: () => (perAt(0) * 60_000) / ms,
  };
}

/** A limit that allows `per` calls in any `ms` milliseconds. */
export function slidingWindow(per: number, ms: number): ServerLimit {
  const times: number[] = [];
  const forget = (now: number): void => {
    while ((times[0] ?? now) <= now - ms) times.shift();
  };
  const wait = (now: number): number => (times.length < per ? 0 : (times[0] ?? now) + ms - now);
  return {
    admit(now) {
      forget(now);
      const early = wait(now);
      if (early <= 0) times.push(now);
      return early;
    },
    left(now) {
      forget(now);
      return per - times.length;
    },
    reset: (now) => wait(now),
    perMinute: () => (per * 60_000) / ms,
  };
}

/** A server without a limit that refuses every call for a while. */
export function outage(from: number, until: number): ServerLimit {
  const wait = (now: number): number => (now >= from && now < until ? until - now : 0);
  return { admit: wait, left: () => 0, reset: wait, perMinute: () => 0 };
}

/**
 * A token bucket for the amount `burst`, refilled at `rate` per second. After the amount `halveAfter` was
 * taken, it refills half as fast.
 */
export function bucket(rate: number, burst: number, halveAfter = Number.POSITIVE_INFINITY): ServerLimit {
  let level = burst;
  let at: number | null = null;
  let taken = 0;
  const speed = () => (taken >= halveAfter ? rate / 2 : rate) / 1000;
  const fill = (now: number): void => {
    level = Math.min(burst, level + (now - (at ?? now)) * speed());
    at = now;
  };
  return {
    admit(now, amount) {
      fill(now);
      if (level < amount) return (amount - level) / speed();
      level -= amount;
      taken += amount;
      return 0;
    },
    left(now) {
      fill(now);
      return Math.floor(level);
    },
    reset(now) {
      fill(now);
      return (burst - level) / speed();
    },
    perMinute: () => speed() * 60_000,
  };
}

/** A simulated server with its limits and what it reports about them, and the number of calls that it gets. */
export interface World {
  readonly calls: number;
  readonly limit?: ServerLimit;
  readonly counts?: LimitKind;
  /** Amount of one call; 1 for requests. */
  readonly amount?: number;
  readonly reports?: "headers" | "delay" | "nothing";
  /** Whether a reported delay is rounded up to whole seconds. */
  readonly wholeSeconds?: boolean;
  /** Maximum number of concurrent calls. */
  readonly atOnce?: number;
  /** Delay that is reported when there are too many concurrent calls; undefined when none is reported. */
  readonly crowdedDelay_ms?: number;
  /** Shortest and longest time to an answer, in milliseconds. */
  readonly latency_ms: readonly [number, number];
  /**
   * Longest time for which client and server each stall now and then, as on a busy machine; absent without
   * stalls.
   */
  readonly stalls_ms?: number;
}

export interface Outcome {
  readonly answered: number;
  readonly refused: number;
  /** Milliseconds from the first call to the last answer. */
  readonly took_ms: number;
  /** The time that a client which knows the limit would have taken, in milliseconds. */
  readonly ideal_ms: number;
  readonly pace: RunPace;
}

const QUESTION: Question = { case_id: "c", input: null, messages: null };
const NETWORK_MS = 2;
const REFUSAL_MS = 3;

/** Random numbers in [0, 1) that are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The time that a client which knows the limit would take, in milliseconds. It sends each call as soon as the
 * server accepts it.
 */
function ideal(world: World, fresh: ServerLimit | undefined, concurrency: number): number {
  const latency = (world.latency_ms[0] + world.latency_ms[1]) / 2;
  const largest = Math.min(concurrency, world.atOnce ?? Number.POSITIVE_INFINITY);
  const ends: number[] = [];
  let now = 0;
  for (let sent = 0; sent < world.calls; sent++) {
    const free = ends[sent - largest];
    if (free !== undefined) now = Math.max(now, free);
    for (let early = fresh?.admit(now, world.amount ?? 1) ?? 0; early > 0; ) {
      now += early;
      early = fresh?.admit(now, world.amount ?? 1) ?? 0;
    }
    ends.push(now + latency);
  }
  return ends.at(-1) ?? 0;
}

/** The means of a controller: a clock, a timer and random numbers. */
export interface Outside {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Returns a random number in [0, 1). */
  readonly random: () => number;
}

/** Decides when each call is sent. */
export interface Controller {
  /** Number of concurrent callers, including those whose call waits. */
  readonly callers: number;
  /** Sends one call, again and again until it is answered. */
  readonly call: () => Promise<void>;
  readonly pace?: () => RunPace;
}

const NOT_HELD: RunPace = { limited_by: null, waited_ms: 0, refused: 0 };

/** A process that stalls about once per second. @returns a function from when work is due to when it is done */
function stalling({ stalls_ms }: World, random: () => number): (now: number) => number {
  if (stalls_ms === undefined) return (now) => now;
  let from = random() * 2000;
  let until = from;
  return (now) => {
    while (until <= now) {
      from = until + random() * 2000;
      until = from + random() * stalls_ms;
    }
    return now < from ? now : until;
  };
}

/** The server that a world describes. */
export function serverOf(world: World, { now, sleep, random }: Outside) {
  const { limit, latency_ms, counts = "requests", amount = 1 } = world;
  let inFlight = 0;
  let refused = 0;
  const awake = stalling(world, random);
  const standStill = async (): Promise<void> => {
    if (world.stalls_ms !== undefined) await sleep(awake(now()) - now());
  };
  const reports = (): { limits?: readonly ReportedLimit[] } =>
    world.reports === "headers" && limit !== undefined
      ? {
          limits: [
            {
              kind: counts,
              limit: Math.round(limit.perMinute()),
              remaining: limit.left(now()),
              reset_ms: Math.round(limit.reset(now())),
            },
          ],
        }
      : {};
  const refusal = async (message: string, asked: number | undefined): Promise<FailedReply> => {
    refused++;
    await sleep(REFUSAL_MS);
    return {
      ...{ kind: "failed", error: "rate-limit", message, transient: true, busy: true },
      ...(asked !== undefined && { retry_after_ms: Math.ceil(asked) }),
    };
  };
  const delayOf = (early: number): number | undefined => {
    if (world.reports === "nothing" || world.reports === undefined) return undefined;
    return world.wholeSeconds === true ? Math.ceil(early / 1000) * 1000 : early;
  };
  return {
    refused: () => refused,
    async send(): Promise<Reply> {
      await sleep(NETWORK_MS);
      await standStill();
      if (inFlight >= (world.atOnce ?? Number.POSITIVE_INFINITY))
        return refusal("too many at once", world.crowdedDelay_ms);
      const early = limit?.admit(now(), amount) ?? 0;
      if (early > 0) return { ...(await refusal("refused", delayOf(early))), ...reports() };
      inFlight++;
      await sleep(latency_ms[0] + random() * (latency_ms[1] - latency_ms[0]));
      await standStill();
      inFlight--;
      return { kind: "answered", output: "", ...reports() };
    },
  };
}

/** The queue and pace of evals itself, as a run uses them. */
function ownController(
  world: World,
  { concurrency, limits }: { readonly concurrency: number; readonly limits: Limits },
) {
  return (send: () => Promise<Reply>, outside: Outside): Controller => {
    const line = new ModelLine(limits, outside);
    const client: Client = { prepare: () => ({}), close: async () => {}, send };
    const paced = pacedClient(client, line, { now: outside.now, timeout_ms: 120_000 });
    const request =
      world.counts === undefined || world.counts === "requests" ? {} : { max_tokens: world.amount ?? 1 };
    const { signal } = new AbortController();
    return {
      callers: concurrency,
      call: async () => {
        const reply = await paced.send(request, QUESTION, 1, signal);
        if (reply.kind !== "answered") throw new Error(`given up: ${reply.message}`);
      },
      pace: line.watch(),
    };
  };
}

/** Has a controller send all calls that a simulated server gets. @param make creates the server */
export async function simulateWith(
  make: () => World,
  open: (send: () => Promise<Reply>, outside: Outside) => Controller,
  { seed = 1, concurrency = 16 } = {},
): Promise<Outcome> {
  const world = make();
  const clock = new VirtualClock();
  const outside = { now: () => clock.now, sleep: (ms: number) => clock.sleep(ms), random: seeded(seed) };
  const server = serverOf(world, outside);
  const awake = stalling(world, outside.random);
  const standStill = async (): Promise<void> => {
    if (world.stalls_ms !== undefined) await clock.sleep(awake(clock.now) - clock.now);
  };
  const send = async (): Promise<Reply> => {
    const reply = await server.send();
    await standStill();
    return reply;
  };
  const { callers, call, pace } = open(send, {
    ...outside,
    sleep: async (ms) => {
      await clock.sleep(ms);
      await standStill();
    },
  });
  let next = 0;
  let answered = 0;
  let last = 0;
  const caller = async (): Promise<void> => {
    while (next++ < world.calls) {
      await call();
      answered++;
      last = clock.now;
    }
  };
  await clock.run(Promise.all(Array.from({ length: callers }, caller)));
  return {
    answered,
    refused: server.refused(),
    took_ms: last,
    ideal_ms: ideal(world, make().limit, concurrency),
    pace: pace?.() ?? NOT_HELD,
  };
}

/** Sends all calls of a world, `concurrency` at a time, as a run does. @param make creates the world */
export function simulate(
  make: () => World,
  { seed = 1, concurrency = 16, limits = {} as Limits } = {},
): Promise<Outcome> {
  const own = ownController(make(), { concurrency, limits });
  return simulateWith(make, own, { seed, concurrency });
}
