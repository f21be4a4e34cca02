import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlidingMinute } from "./sliding-minute.ts";

describe("SlidingMinute", () => {
  it("keeps the limit in every minute, for any sequence of calls", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 400, noNaN: true }),
        fc.double({ min: 0, max: 60, noNaN: true }),
        fc.array(
          fc.record({
            idle: fc.integer({ min: 0, max: 20_000 }),
            amount: fc.double({ min: 0.01, max: 1, noNaN: true }),
          }),
          { minLength: 1, maxLength: 200 },
        ),
        (limit, burst, calls) => {
          const minute = new SlidingMinute(limit, burst);
          const left: { at: number; amount: number }[] = [];
          let now = 0;
          for (const { idle, amount: share } of calls) {
            // Sometimes a large part of the limit, mostly a small one.
            const amount = share < 0.1 ? share * limit * 5 : share;
            now += idle % 3 === 0 ? idle : 0;
            for (let wait = minute.wait(now, amount); wait > 0; wait = minute.wait(now, amount))
              now += Math.max(wait, 1e-3);
            minute.take(now, amount);
            left.push({ at: now, amount });
          }
          for (const { at } of left) {
            const within = left.filter((one) => one.at >= at && one.at < at + 60_000);
            const sum = within.reduce((total, one) => total + one.amount, 0);
            expect(within.length === 1 || sum <= limit + 1e-6).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("spreads what exceeds the first burst", () => {
    const minute = new SlidingMinute(60, 1);
    const waits: number[] = [];
    for (let now = 0, i = 0; i < 4; i++) {
      waits.push(minute.wait(now, 1));
      now += minute.wait(now, 1);
      minute.take(now, 1);
    }
    expect(waits).toEqual([0, 1000, 1000, 1000]);
  });

  it("lets an amount above the limit go alone", () => {
    const minute = new SlidingMinute(10, 1);
    expect(minute.wait(0, 100)).toBe(0);
    minute.take(0, 100);
    expect(minute.wait(0, 1)).toBeGreaterThanOrEqual(60_000);
  });

  it("allows one call in several minutes if the limit is below one per minute", () => {
    const minute = new SlidingMinute(0.5, 1);
    minute.take(0, 1);
    expect(minute.wait(60_000, 1)).toBeGreaterThanOrEqual(60_000);
  });

  it("counts the amount that a call really used", () => {
    const minute = new SlidingMinute(100, 100);
    minute.take(0, 80);
    expect(minute.wait(1, 50)).toBeGreaterThan(0);
    minute.correct(0, 80, 10);
    expect(minute.wait(1, 50)).toBe(0);
  });
});
