import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ScorerFailure } from "../domain/scorer.ts";
import { usageOf } from "../domain/transcript.ts";
import { openSharedBudget } from "./budget-guard.ts";
import { runTrials } from "./engine.ts";
import type { StopRule } from "./engine-job.ts";
import type { Plan } from "./plan.ts";
import { engineJob } from "./testing/engine-job.ts";
import {
  answer,
  chance,
  failure,
  fakeClient,
  heldClient,
  moodyAnswer,
  quiet,
} from "./testing/fake-client.ts";
import { fakePlan, fakeScorer, yesScorer } from "./testing/fake-plan.ts";
import { caseByCase } from "./work-order.ts";

const rows = (job: ReturnType<typeof engineJob>) => [...job.store.scan(job.writer.no)];

describe("runTrials", () => {
  it("asks every trial once, in whatever order the answers arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          cases: fc.integer({ min: 1, max: 8 }),
          trials: fc.integer({ min: 1, max: 5 }),
          concurrency: fc.integer({ min: 1, max: 9 }),
          seed: fc.integer(),
        }),
        async ({ cases, trials, concurrency, seed }) => {
          const client = fakeClient(async (caseId, trial) => {
            for (let turns = chance(seed, caseId, trial) * 4; turns > 1; turns--) await Promise.resolve();
            return chance(seed, "fails", caseId, trial) < 0.2 ? failure("timeout") : answer("yes");
          });
          const plan = fakePlan({ client, cases, trials });
          const job = engineJob(plan, { concurrency });
          expect(await runTrials(job)).toMatchObject({
            kind: expect.stringMatching(/all-asked|unreachable/),
          });
          expect(new Set(client.asked).size).toBe(cases * trials);
          expect(client.asked).toHaveLength(cases * trials);
          expect(rows(job)).toHaveLength(cases * trials);
          expect(client.peak).toBeLessThanOrEqual(concurrency);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("keeps as many requests in flight as `concurrency` allows, and never more", async () => {
    const client = heldClient();
    const ended = runTrials(engineJob(fakePlan({ client, cases: 5, trials: 2 }), { concurrency: 3 }));
    expect(client.waiting()).toEqual(["c0/1", "c1/1", "c2/1"]);
    await client.settle("c1/1");
    expect(client.waiting()).toEqual(["c0/1", "c2/1", "c3/1"]);
    while (client.waiting().length > 0) {
      expect(client.waiting().length).toBeLessThanOrEqual(3);
      await client.settle(client.waiting().at(-1) ?? "");
    }
    await ended;
    expect(client.peak).toBe(3);
  });

  it("lets no case wait for a slow one", async () => {
    const client = heldClient();
    const job = engineJob(fakePlan({ client, cases: 4, trials: 3 }), { concurrency: 2 });
    const ended = runTrials(job);
    for (;;) {
      const next = client.waiting().find((trial) => trial !== "c0/1");
      if (next === undefined) break;
      await client.settle(next);
    }
    expect(client.waiting()).toEqual(["c0/1"]);
    expect(rows(job)).toHaveLength(11);
    await client.settle("c0/1");
    expect(await ended).toEqual({ kind: "all-asked" });
  });

  it("stores an answer before the next one arrives", async () => {
    const client = heldClient();
    const job = engineJob(fakePlan({ client }));
    const ended = runTrials(job);
    await client.settle("c1/1");
    expect(rows(job)).toMatchObject([{ case_no: 1, trial: 1, pass: true }]);
    while (client.waiting().length > 0) await client.settle(client.waiting()[0] ?? "");
    await ended;
  });

  it("asks case by case, or every case once per round, as the order says", async () => {
    const client = fakeClient(() => answer("yes"));
    const plan = fakePlan({ client, cases: 2, trials: 2 });
    await runTrials(engineJob(plan));
    await runTrials(engineJob(plan, { order: caseByCase(2, 2) }));
    expect(client.asked).toEqual(["c0/1", "c1/1", "c0/2", "c1/2", "c0/1", "c0/2", "c1/1", "c1/2"]);
  });

  it("handles a great many answers that are given synchronously", async () => {
    const client = fakeClient(() => answer("yes"));
    const job = engineJob(fakePlan({ client, cases: 1500, trials: 1 }));
    expect(await runTrials(job)).toEqual({ kind: "all-asked" });
    expect(job.tally.totalAnswered).toBe(1500);
  });

  it("asks only as many trials of a case as are available", async () => {
    const client = fakeClient(() => answer("yes"), { available: (id) => (id === "c1" ? 1 : 2) });
    await runTrials(engineJob(fakePlan({ client, cases: 2, trials: 3 })));
    expect(client.asked.sort()).toEqual(["c0/1", "c0/2", "c1/1"]);
  });

  it("computes an answer's cost from its tokens and the price, and leaves it unknown without tokens", async () => {
    const usage = usageOf({ input_tokens: 1_000_000, output_tokens: 500_000 });
    const client = fakeClient((id) => answer("yes", id === "c0" ? { usage } : {}));
    const job = engineJob(fakePlan({ client, cases: 2, trials: 1 }));
    await runTrials(job);
    expect(rows(job).map((row) => row.cost_usd)).toEqual([2, null]);
  });

  it("rejects when a client throws, instead of counting an errored trial", async () => {
    const client = fakeClient(() => {
      throw new TypeError("a bug");
    });
    await expect(runTrials(engineJob(fakePlan({ client })))).rejects.toThrow("a bug");
  });

  it("asks for nothing more after an error, and keeps the answers that arrive later", async () => {
    const client = heldClient();
    const plan = fakePlan({ client, cases: 9, trials: 1 });
    let reported = 0;
    const job = engineJob(plan, {
      concurrency: 3,
      onTrial: () => {
        if (++reported === 1) throw new Error("no room for progress");
      },
    });
    const ended = expect(runTrials(job)).rejects.toThrow("no room for progress");
    await client.settle("c0/1");
    await ended;
    await client.settle("c1/1");
    await client.settle("c2/1");
    expect(client.waiting()).toEqual([]);
    expect(rows(job)).toHaveLength(3);
  });
});

