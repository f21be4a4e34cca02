import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Price } from "../domain/config.ts";
import { UNKNOWN_USAGE, usageOf } from "../domain/transcript.ts";
import { type BudgetGuard, openSharedBudget, type SharedBudget } from "./budget-guard.ts";
import { usdOf } from "./price-usage.ts";

const price: Price = { input: 1, output: 10, cached_input: 0.1, cache_write: 1.25 };
const NOTHING = { usd: 0, tokens: 0 };

/** How a fake provider handles one call: its failed attempts, and the tokens and time of each attempt. */
interface Scripted {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly written: number;
  /** Billed attempts without an answer before the one that counts. */
  readonly failures: number;
  /** Duration of one attempt, in turns of the microtask queue, from 1 to 5. */
  readonly takes: number;
}

const scripted = (limit: number): fc.Arbitrary<Scripted> =>
  fc.record({
    input: fc.integer({ min: 1, max: 1000 }),
    output: fc.oneof(fc.integer({ min: 0, max: Math.min(20, limit) }), fc.constant(limit)),
    cached: fc.integer({ min: 0, max: 100 }),
    written: fc.integer({ min: 0, max: 100 }),
    failures: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
    ),
    takes: fc.integer({ min: 1, max: 5 }),
  });

/** Waits this many turns of the microtask queue, so that replies arrive in different orders. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

/** Sends every call with concurrent workers, as the engine and judges do. @returns what the provider bills */
async function askAll(
  sharedBudget: SharedBudget,
  guard: BudgetGuard,
  calls: readonly Scripted[],
  concurrency: number,
) {
  const bill = { usd: 0, tokens: 0 };
  let next = 0;
  let stopped = false;
  const work = async (): Promise<void> => {
    while (next < calls.length && !stopped) {
      const one = calls[next++];
      if (one === undefined) return;
      const call = {};
      if ((await sharedBudget.acquire(guard, call, () => one.input)) === "stop") {
        stopped = true;
        return;
      }
      const usage = usageOf({
        input_tokens: one.input,
        cached_input_tokens: Math.min(one.cached, Math.floor(one.input / 2)),
        cache_write_tokens: Math.min(one.written, Math.floor(one.input / 2)),
        output_tokens: one.output,
      });
      const usd = usdOf(price, usage) ?? 0;
      for (let attempt = 0; ; attempt++) {
        await turns(one.takes);
        bill.usd += usd;
        bill.tokens += one.input + one.output;
        if (attempt === one.failures) {
          guard.settle(call, { usd, usage });
          break;
        }
        if (!guard.lost(call, { usd, usage }).again) {
          guard.release(call);
          break;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { bill, stopped };
}

describe("a budget", () => {
  it("is never exceeded by the provider's bill, for any mix of costs, failures, concurrency and judges", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          usd: fc.double({ min: 0.0005, max: 0.3, noNaN: true }),
          tokens: fc.option(fc.integer({ min: 500, max: 30_000 }), { nil: undefined }),
          calls: fc.array(scripted(400), { minLength: 1, maxLength: 40 }),
          judging: fc.array(scripted(60), { maxLength: 40 }),
          concurrency: fc.integer({ min: 1, max: 16 }),
        }),
        async ({ usd, tokens, calls, judging, concurrency }) => {
          const sharedBudget = openSharedBudget({ usd, tokens });
          const target = sharedBudget.guard([{ price, most_output: 400 }], NOTHING);
          const judge = sharedBudget.guard([{ price, most_output: 60 }], NOTHING);
          const [asked, judged] = await Promise.all([
            askAll(sharedBudget, target, calls, concurrency),
            askAll(sharedBudget, judge, judging, concurrency),
          ]);
          const bill = {
            usd: asked.bill.usd + judged.bill.usd,
            tokens: asked.bill.tokens + judged.bill.tokens,
          };
          expect(bill.usd).toBeLessThanOrEqual(usd + 1e-9);
          expect(bill.tokens).toBeLessThanOrEqual(tokens ?? Number.POSITIVE_INFINITY);
          expect(target.spent.usd + judge.spent.usd).toBeCloseTo(bill.usd, 12);
          // The budget is also used up: the rest would not have been enough for another call.
          if (asked.stopped && tokens === undefined) expect(bill.usd).toBeGreaterThan(usd - 2 * 0.0053);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("sends unlimited calls alone until one has returned, and then reserves the longest answer so far", async () => {
    const sharedBudget = openSharedBudget({ usd: 1 });
    const guard = sharedBudget.guard([{ price, most_output: null }], NOTHING);
    const [first, second, third] = [{}, {}, {}];
    expect(guard.reserve(first, () => 10)).toBe("go");
    expect(guard.reserve(second, () => 10)).toBe("wait");
    guard.settle(first, { usd: 0.3, usage: usageOf({ input_tokens: 10, output_tokens: 30_000 }) });
    expect([
      guard.reserve(second, () => 10),
      guard.reserve(third, () => 10),
      guard.reserve({}, () => 10),
    ]).toEqual(["go", "go", "wait"]);
  });

  it("reserves the cost of the most expensive reply so far when a program reports its costs itself", () => {
    const guard = openSharedBudget({ usd: 0.0035 }).guard(
      [{ price: { input: 1, output: 1 }, most_output: null }],
      NOTHING,
    );
    const asked: object[] = [];
    for (let call = {}; guard.reserve(call, () => 7) === "go"; call = {}) {
      asked.push(call);
      guard.settle(call, { usd: 0.001, usage: usageOf({ input_tokens: 1000, output_tokens: 0 }) });
    }
    expect(asked).toHaveLength(3);
  });

  it("learns that a provider counts more tokens than were estimated", () => {
    const guard = openSharedBudget({ tokens: 10_000 }).guard([{ price, most_output: 0 }], NOTHING);
    const first = {};
    guard.reserve(first, () => 1000);
    guard.settle(first, { usd: 0, usage: usageOf({ input_tokens: 1500, output_tokens: 0 }) });
    expect(guard.reserve({}, () => 6000)).toBe("stop");
    expect(guard.reserve({}, () => 5000)).toBe("go");
  });

  it("reserves input at its highest price, because it is not known what will be in the provider's cache", () => {
    const guard = openSharedBudget({ usd: 0.00012 }).guard([{ price, most_output: 0 }], NOTHING);
    expect(guard.reserve({}, () => 100)).toBe("stop");
    expect(guard.reserve({}, () => 96)).toBe("go");
  });

  it("reserves the cost of the more expensive of two models that may answer", () => {
    const rates = [
      { price, most_output: 10 },
      { price: { input: 5, output: 50 }, most_output: 100 },
    ];
    expect(
      openSharedBudget({ usd: 0.005 })
        .guard(rates, NOTHING)
        .reserve({}, () => 10),
    ).toBe("stop");
    expect(
      openSharedBudget({ usd: 0.00506 })
        .guard(rates, NOTHING)
        .reserve({}, () => 10),
    ).toBe("go");
  });

  it("counts a lost reply of unknown cost at its maximum cost, in this session and the next", () => {
    const rates = [{ price, most_output: 100 }];
    const guard = openSharedBudget({ usd: 0.0025 }).guard(rates, NOTHING);
    const call = {};
    guard.reserve(call, () => 10);
    const lost = guard.lost(call, { usd: null, usage: UNKNOWN_USAGE });
    expect(lost).toEqual({ most_usd: expect.closeTo(0.0010125, 9), most_tokens: 110, again: true });
    expect(guard.lost(call, { usd: null, usage: UNKNOWN_USAGE }).again).toBe(false);
    guard.release(call);
    expect(guard.reserve({}, () => 10)).toBe("stop");
    const next = openSharedBudget({ usd: 0.0025 }).guard(rates, {
      ...NOTHING,
      unknown: { usd: 0.002025, tokens: 220 },
    });
    expect(next.reserve({}, () => 10)).toBe("stop");
  });

  it.each([{}, { input_tokens: 10 }, { output_tokens: 20 }])(
    "counts a reply that reports only %o at its likely tokens, in this session and the next",
    (reported) => {
      const rates = [{ price: null, most_output: 100 }];
      const guard = openSharedBudget({ tokens: 220 }).guard(rates, NOTHING);
      const call = {};
      guard.reserve(call, () => 11);
      guard.settle(call, { usd: null, usage: usageOf(reported) });
      expect([guard.untold, guard.spent.tokens, guard.reserve({}, () => 11)]).toEqual([1, 0, "stop"]);
      const before = {
        ...NOTHING,
        untold: () => [{ input: 11, paid: { usd: null, usage: usageOf(reported) } }],
      };
      const [next, other] = [openSharedBudget({ tokens: 220 }), openSharedBudget({ tokens: 222 })];
      expect(next.guard(rates, before).reserve({}, () => 11)).toBe("stop");
      expect(other.guard(rates, before).reserve({}, () => 11)).toBe("go");
      expect(next.counted()).toEqual({ usd: 0, tokens: 111 });
    },
  );

  it("counts the most that earlier replies without tokens can have cost, also where none told its cost", () => {
    const before = { ...NOTHING, untold: () => [{ input: 10, paid: { usd: null, usage: UNKNOWN_USAGE } }] };
    const sharedBudget = openSharedBudget({ usd: 0.0015 });
    const guard = sharedBudget.guard([{ price, most_output: 100 }], before);
    expect(guard.reserve({}, () => 10)).toBe("stop");
    expect(sharedBudget.counted().usd).toBeCloseTo(0.0010125, 9);
  });

  it("counts what is known of a reply where that is more than was likely", () => {
    const guard = openSharedBudget({ tokens: 400 }).guard([{ price: null, most_output: 100 }], NOTHING);
    const call = {};
    guard.reserve(call, () => 11);
    guard.settle(call, { usd: null, usage: usageOf({ output_tokens: 300 }) });
    expect(guard.reserve({}, () => 11)).toBe("stop");
  });

  it("cannot be enforced in dollars when a reply's cost is unknown and unlimited", () => {
    const unknown = { usd: null, usage: UNKNOWN_USAGE };
    const settled = (budget: object, most_output: number | null): boolean => {
      const guard = openSharedBudget(budget).guard(
        [{ price: most_output === null ? null : price, most_output }],
        NOTHING,
      );
      const call = {};
      guard.reserve(call, () => 5);
      return guard.settle(call, unknown);
    };
    expect(settled({ usd: 1 }, null)).toBe(false);
    expect(settled({ tokens: 100 }, null)).toBe(true);
    expect(settled({ usd: 1 }, 50)).toBe(true);
  });
});
