import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Client } from "../domain/provider.ts";
import { ScorerFailure } from "../domain/scorer.ts";
import { usageOf } from "../domain/transcript.ts";
import { computeMetrics } from "../metrics/compute-metrics.ts";
import { makeTally } from "../metrics/tally.ts";
import type { RunWriter, Store, StoredRun } from "../store/store.ts";
import { memoryStore } from "../store/testing/memory-store.ts";
import type { CallHooks } from "./call-hooks.ts";
import { executeRun, type RanRun } from "./execute-run.ts";
import type { Plan } from "./plan.ts";
import type { RunSettings, RunWorld } from "./run-settings.ts";
import { spentOn } from "./spent-on.ts";
import { answer, chance, failure, fakeClient, moodyAnswer } from "./testing/fake-client.ts";
import { fakePlan, fakeScorer, yesScorer } from "./testing/fake-plan.ts";

const settings: RunSettings = { concurrency: 3, budget: null, useCache: true, resume: null, early: null };

function world(store: Store, changes: Partial<RunWorld> = {}): RunWorld {
  let runs = store.runs({}).length;
  return {
    store,
    wrap: counted,
    control: { stopping: () => false, signal: new AbortController().signal },
    onStart: () => {},
    onTrial: () => {},
    now: () => 0,
    today: () => "2025-03-01T12:00:00.000Z",
    newId: () => `0000000${++runs}`,
    commit: null,
    branch: null,
    dirty: null,
    ...changes,
  };
}

/** Reports each request that is sent, as the retrying client does. */
function counted(client: Client, { onCall }: CallHooks): Client {
  return {
    ...client,
    prepare: client.prepare.bind(client),
    send: (...args) => {
      onCall();
      return client.send(...args);
    },
    close: client.close.bind(client),
  };
}

const metricsOf = (ran: RanRun) =>
  computeMetrics(ran.tally, {
    trials: ran.header.trials,
    scorers: ran.header.scorers.map((one) => one.name),
  });

const newest = (store: Store): StoredRun => {
  const [run] = store.runs({ limit: 1 });
  if (run === undefined) throw new Error("no run was stored");
  return run;
};

/** The part of a result that must be equal for two runs of one plan, even if one of them was interrupted. */
const resultOf = (ran: RanRun) => {
  const { cases, trials, answered, errored, skipped, not_needed, cached } = ran.counts;
  return {
    metrics: metricsOf(ran),
    status: ran.status,
    counts: { cases, trials, answered, errored, skipped, not_needed, cached },
  };
};

