import { describe, expect, it } from "vitest";
import { seededRandom } from "./seeded-random.ts";
import { type DrawnUnit, weightedRate } from "./weighted-rate.ts";

describe("weightedRate", () => {
  it("counts each drawn unit with the weight 1 / probability", () => {
    const units = [
      { has: true, probability: 1 },
      { has: false, probability: 0.25 },
      { has: true, probability: 0.5 },
    ];
    const { value, population } = weightedRate(units);
    expect(population).toBe(7);
    expect(value).toBeCloseTo(3 / 7, 12);
  });

  it("is exact when all units were drawn with certainty", () => {
    const units = [true, true, false, false].map((has) => ({ has, probability: 1 }));
    expect(weightedRate(units)).toEqual({ value: 0.5, low: 0.5, high: 0.5, population: 4 });
  });

  it("has a wide interval when none of a few drawn units has the property", () => {
    const units = Array.from({ length: 8 }, () => ({ has: false, probability: 0.01 }));
    expect(weightedRate(units)).toMatchObject({ value: 0, low: 0 });
    expect(weightedRate(units).high).toBeGreaterThan(0.25);
  });

  it("rejects an empty sample, and probabilities outside (0, 1]", () => {
    expect(() => weightedRate([])).toThrow(RangeError);
    for (const probability of [0, -1, 1.1, Number.NaN])
      expect(() => weightedRate([{ has: true, probability }])).toThrow(RangeError);
  });

  it.each([
    { share: 0.05, rate: 0.3, kept: 0.5 },
    { share: 0.02, rate: 0.1, kept: 0 },
    { share: 0.1, rate: 0.02, kept: 0.8 },
    { share: 0.08, rate: 0.12, kept: 1 },
  ])(
    "is right on average and covers the truth: rate $rate, drawn with probability $share, $kept of them certain",
    (world) => {
      const random = seededRandom(JSON.stringify(world));
      const draws = 1000;
      const population = Array.from({ length: 4000 }, () => {
        const has = random() < world.rate;
        return { has, probability: has && random() < world.kept ? 1 : world.share };
      });
      const truth = population.filter(({ has }) => has).length / population.length;
      let sum = 0;
      let held = 0;
      for (let n = 0; n < draws; n++) {
        const drawn: DrawnUnit[] = population.filter(({ probability }) => random() < probability);
        const { value, low, high } = weightedRate(drawn);
        sum += value;
        if (low <= truth && truth <= high) held++;
      }
      expect(Math.abs(sum / draws / truth - 1)).toBeLessThan(0.03);
      expect(held / draws).toBeGreaterThan(0.93);
      expect(held / draws).toBeLessThan(world.kept === 1 ? 1.001 : 0.99);
    },
  );
});