describe("stopping", () => {
  it("after one Ctrl-C takes no new trial, waits for those in flight and keeps their answers", async () => {
    const client = heldClient();
    let stopping = false;
    const job = engineJob(fakePlan({ client, cases: 4, trials: 2 }), {
      concurrency: 2,
      control: { stopping: () => stopping, signal: new AbortController().signal },
    });
    let ended = false;
    const end = runTrials(job).finally(() => {
      ended = true;
    });
    stopping = true;
    await client.settle("c0/1");
    expect(client.asked).toEqual(["c0/1", "c1/1"]);
    expect(ended).toBe(false);
    await client.settle("c1/1");
    expect(await end).toEqual({ kind: "skipped", because: "cancelled" });
    expect(rows(job)).toHaveLength(2);
  });

  it("at once aborts the calls in flight, and stores no error for them", async () => {
    const client = heldClient();
    const cut = new AbortController();
    let stopping = false;
    const job = engineJob(fakePlan({ client, cases: 4 }), {
      concurrency: 3,
      control: { stopping: () => stopping, signal: cut.signal },
    });
    const end = runTrials(job);
    await client.settle("c2/1");
    stopping = true;
    cut.abort();
    expect(await end).toEqual({ kind: "skipped", because: "cancelled" });
    expect(rows(job)).toMatchObject([{ case_no: 2, kind: "answered" }]);
    expect(job.tally.totalErrored).toBe(0);
  });

  it("at once abandons a scorer that has not finished, and keeps the answer without scores", async () => {
    const cut = new AbortController();
    const client = fakeClient(() => answer("yes"));
    const scorers = [fakeScorer("slow", () => new Promise(() => {}))];
    const job = engineJob(fakePlan({ client, cases: 2, trials: 1, scorers }), {
      control: { stopping: () => false, signal: cut.signal },
    });
    const end = runTrials(job);
    setImmediate(() => cut.abort());
    expect(await end).toEqual({ kind: "skipped", because: "cancelled" });
    expect(rows(job)).toMatchObject([{ pass: null }, { pass: null }]);
    expect(job.tally.totalErrored).toBe(0);
  });

  it("ends after the first calls when the target cannot be reached", async () => {
    const client = fakeClient(async () => failure("provider", { unreachable: true }));
    const job = engineJob(fakePlan({ client, cases: 100, trials: 2 }), { concurrency: 4 });
    expect(await runTrials(job)).toMatchObject({ kind: "unreachable" });
    expect(client.asked.length).toBeLessThanOrEqual(24);
  });

  it("ends after the first refusal that would be the same for every trial", async () => {
    const client = fakeClient(async () => failure("provider", { fatal: true, message: "401 bad key" }));
    const job = engineJob(fakePlan({ client, cases: 100 }), { concurrency: 4 });
    expect(await runTrials(job)).toEqual({
      kind: "unreachable",
      because: "none-answered",
      message: "401 bad key",
    });
    expect(client.asked).toHaveLength(4);
  });

  it("goes on through failures as long as some calls are answered", async () => {
    const client = fakeClient(async (id) =>
      Number(id.slice(1)) % 15 === 0 ? answer("yes") : failure("provider", { transient: true }),
    );
    const job = engineJob(fakePlan({ client, cases: 60, trials: 1 }), { concurrency: 1 });
    expect(await runTrials(job)).toEqual({ kind: "all-asked" });
    expect(client.asked).toHaveLength(60);
  });

  it.each([
    ["that is down", failure("provider", { transient: true, message: "500" }), "no-more", 20],
    ["that is unreachable", failure("provider", { transient: true, unreachable: true }), "no-more", 20],
    ["that hangs", failure("timeout", { transient: true }), "no-more", 20],
    ["whose account has no money", failure("provider", { fatal: true, closed: "no-money" }), "no-money", 1],
    ["that must be waited for too long", failure("rate-limit", { closed: "long-wait" }), "long-wait", 1],
  ] as const)("ends at a model %s, though it answered at first", async (_, failed, because, calls) => {
    const client = fakeClient(async (id) => (Number(id.slice(1)) < 50 ? answer("yes") : failed));
    const job = engineJob(fakePlan({ client, cases: 300, trials: 1 }), { concurrency: 1 });
    expect(await runTrials(job)).toEqual({ kind: "unreachable", because, message: failed.message });
    expect(client.asked).toHaveLength(50 + calls);
    expect(job.tally.totalAnswered).toBe(50);
  });

  it("ends at a fatal refusal although an earlier session had answers", async () => {
    const client = fakeClient(async () => failure("provider", { fatal: true }));
    const plan = fakePlan({ client, cases: 50, trials: 1 });
    const job = engineJob(plan, { concurrency: 1, isDone: (caseNo) => caseNo < 5 });
    for (let caseNo = 0; caseNo < 5; caseNo++) {
      job.tally.add({ ...(await answeredRow()), case_no: caseNo });
    }
    expect(await runTrials(job)).toMatchObject({ kind: "unreachable" });
    expect(client.asked).toHaveLength(1);
  });

  async function answeredRow() {
    const job = engineJob(fakePlan({ client: fakeClient(() => answer("yes")), cases: 1, trials: 1 }));
    await runTrials(job);
    const [row] = rows(job);
    if (row === undefined) throw new Error("nothing was stored");
    return row;
  }
});