describe("executeRun", () => {
  it("counts every trial by its outcome", async () => {
    const client = fakeClient(async (id, trial) =>
      id === "c1" && trial === 2 ? failure("rate-limit") : moodyAnswer(id, trial),
    );
    const ran = await executeRun(fakePlan({ client, cases: 4, trials: 3 }), settings, world(memoryStore()));
    expect(ran.counts).toEqual({
      cases: 4,
      trials: 12,
      answered: 11,
      errored: 1,
      skipped: 0,
      not_needed: 0,
      calls: 12,
      cached: 0,
      cut: 0,
    });
    expect([ran.status, ran.end.kind]).toEqual(["incomplete", "all-asked"]);
  });

  it("is complete when every trial was answered", async () => {
    const client = fakeClient(async () => answer("no"));
    const ran = await executeRun(fakePlan({ client }), settings, world(memoryStore()));
    expect([ran.status, ran.counts.answered]).toEqual(["complete", 6]);
  });

  it("is stopped early, with nothing missing, when the gate had decided", async () => {
    const client = fakeClient(async () => answer("no"));
    const early = { stop: { looks: [3], ahead: 0, decide: () => true }, order: [2, 1, 0], note: () => {} };
    const ran = await executeRun(fakePlan({ client }), { ...settings, early }, world(memoryStore()));
    expect(client.asked).toEqual(["c2/1", "c1/1", "c0/1"]);
    expect(ran.counts).toMatchObject({ trials: 6, answered: 3, not_needed: 3, skipped: 0 });
    expect(ran.status).toBe("stopped_early");
  });

  it("answers a second run from the cache, trial by trial, and counts no call for it", async () => {
    const store = memoryStore();
    const client = fakeClient(async (id, trial) => moodyAnswer(id, trial));
    const plan = fakePlan({ client, cases: 3, trials: 4 });
    const first = await executeRun(plan, settings, world(store));
    const second = await executeRun(plan, settings, world(store));
    expect(client.asked).toHaveLength(12);
    expect(second.counts).toMatchObject({ calls: 0, cached: 12, answered: 12 });
    expect(metricsOf(second)).toEqual(metricsOf(first));
    expect(second.spent).toEqual({ usd: 0, tokens: 0 });
  });

  it.each([
    ["the cache may not be used", { useCache: false }, {}],
    ["the target's code is not in its requests", {}, { cacheable: false }],
  ])("asks again when %s", async (_why, change, target) => {
    const store = memoryStore();
    const client = fakeClient(async () => answer("yes"));
    const plan = fakePlan({ client, target });
    await executeRun(plan, settings, world(store));
    await executeRun(plan, { ...settings, ...change }, world(store));
    expect(client.asked).toHaveLength(12);
  });

  it.each([
    ["the failing cases", { failing: "00000001" }, "no"],
    ["cases by name", {}, "no"],
    ["cases by words", { cases: ["c0"], words: "late" }, "no"],
    ["a shard", { cases: [], shard: "1/1" }, "yes"],
  ])("gives a whole run the first answers after %s were asked again", async (_of, change, expected) => {
    const store = memoryStore();
    let output = "no";
    const client = fakeClient(async () => answer(output));
    await executeRun(fakePlan({ client }), settings, world(store));
    output = "yes";
    const narrowing = { cases: ["c0"], tags: [], shard: null, ...change };
    await executeRun(fakePlan({ client, narrowing }), { ...settings, useCache: false }, world(store));
    const { no } = newest(store);
    expect(store.trials(no, 0).map((one) => one.answer?.output)).toEqual(["yes", "yes"]);
    const whole = await executeRun(fakePlan({ client }), settings, world(store));
    expect(whole.counts).toMatchObject({ cached: 6, calls: 0 });
    expect(store.trials(newest(store).no, 0).map((one) => one.answer?.output)).toEqual([expected, expected]);
  });

  it("gives a whole run the answers of chosen cases when it has no others", async () => {
    const store = memoryStore();
    const client = fakeClient(async () => answer("yes"));
    const narrowing = { cases: ["c1"], tags: [], shard: null };
    await executeRun(fakePlan({ client, narrowing }), { ...settings, useCache: false }, world(store));
    const whole = await executeRun(fakePlan({ client }), settings, world(store));
    expect(whole.counts).toMatchObject({ cached: 2, calls: 4 });
  });

  it("asks only for trials that the cache lacks when more are wanted", async () => {
    const store = memoryStore();
    const client = fakeClient(async () => answer("yes"));
    await executeRun(fakePlan({ client, cases: 2, trials: 2 }), settings, world(store));
    client.asked.length = 0;
    const more = await executeRun(fakePlan({ client, cases: 3, trials: 3 }), settings, world(store));
    expect(client.asked.sort()).toEqual(["c0/3", "c1/3", "c2/1", "c2/2", "c2/3"]);
    expect(more.counts).toMatchObject({ cached: 4, calls: 5 });
  });
});

