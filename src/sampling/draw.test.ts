import { describe, expect, it } from "vitest";
import { seededRandom } from "../statistics/seeded-random.ts";
import { type Designs, drawSample, type Sample, type Unit } from "./draw.ts";

const STRATA = ["a", "b", "c"];
const random = seededRandom("population");
/** Units with equal standings, with failures, and some with an unknown standing or coverage. */
const UNITS: readonly Unit[] = Array.from({ length: 600 }, (_, at) => ({
  id: `t${at}`,
  stratum: STRATA[at % 7 === 0 ? 2 : at % 2] ?? "a",
  failed: at % 40 === 0,
  standing: at % 5 === 4 ? null : at < 60 ? 0.1 : 0.6,
  uncovered: at % 10 === 0 ? null : random(),
}));
const isDuplicate = ({ id }: Unit): boolean => Number(id.slice(1)) % 50 === 3;

const draw = (designs: Designs, seed: string, units = UNITS): Promise<Sample> =>
  drawSample(units, designs, {
    seed,
    isDuplicate: async (unit) => isDuplicate(unit),
    isRepeated: async () => false,
  });

const ALL: Designs = { random: 0.1, worst: 25, errors: true, uncovered: 10 };

describe("drawSample", () => {
  it("draws each unit with the probability that it gives, whichever designs can select the unit", async () => {
    const draws = 600;
    const times = new Map<string, number>();
    const drawn = new Map<string, number>();
    for (let n = 0; n < draws; n++)
      for (const { unit, probability } of (await draw(ALL, String(n))).drawn) {
        times.set(unit.id, (times.get(unit.id) ?? 0) + 1);
        expect(drawn.get(unit.id) ?? probability).toBe(probability);
        drawn.set(unit.id, probability);
      }
    let off = 0;
    for (const [id, probability] of drawn) {
      const deviation = Math.sqrt((probability * (1 - probability)) / draws);
      if (Math.abs((times.get(id) ?? 0) / draws - probability) > 4 * deviation + 1e-9) off++;
    }
    expect(off).toBe(0);
    // Every unit was drawn at some time, but never a duplicate.
    expect(drawn.size).toBe(UNITS.filter((unit) => !isDuplicate(unit)).length);
  });

  it("gives weights whose sum is right on average, although the worst units are oversampled", async () => {
    const truth = UNITS.filter((unit) => unit.standing === 0.1 && !isDuplicate(unit)).length;
    let sum = 0;
    for (let n = 0; n < 400; n++)
      for (const { unit, probability } of (await draw(ALL, `total ${n}`)).drawn)
        if (unit.standing === 0.1) sum += 1 / probability;
    expect(Math.abs(sum / 400 / truth - 1)).toBeLessThan(0.03);
  });

  it("always takes all errors, the worst and the least covered units, and replaces a duplicate by the next", async () => {
    const lone = UNITS.map((unit, at) => ({ ...unit, standing: (at * 7919) % 600 }));
    const { drawn } = await draw({ ...ALL, random: undefined, worst: 25 }, "s", lone);
    const by = (design: string) => drawn.filter((one) => one.by.includes(design as never));
    expect(by("errors")).toHaveLength(15);
    expect(by("worst").map(({ unit }) => unit.id)).toHaveLength(25);
    expect(by("uncovered")).toHaveLength(10);
    expect(drawn.every(({ probability }) => probability === 1)).toBe(true);
  });

  it("draws the same share of each stratum", async () => {
    const { drawn } = await draw({ random: 0.1 }, "strata");
    for (const stratum of STRATA) {
      const all = UNITS.filter((unit) => unit.stratum === stratum).length;
      const got = drawn.filter(({ unit }) => unit.stratum === stratum).length;
      expect(Math.abs(got - 0.1 * all)).toBeLessThan(0.1 * all * 0.2 + 3);
    }
  });

  it("draws the same units with the same seed in whatever order they are given, and others with another seed", async () => {
    const ids = ({ drawn }: Sample) => drawn.map(({ unit }) => unit.id).sort();
    const designs = { random: 0.1, worst: 25 };
    expect(ids(await draw(designs, "1", [...UNITS].reverse()))).toEqual(ids(await draw(designs, "1")));
    expect(ids(await draw(designs, "2"))).not.toEqual(ids(await draw(designs, "1")));
  });

  it("draws all units but duplicates with a share of 1, and counts the duplicates", async () => {
    const { drawn, duplicates } = await draw({ random: 1 }, "all");
    expect(duplicates).toBe(UNITS.filter(isDuplicate).length);
    expect(drawn).toHaveLength(UNITS.length - duplicates);
    expect(drawn.every(({ probability }) => probability === 1)).toBe(true);
  });
});