describe("a budget", () => {
  const inputTokens = (): number => 4;
  const bounded = (plan: Plan, most_output = 96) => [{ price: plan.target.price, most_output }];
  const usage = usageOf({ input_tokens: 4, output_tokens: 96 });

  it("in tokens is never exceeded, and leaves less than one call unused", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 2500 }),
        fc.integer({ min: 1, max: 8 }),
        async (tokens, concurrency) => {
          const client = fakeClient(async () => answer("yes", { usage }));
          const plan = fakePlan({ client, cases: 10, trials: 2 });
          const budget = openSharedBudget({ tokens }).guard(bounded(plan), { usd: 0, tokens: 0 });
          const end = await runTrials(engineJob(plan, { concurrency, budget, inputTokens }));
          expect(budget.spent.tokens).toBeLessThanOrEqual(tokens);
          expect(client.asked).toHaveLength(Math.min(20, Math.floor(tokens / 100)));
          expect(end.kind).toBe(tokens >= 2000 ? "all-asked" : "skipped");
        },
      ),
      { numRuns: 40 },
    );
  });

  it("in dollars is never exceeded", async () => {
    const client = fakeClient(async () => answer("yes", { usage }));
    const plan = fakePlan({ client, cases: 10, trials: 2 });
    const each = (4 * 1 + 96 * 2) / 1_000_000;
    const budget = openSharedBudget({ usd: each * 7.5 }).guard(bounded(plan), { usd: 0, tokens: 0 });
    expect(await runTrials(engineJob(plan, { budget, inputTokens }))).toEqual({
      kind: "skipped",
      because: "budget",
    });
    expect(budget.spent.usd).toBeCloseTo(each * 7, 12);
  });

  it("counts what earlier sessions of the run spent", async () => {
    const client = fakeClient(async () => answer("yes", { usage }));
    const plan = fakePlan({ client, cases: 10, trials: 1 });
    const budget = openSharedBudget({ tokens: 1000 }).guard(bounded(plan), { usd: 0, tokens: 750 });
    await runTrials(engineJob(plan, { budget, inputTokens }));
    expect(client.asked).toHaveLength(2);
  });

  it("is not charged for recorded answers", async () => {
    const client = fakeClient(() => answer("yes", { usage, recorded: true }), { immediate: true });
    const plan = fakePlan({ client, cases: 10, trials: 1 });
    const budget = openSharedBudget({ tokens: 1000 }).guard(bounded(plan), { usd: 0, tokens: 0 });
    expect(await runTrials(engineJob(plan, { budget, inputTokens }))).toEqual({ kind: "all-asked" });
    expect(budget.spent).toEqual({ usd: 0, tokens: 0 });
  });

  it("stores the answer and ends the run when a reply without a limit does not report its cost", async () => {
    const client = fakeClient(async () => answer("yes"));
    const plan = fakePlan({ client, cases: 50, trials: 1 });
    const budget = openSharedBudget({ usd: 1 }).guard([{ price: null, most_output: null }], {
      usd: 0,
      tokens: 0,
    });
    const job = engineJob(plan, { budget, inputTokens });
    await expect(runTrials(job)).rejects.toThrow("does not say what it cost");
    expect(client.asked).toHaveLength(1);
    expect([...job.store.scan(job.writer.no)]).toHaveLength(1);
  });

  it("counts a call with unknown tokens at its estimated cost, never as free", async () => {
    const client = fakeClient(async () => answer("yes"));
    const plan = fakePlan({ client, cases: 50, trials: 1 });
    const budget = openSharedBudget({ tokens: 1000 }).guard(bounded(plan, 97), { usd: 0, tokens: 0 });
    expect(await runTrials(engineJob(plan, { budget, inputTokens }))).toEqual({
      kind: "skipped",
      because: "budget",
    });
    expect(client.asked.length).toBeLessThanOrEqual(10);
    expect(client.asked.length).toBeGreaterThan(5);
  });
});

