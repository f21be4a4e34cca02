import { describe, expect, it } from "vitest";
import {
  deviationOf,
  driftChart,
  falseAlarmProbability,
  shiryaevRobertsNow,
  valuesToFind,
} from "./drift-chart.ts";
import { normalQuantile } from "./normal-distribution.ts";
import { mean } from "./sample-moments.ts";
import { seededRandom } from "./seeded-random.ts";

describe("driftChart", () => {
  it("alarms once the evidence is above 5, reports which way and since when", () => {
    const chart = driftChart([0.2, -0.3, 0, -3, -3]);
    expect(chart.map(({ alarm }) => alarm)).toEqual([false, false, false, false, false]);
    expect(chart.at(-1)).toMatchObject({ statistic: 5, direction: "down", since: 3 });
    expect(driftChart([0.2, -0.3, 0, -3, -3.1]).at(-1)).toMatchObject({
      alarm: true,
      direction: "down",
      since: 3,
    });
    expect(driftChart([5.6])).toMatchObject([{ alarm: true, direction: "up", since: 0 }]);
  });

  it("goes on alarming while a shift lasts, and stops with the first value that shows it is over", () => {
    const chart = driftChart([-6, -2, -2, -2, 0.3, 0]);
    expect(chart.map(({ alarm }) => alarm)).toEqual([true, true, true, true, false, false]);
  });
});

describe("falseAlarmProbability", () => {
  it.each([
    [1, 0.42],
    [4, 0.3],
    [20, 0.12],
    [1000, 0.05],
  ])("is as computed before for a reference of %d runs", (runs, expected) => {
    expect(Math.abs(falseAlarmProbability(30, 1 / (runs + 1)) - expected)).toBeLessThan(0.015);
  });

  it("grows with the runs", () => {
    expect(falseAlarmProbability(5, 0.05)).toBeLessThan(falseAlarmProbability(30, 0.05));
    expect(() => falseAlarmProbability(0, 0.5)).toThrow(RangeError);
  });
});

describe("valuesToFind", () => {
  it("is about what the chart takes for a shift of that size", () => {
    const random = seededRandom("delay");
    const delay = (shift: number): number =>
      mean(
        Array.from({ length: 300 }, () => {
          const values = Array.from({ length: 200 }, () => shift + normalQuantile(random()));
          return driftChart(values).findIndex(({ alarm }) => alarm) + 1;
        }),
      );
    for (const shift of [1, 2, 3]) {
      expect(valuesToFind(shift)).toBeGreaterThan(0.6 * delay(shift));
      expect(valuesToFind(shift)).toBeLessThan(1.6 * delay(shift));
    }
    expect(valuesToFind(0.5)).toBe(Number.POSITIVE_INFINITY);
    expect(valuesToFind(Number.POSITIVE_INFINITY)).toBe(1);
  });
});

describe("shiryaevRobertsNow", () => {
  it("is the chart's last statistic, and null without values", () => {
    expect(shiryaevRobertsNow([])).toBeNull();
    expect(shiryaevRobertsNow([-3, -3, -3])).toBeGreaterThan(500);
    expect(shiryaevRobertsNow([0, 0, 0])).toBeLessThan(10);
  });
});

describe("deviationOf", () => {
  it("is the z value of the p-values, and always finite", () => {
    expect(deviationOf({ low: 0.5, high: 0.5 })).toBeCloseTo(0, 12);
    expect(deviationOf({ low: 0.025, high: 0.975 })).toBeCloseTo(-1.96, 3);
    expect(deviationOf({ low: 0.99, high: 0.01 })).toBeCloseTo(2.326, 3);
    expect(deviationOf({ low: 0, high: 1 })).toBeGreaterThan(-10);
  });
});