describe("resuming a run", () => {
  it("that is complete asks nothing and gives the same result", async () => {
    const store = memoryStore();
    const client = fakeClient(async (id, trial) => moodyAnswer(id, trial));
    const plan = fakePlan({ client });
    const first = await executeRun(plan, { ...settings, useCache: false }, world(store));
    const again = await executeRun(
      plan,
      { ...settings, useCache: false, resume: newest(store) },
      world(store),
    );
    expect(client.asked).toHaveLength(6);
    expect(resultOf(again)).toEqual(resultOf(first));
    expect(again.header.id).toBe(first.header.id);
  });

  it("asks errored trials again, and them alone, even without the cache", async () => {
    const store = memoryStore();
    let broken = true;
    const client = fakeClient(async (_id, trial) =>
      broken && trial === 2 ? failure("timeout") : answer("yes"),
    );
    const plan = fakePlan({ client });
    const first = await executeRun(plan, settings, world(store));
    expect(first.counts).toMatchObject({ answered: 3, errored: 3 });
    broken = false;
    client.asked.length = 0;
    const run = { ...settings, useCache: false, resume: newest(store) };
    const second = await executeRun(plan, run, world(store));
    expect(client.asked.sort()).toEqual(["c0/2", "c1/2", "c2/2"]);
    expect(second.counts).toMatchObject({ answered: 6, errored: 0, calls: 9 });
    expect(second.status).toBe("complete");
  });

  it("scores an answer again whose judge had failed, without asking for it a second time", async () => {
    const store = memoryStore();
    let asleep = true;
    const judge = fakeScorer("judge", () => {
      if (asleep) throw new ScorerFailure("judge", "no verdict");
      return 1;
    });
    const client = fakeClient(async () =>
      answer("yes", { usage: usageOf({ input_tokens: 5, output_tokens: 5 }) }),
    );
    const plan = fakePlan({ client, cases: 2, trials: 1, scorers: [judge], target: { cacheable: false } });
    const first = await executeRun(plan, settings, world(store));
    expect(first.counts).toMatchObject({ answered: 0, errored: 2 });
    asleep = false;
    const second = await executeRun(plan, { ...settings, resume: newest(store) }, world(store));
    expect(client.asked).toHaveLength(2);
    expect(second.counts).toMatchObject({ answered: 2, errored: 0, calls: 2 });
    expect(second.spent.tokens).toBe(0);
  });

  it("keeps to one budget over all sessions", async () => {
    const store = memoryStore();
    const usage = usageOf({ input_tokens: 4, output_tokens: 96 });
    const client = fakeClient(async () => answer("yes", { usage }));
    const plan: Plan = { ...fakePlan({ client, cases: 5, trials: 2 }), inputTokens: () => 4 };
    const budget = (tokens: number): RunSettings => ({ ...settings, useCache: false, budget: { tokens } });
    const first = await executeRun(plan, budget(350), world(store));
    expect(first.end).toEqual({ kind: "skipped", because: "budget" });
    expect(first.counts).toMatchObject({ answered: 3, skipped: 7 });
    const same = await executeRun(plan, { ...budget(350), resume: newest(store) }, world(store));
    expect([same.counts.answered, client.asked.length]).toEqual([3, 3]);
    const more = await executeRun(plan, { ...budget(1000), resume: newest(store) }, world(store));
    expect([more.counts.answered, more.status, more.spent.tokens]).toEqual([10, "complete", 700]);
  });

  it("counts in a budget what an answer may have cost that its simulated user spoiled and another replaced", async () => {
    const store = memoryStore();
    let spoils = true;
    const says = (content: string) => ({ role: "user" as const, content });
    const client = fakeClient(async () =>
      answer("yes", {
        messages: [
          says(spoils ? "How may I assist you with that?" : "I need other dates."),
          { role: "assistant", content: "yes" },
        ],
      }),
    );
    const made = fakePlan({ client, cases: 1, trials: 1, target: { most_output: 96 } });
    const plan: Plan = { ...made, inputTokens: () => 4, speaker: () => ({ kind: "played", brief: "" }) };
    const session = (changes: Partial<RunSettings> = {}) =>
      executeRun(plan, { ...settings, useCache: false, ...changes }, world(store));
    expect((await session()).counts).toMatchObject({ errored: 1 });
    spoils = false;
    expect((await session({ resume: newest(store) })).counts).toMatchObject({ answered: 1 });
    expect(store.lostSpending(newest(store).no, "target")).toMatchObject({ replies: 1, most_tokens: 100 });
    expect((await spentOn(store, newest(store), plan, { tokens: 1000 })).tokens).toBe(200);
  });

  it("counts in a budget what replies lost in a session without one may have cost", async () => {
    const store = memoryStore();
    const usage = usageOf({ input_tokens: 4, output_tokens: 96 });
    let broken = true;
    const client = fakeClient(async (id) =>
      broken && id === "c0" ? failure("timeout", { may_be_billed: true }) : answer("yes", { usage }),
    );
    const made = fakePlan({ client, cases: 3, trials: 1, target: { most_output: 96 } });
    const plan: Plan = { ...made, inputTokens: () => 4 };
    const wrap = (inner: Client, hooks: CallHooks): Client => ({
      ...inner,
      send: async (request, question, trial, signal) => {
        const reply = await inner.send(request, question, trial, signal);
        if (reply.kind === "failed") hooks.onFailed(reply, question, null);
        return reply;
      },
    });
    const first = await executeRun(plan, settings, world(store, { wrap }));
    expect(first.counts).toMatchObject({ answered: 2, errored: 1 });
    broken = false;
    const within = async (tokens: number) =>
      executeRun(plan, { ...settings, budget: { tokens }, resume: newest(store) }, world(store, { wrap }));
    expect((await within(399)).counts).toMatchObject({ answered: 2, skipped: 1 });
    expect((await within(400)).counts).toMatchObject({ answered: 3, skipped: 0 });
  });

  it("gives the result of an uninterrupted run, and asks for no answer twice, after any number of deaths at any moment", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          cases: fc.integer({ min: 1, max: 6 }),
          trials: fc.integer({ min: 1, max: 4 }),
          concurrency: fc.integer({ min: 1, max: 5 }),
          deaths: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }),
          seed: fc.integer(),
        }),
        async ({ cases, trials, concurrency, deaths, seed }) => {
          const graded = fakeScorer("graded", (output, trial) => chance(output, trial), { required: false });
          const judge = fakeScorer("judge", async (output) => {
            for (let turns = chance(seed, output) * 3; turns > 1; turns--) await Promise.resolve();
            return output === "yes" ? 0.9 : 0.1;
          });
          const client = fakeClient(async (id, trial) => {
            for (let turns = chance(seed, id, trial) * 5; turns > 1; turns--) await Promise.resolve();
            return moodyAnswer(id, trial);
          });
          const plan = fakePlan({
            client,
            cases,
            trials,
            scorers: [yesScorer, graded, judge],
            target: { cacheable: false },
          });
          const run = { ...settings, concurrency };
          const whole = await executeRun(plan, run, world(memoryStore()));
          client.asked.length = 0;

          const store = memoryStore();
          let stored = 0;
          for (const moment of deaths) {
            await session(plan, run, mortalStore(store, moment));
            stored = [...store.scan(newest(store).no)].length;
            expect(client.asked.length).toBeLessThanOrEqual(stored + concurrency * deaths.length);
          }
          const resumed = await executeRun(plan, { ...run, resume: store.runs({})[0] ?? null }, world(store));
          expect(resultOf(resumed)).toEqual(resultOf(whole));
          expect(store.runs({})).toHaveLength(1);
        },
      ),
      { numRuns: 120 },
    );
  });

  async function session(plan: Plan, run: RunSettings, store: Store): Promise<void> {
    try {
      await executeRun(plan, { ...run, resume: store.runs({})[0] ?? null }, world(store));
    } catch (error) {
      if (!(error instanceof Death)) throw error;
    }
  }
});