describe("answers that exist already", () => {
  const stored = (output: string) => ({
    answer_id: 7,
    transcript: {
      output,
      messages: [],
      tool_calls: [],
      usage: usageOf({ input_tokens: 5, output_tokens: 5 }),
      latency_ms: 10,
      cost_usd: 0.5,
      model: null,
      finish_reason: null,
      refusal: null,
    },
  });

  it("from the cache are scored, and nothing is asked for them", async () => {
    const client = fakeClient(async () => answer("no"));
    const plan = fakePlan({ client, cases: 2, trials: 2 });
    const looked: string[] = [];
    const job = engineJob(plan, {
      cached: (hash, trial) => {
        looked.push(`${hash === plan.askedHash(0) ? "c0" : "c1"}/${trial}`);
        return hash === plan.askedHash(0) && trial === 2 ? stored("yes") : undefined;
      },
    });
    const budget = job.budget.spent;
    await runTrials(job);
    expect(looked.sort()).toEqual(["c0/1", "c0/2", "c1/1", "c1/2"]);
    expect(client.asked.sort()).toEqual(["c0/1", "c1/1", "c1/2"]);
    expect([job.tally.passed[0], job.tally.totalCached, budget.usd]).toEqual([1, 1, 0]);
    expect(job.events.filter((one) => one.kind === "answered" && one.cached)).toHaveLength(1);
  });

  it("from an earlier session that died before scoring them are scored without asking", async () => {
    const client = fakeClient(async () => answer("no"));
    const plan = fakePlan({ client, cases: 2, trials: 1 });
    const job = engineJob(plan, {
      unscored: (caseNo) => (caseNo === 0 ? { ...stored("yes"), cached: false } : undefined),
      cached: () => undefined,
    });
    job.writer.record({
      kind: "answered",
      case_no: 0,
      trial: 1,
      transcript: stored("yes").transcript,
      raw: null,
      scores: null,
    });
    await runTrials(job);
    expect(client.asked).toEqual(["c1/1"]);
    expect(rows(job)).toMatchObject([
      { case_no: 0, pass: true, cached: false },
      { case_no: 1, pass: false },
    ]);
  });

  it("and were scored in an earlier session are not asked again", async () => {
    const client = fakeClient(async () => answer("yes"));
    const job = engineJob(fakePlan({ client, cases: 3, trials: 2 }), {
      isDone: (caseNo, trial) => caseNo === 1 || trial === 1,
    });
    await runTrials(job);
    expect(client.asked.sort()).toEqual(["c0/2", "c2/2"]);
  });
});

