import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { FATES } from "../../fixtures/batches/batch-server.ts";
import { verdict } from "../providers/testing/judge-server.ts";
import { seededOrder } from "../statistics/seeded-random.ts";
import {
  type BatchedRunUnderTest,
  batchedRun,
  type Death,
  type Shape,
  STEPS,
  type UnderTest,
} from "./testing/batched-run.ts";

const open: BatchedRunUnderTest[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const started = async (under: UnderTest): Promise<BatchedRunUnderTest> => {
  const one = await batchedRun(under);
  open.push(one);
  return one;
};

/** Time between two sessions, in milliseconds. */
const A_MINUTE = 60_000;
const SHAPES: readonly Shape[] = ["openai", "anthropic"];
/**
 * Cost of one answer in a batch, in US dollars: 20 input tokens and 10 output tokens at half the usual price.
 */
const BATCHED_USD = 0.00006;

const answersPaid = ({ server }: BatchedRunUnderTest): number =>
  [...server.paid.values()].reduce((sum, n) => sum + n, 0);

/** Expects that each answer was paid once, none was lost, and no request was sent outside a batch. */
async function expectWhole(run: BatchedRunUnderTest, cases = 7, trials = 2): Promise<void> {
  const ran = await run.toTheEnd();
  expect(ran.counts).toMatchObject({ answered: cases * trials, errored: 0, skipped: 0 });
  expect([...run.server.paid.values()]).toEqual(Array(cases).fill(trials));
  expect(run.server.live).toBe(0);
  expect(run.metric(ran, "cost_usd")).toBeCloseTo(BATCHED_USD * cases * trials, 10);
  expect(run.metric(ran, "latency_p50")).toBeNull();
  const asked = run.server.asked.length;
  await run.session();
  expect(run.server.asked.length).toBe(asked);
}

describe("a run in batches", () => {
  it.each(SHAPES)("sends at once, and reports that its answers come later (%s)", async (shape) => {
    const run = await started({ shape });
    const ran = await run.session();
    expect(ran).toMatchObject({
      ...{ status: "incomplete", end: { kind: "skipped", because: "batch" } },
      ...{ counts: { answered: 0, skipped: 14, calls: 14 }, batched: [] },
    });
    expect(run.server.batches.map(({ rows }) => rows.length)).toEqual([14]);
  });

  it.each(SHAPES)(
    "checks a batch once per session, and sends no other while it is in progress (%s)",
    async (shape) => {
      const run = await started({ shape, takes: 3 * A_MINUTE });
      for (let n = 0; n < 3; n++) expect((await run.session())?.counts.answered).toBe(0);
      expect((await run.session())?.counts.answered).toBe(14);
      const [batch] = run.server.batches;
      expect(run.server.asked.filter((one) => one.endsWith(`/batches/${batch?.id}`)).length).toBe(3);
      expect(run.server.batches.length).toBe(1);
    },
  );

  it.each(SHAPES.flatMap((shape) => FATES.map((fate) => ({ shape, fate }))))(
    "asks each trial once and loses none: $fate, $shape",
    async ({ shape, fate }) => {
      await expectWhole(await started({ shape, fates: [fate] }));
    },
  );

  it.each(SHAPES)("recovers from one failure after another (%s)", async (shape) => {
    await expectWhole(
      await started({ shape, fates: ["expired", "some-fail", "lost-create", "only-errors"] }),
    );
  });

  it("names every request by run, case, trial and attempt", async () => {
    const run = await started({ shape: "openai", fates: ["some-fail"], cases: 2 });
    await run.toTheEnd();
    const ids = run.server.batches.map(({ rows }) => rows.map(({ custom_id }) => custom_id));
    expect(ids).toEqual([
      ["0a1b2c3d-0-1-1", "0a1b2c3d-1-1-1", "0a1b2c3d-0-2-1", "0a1b2c3d-1-2-1"],
      ["0a1b2c3d-1-1-2"],
    ]);
  });

  it("gives up a trial that fails in several batches in a row", async () => {
    const run = await started({ shape: "openai", fates: Array(9).fill("only-errors"), cases: 1, trials: 1 });
    for (let n = 0; n < 4; n++) expect((await run.session())?.counts.errored).toBe(0);
    const ran = await run.session();
    expect(ran?.counts).toMatchObject({ errored: 1, answered: 0 });
    expect(run.server.batches.length).toBe(4);
  });

  it.each(SHAPES)("asks outside a batch only what a finished batch left unanswered (%s)", async (shape) => {
    const run = await started({ shape, fates: ["expired"], takes: 2 * A_MINUTE });
    await run.session({ thenLive: true });
    expect((await run.session({ thenLive: true }))?.counts.answered).toBe(0);
    expect(run.server.live).toBe(0);
    const ran = await run.session({ thenLive: true });
    expect(ran?.counts).toMatchObject({ answered: 14, skipped: 0 });
    expect(run.server.live).toBe(5);
    expect(run.server.batches.length).toBe(1);
  });

  it("uses the batch's share of the price from the config", async () => {
    const run = await started({ shape: "openai", price: "{ input: 1, output: 10, batch: 0.25 }" });
    expect(run.metric(await run.toTheEnd(), "cost_usd")).toBeCloseTo((14 * BATCHED_USD) / 2, 10);
  });

  it("sends no more requests at once than the budget allows, and goes on when their cost is known", async () => {
    const run = await started({ shape: "openai", cases: 6, trials: 1 });
    const budget = { usd: 0.00045 };
    expect((await run.session({ budget }))?.end).toEqual({ kind: "skipped", because: "batch" });
    const [first] = run.server.batches;
    expect(first?.rows.length).toBeLessThan(6);
    const ran = await run.toTheEnd({ budget });
    expect(ran.counts.answered).toBe(6);
    expect(answersPaid(run)).toBe(6);
  });

  it("sends the trials of one look after another, and none after the look that decides", async () => {
    const run = await started({ shape: "openai", cases: 8, trials: 1 });
    const early = (decided: number) => ({
      stop: { looks: [2, 4, 8], ahead: 8, decide: (look: number) => look === decided },
      order: seededOrder(8, "any"),
      note: () => {},
    });
    for (let n = 0; n < 3; n++) await run.session({ early: early(1) });
    expect(run.server.batches.map(({ rows }) => rows.length)).toEqual([2, 2]);
    const ran = await run.session({ early: early(1) });
    expect(ran?.counts).toMatchObject({ answered: 4, not_needed: 4 });
    expect(answersPaid(run)).toBe(4);
  });
});

describe("answers of a batch that nobody needs", () => {
  const lostOf = ({ store }: BatchedRunUnderTest) => store.lostSpending(1, "target");

  it("count in a later budget at what they cost", async () => {
    const run = await started({ shape: "openai", cases: 6, trials: 1 });
    await run.session();
    expect((await run.session({ live: true }))?.counts.answered).toBe(6);
    await run.session();
    expect(lostOf(run)).toMatchObject({ replies: 6, unpriced: 0, untold: 0, tokens: 180, most_tokens: 0 });
    expect(lostOf(run).usd).toBeCloseTo(6 * BATCHED_USD, 10);
  });

  it("count at the most that they may have cost, if they do not tell", async () => {
    const run = await started({ shape: "openai", cases: 6, trials: 1, tellsUsage: false });
    await run.session();
    await run.session({ live: true });
    await run.session();
    expect(lostOf(run)).toMatchObject({ replies: 6, unpriced: 6, untold: 6, tokens: 0, usd: 0 });
    expect(lostOf(run).most_tokens).toBeGreaterThan(6 * 10);
    expect(lostOf(run).most_usd).toBeGreaterThan((6 * 10 * 5) / 1e6);
  });

  it.each([
    { step: "record", nth: 3, when: "after" },
    { step: "read", nth: 1, when: "before" },
  ] as const)("are not those that a process stored which died $when it could $step", async (dies) => {
    const run = await started({ shape: "openai", cases: 4, trials: 1 });
    await run.session();
    expect(await run.session({ dies })).toBeNull();
    const ran = await run.toTheEnd();
    expect(lostOf(run).replies).toBe(0);
    expect(run.metric(ran, "cost_usd")).toBeCloseTo(4 * BATCHED_USD, 10);
  });
});

describe("a judged run in batches", () => {
  const files = {
    "evals/s.yaml":
      "dataset: d\nprompt: q\nmodel: m\ntrials: 2\nscorers:\n  - { type: judge, judge: polite }\n",
    "judges/polite/1.0.0.md": "---\nkind: binary\nmodel: judge\n---\nThe answer passes when it is polite.\n",
  };
  const answer = (body: Readonly<Record<string, unknown>>): string =>
    String(body.model).startsWith("judge") ? verdict("pass", "kind words") : "Kindly: yes";

  it("pays a judge's reply once that a process stored which died before it could mark its batch", async () => {
    const run = await started({ shape: "openai", files, answer });
    for (let n = 0; n < 2; n++) await run.session();
    expect(await run.session({ dies: { step: "read", nth: 1, when: "before" } })).toBeNull();
    const ran = await run.toTheEnd();
    expect(ran.judged?.cost_usd).toBeCloseTo(7 * BATCHED_USD, 10);
    expect(run.store.lostSpending(1, "judges").replies).toBe(0);
  });

  it.each(SHAPES)("has its judges answer in a second stage of batches (%s)", async (shape) => {
    const run = await started({ shape, files, answer, fates: ["ok", "some-fail", "lost-create"] });
    const ran = await run.toTheEnd();
    expect(ran.counts).toMatchObject({ answered: 14, errored: 0 });
    expect(run.server.live).toBe(0);
    const judged = run.server.batches.slice(1);
    expect(judged.length).toBeGreaterThan(1);
    expect(judged.every(({ rows }) => rows.every(({ body }) => body.model === "judge-2024-01-01"))).toBe(
      true,
    );
    // The second trial of a case gave the same answer: it is judged once.
    expect([...run.server.paid.values()].sort()).toEqual([...Array(7).fill(1), ...Array(7).fill(2)]);
    expect(ran.judged?.cost_usd).toBeCloseTo(7 * BATCHED_USD, 10);
    expect(
      run.server.batches.flatMap(({ rows }) => rows).every((row) => /^[\w-]{1,64}$/.test(row.custom_id)),
    ).toBe(true);
  });
});

describe("a process that dies while it asks in batches", () => {
  const deaths = STEPS.flatMap((step) =>
    (["before", "after"] as const).map((when): Death => ({ step, when, nth: 1 })),
  );
  it.each(
    SHAPES.flatMap((shape) => deaths.map((death) => ({ shape, ...death }))).filter(
      ({ shape, step }) => shape === "openai" || step !== "upload",
    ),
  )("loses nothing and asks nothing twice: $when $step, $shape", async ({ shape, ...dies }) => {
    const run = await started({ shape });
    let died = false;
    for (let n = 0; n < 3 && !died; n++) died = (await run.session({ dies })) === null;
    expect(died).toBe(true);
    await expectWhole(run);
  });

  it.each(SHAPES)(
    "counts the requests of a batch whose creation it did not live to see (%s)",
    async (shape) => {
      const run = await started({ shape });
      await run.session({ dies: { step: "create", when: "after", nth: 1 } });
      expect((await run.toTheEnd()).counts).toMatchObject({ answered: 14, calls: 14 });
      expect(run.server.batches).toHaveLength(1);
    },
  );

  it("loses nothing and asks nothing twice, however often it dies and whatever happens to its batches", async () => {
    const death = fc.record({
      step: fc.constantFrom(...STEPS),
      when: fc.constantFrom("before" as const, "after" as const),
      nth: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SHAPES),
        fc.array(fc.constantFrom(...FATES), { maxLength: 3 }),
        fc.array(death, { maxLength: 6 }),
        async (shape, fates, all) => {
          const run = await batchedRun({ shape, fates });
          try {
            for (const dies of all) await run.session({ dies });
            await expectWhole(run);
          } finally {
            await run.close();
          }
        },
      ),
      { numRuns: 60, seed: 20261130 },
    );
  });
});