class Death extends Error {}

/**
 * A store whose process seems to die after this number of writes: earlier writes are kept, later ones throw.
 */
function mortalStore(store: Store, writes: number): Store {
  let left = writes;
  const mortal = (writer: RunWriter): RunWriter => {
    const alive = <A extends unknown[]>(work: (...args: A) => void) => {
      return (...args: A): void => {
        if (left-- <= 0) throw new Death("killed");
        work(...args);
      };
    };
    return { ...writer, record: alive(writer.record), recordScores: alive(writer.recordScores) };
  };
  return {
    ...store,
    create: (...args) => mortal(store.create(...args)),
    resume: (run) => mortal(store.resume(run)),
  };
}

describe("what the store kept of a run", () => {
  it("adds up to what was counted while it ran", async () => {
    const store = memoryStore();
    const client = fakeClient(async (id, trial) =>
      chance("fails", id, trial) < 0.2 ? failure("timeout") : moodyAnswer(id, trial),
    );
    const plan = fakePlan({ client, cases: 6, trials: 4 });
    const ran = await executeRun(plan, settings, world(store));
    const tally = makeTally(plan.count, plan.scorers.length);
    for (const row of store.scan(ran.writer.no)) tally.add(row);
    expect(computeMetrics(tally, { trials: 4, scorers: ["says-yes"] })).toEqual(metricsOf(ran));
  });
});