describe("scoring", () => {
  it("that takes long does not occupy a slot of the target, and the answer is stored at once", async () => {
    const judged: ((score: number) => void)[] = [];
    const judge = fakeScorer("judge", () => new Promise((resolve) => judged.push(resolve)));
    const client = heldClient();
    const job = engineJob(fakePlan({ client, cases: 4, trials: 1, scorers: [judge] }), { concurrency: 1 });
    const ended = runTrials(job);
    for (const trial of ["c0/1", "c1/1", "c2/1", "c3/1"]) await client.settle(trial);
    expect(judged).toHaveLength(4);
    expect(rows(job).map((row) => row.pass)).toEqual([null, null, null, null]);
    for (const [index, verdict] of judged.entries()) verdict(index % 2);
    await ended;
    expect(rows(job).map((row) => row.pass)).toEqual([false, true, false, true]);
    expect(job.tally.totalAnswered).toBe(4);
  });

  it("that falls far behind delays further calls, so that unjudged answers do not pile up", async () => {
    const judge = fakeScorer("judge", () => new Promise(() => {}));
    const client = fakeClient(async () => answer("yes"));
    void runTrials(engineJob(fakePlan({ client, cases: 100, scorers: [judge] }), { concurrency: 2 }));
    await quiet();
    expect(client.asked.length).toBeLessThanOrEqual(10);
  });

  const crash = (required: boolean, late: boolean) =>
    fakeScorer(
      "tone",
      () => {
        const error = new ScorerFailure("judge", "no verdict");
        if (late) return Promise.reject(error);
        throw error;
      },
      { required },
    );

  it.each([[false], [true]])(
    "that fails in a required scorer makes the trial errored (late: %s)",
    async (late) => {
      const client = fakeClient(async () => answer("yes"));
      const job = engineJob(
        fakePlan({ client, cases: 1, trials: 1, scorers: [yesScorer, crash(true, late)] }),
      );
      await runTrials(job);
      expect(job.store.trials(job.writer.no, 0)).toMatchObject([
        {
          kind: "errored",
          error: "judge",
          message: "tone: no verdict",
          pass: null,
          answer: { output: "yes" },
        },
      ]);
      expect([job.tally.totalErrored, job.tally.totalAnswered]).toEqual([1, 0]);
    },
  );

  it.each([[false], [true]])(
    "that fails in an optional scorer makes only its own score void (late: %s)",
    async (late) => {
      const client = fakeClient(async () => answer("yes"));
      const job = engineJob(
        fakePlan({ client, cases: 1, trials: 1, scorers: [crash(false, late), yesScorer] }),
      );
      await runTrials(job);
      expect(rows(job)).toMatchObject([{ kind: "answered", pass: true, scores: [null, [1, true]] }]);
      const trial = await job.store.read.trial(job.writer.no, 0, 1);
      expect(trial?.void_reasons).toEqual([expect.stringMatching(/./), null]);
    },
  );

  it("by an optional scorer never decides whether a trial passes", async () => {
    const strict = fakeScorer("strict", () => 0, { required: false });
    const client = fakeClient(async () => answer("yes"));
    const job = engineJob(fakePlan({ client, cases: 1, trials: 1, scorers: [strict, yesScorer] }));
    await runTrials(job);
    expect(rows(job)).toMatchObject([
      {
        pass: true,
        scores: [
          [0, false],
          [1, true],
        ],
      },
    ]);
  });

  it("rejects when a scorer throws an unexpected error", async () => {
    const broken = fakeScorer("broken", () => {
      throw new TypeError("a bug");
    });
    const client = fakeClient(async () => answer("yes"));
    await expect(runTrials(engineJob(fakePlan({ client, scorers: [broken] })))).rejects.toThrow("a bug");
  });
});

describe("a stopping rule", () => {
  it("is asked at each look in order, once, when every trial before it has ended", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          cases: fc.integer({ min: 1, max: 6 }),
          trials: fc.integer({ min: 1, max: 4 }),
          concurrency: fc.integer({ min: 1, max: 6 }),
          ahead: fc.integer({ min: 0, max: 5 }),
          stopAt: fc.integer({ min: 0, max: 6 }),
          seed: fc.integer(),
        }),
        async ({ cases, trials, concurrency, ahead, stopAt, seed }) => {
          const total = cases * trials;
          const looks = Array.from({ length: total }, (_, at) => at + 1).filter(
            (at) => chance(seed, at) < 0.4,
          );
          const ended = new Set<number>();
          const decided: number[] = [];
          let sentPast = 0;
          const position = (caseNo: number, trial: number) => (trial - 1) * cases + caseNo;
          const client = fakeClient(async (id, trial) => {
            const limit = (looks[decided.length] ?? total) + ahead;
            sentPast = Math.max(sentPast, position(Number(id.slice(1)), trial) + 1 - limit);
            for (let turns = chance(seed, id, trial) * 6; turns > 1; turns--) await Promise.resolve();
            return moodyAnswer(id, trial);
          });
          const stop: StopRule = {
            looks,
            ahead,
            decide: (look) => {
              decided.push(look);
              for (let at = 0; at < (looks[look] ?? 0); at++) expect(ended.has(at)).toBe(true);
              return look === stopAt;
            },
          };
          const job = engineJob(fakePlan({ client, cases, trials }), {
            concurrency,
            stop,
            onTrial: ({ case_no, trial }) => ended.add(position(case_no, trial)),
          });
          const end = await runTrials(job);
          const stopped = stopAt < looks.length;
          expect(decided).toEqual(
            Array.from({ length: Math.min(stopAt + 1, looks.length) }, (_, look) => look),
          );
          expect(end.kind).toBe(stopped ? "decided" : "all-asked");
          expect(sentPast).toBeLessThanOrEqual(0);
          if (!stopped) expect(client.asked).toHaveLength(total);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("counts trials of an earlier session as ended", async () => {
    const client = fakeClient(async () => answer("yes"));
    const looks = [2];
    const job = engineJob(fakePlan({ client, cases: 2, trials: 3 }), {
      isDone: (_caseNo, trial) => trial === 1,
      stop: { looks, ahead: 0, decide: () => true },
    });
    expect(await runTrials(job)).toEqual({ kind: "decided", look: 0 });
    expect(client.asked).toEqual([]);
  });

  it("includes every available answer, whichever look ends the run", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          cases: fc.integer({ min: 1, max: 6 }),
          trials: fc.integer({ min: 1, max: 4 }),
          stopAt: fc.integer({ min: 0, max: 3 }),
          seed: fc.integer(),
        }),
        async ({ cases, trials, stopAt, seed }) => {
          const client = fakeClient(async () => answer("yes"));
          const earlier = engineJob(fakePlan({ client, cases, trials }));
          await runTrials(earlier);
          client.asked.length = 0;
          const kept = (hash: string, trial: number): boolean => chance(seed, hash, trial) < 0.5;
          const plan = fakePlan({ client, cases, trials });
          const atHand = new Set<string>();
          for (let caseNo = 0; caseNo < cases; caseNo++)
            for (let trial = 1; trial <= trials; trial++)
              if (kept(plan.askedHash(caseNo), trial)) atHand.add(`c${caseNo}/${trial}`);
          const looked: number[] = [];
          const seen = new Set<string>();
          const job = engineJob(plan, {
            cached: (hash, trial) => (kept(hash, trial) ? earlier.store.cached(hash, trial) : undefined),
            stop: {
              looks: Array.from({ length: trials }, (_, round) => (round + 1) * cases),
              ahead: 0,
              decide: (look) => looked.push(look) > 0 && look === stopAt,
            },
            onTrial: ({ case_no, trial }) => seen.add(`c${case_no}/${trial}`),
          });
          const end = await runTrials(job);
          expect([...atHand].filter((one) => !seen.has(one))).toEqual([]);
          expect(client.asked.filter((one) => atHand.has(one))).toEqual([]);
          expect(job.tally.totalCached).toBe(atHand.size);
          if (atHand.size === cases * trials) expect([end, looked]).toEqual([{ kind: "all-asked" }, []]);
          else expect(end.kind).toBe(looked.includes(stopAt) ? "decided" : "all-asked");
        },
      ),
      { numRuns: 100 },
    );
  });
});
