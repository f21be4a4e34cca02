import { describe, expect, it } from "vitest";
import { grownFailures } from "./compare-failures.ts";
import { pairCases } from "./pair-cases.ts";
import type { Side } from "./side.ts";
import { type Counts, sideOfCounts, times } from "./testing/sides.ts";

type Classes = Readonly<Record<string, number>>;

/** A side whose failed trials are of these classes, case by case. */
const sideOf = (counts: readonly Counts[], classes: (index: number) => Classes | undefined): Side =>
  sideOfCounts(counts, { failures: classes });
const grown = (base: Side, candidate: Side) =>
  grownFailures(base, candidate, pairCases(base, candidate, false));

const sound = sideOf(times(40, [5, 5]), () => undefined);
/** One trial in five of each case fails, by this class. */
const failing = (name: string) => sideOf(times(40, [5, 4]), () => ({ [name]: 1 }));

describe("failures that grew", () => {
  it("are the classes by which more trials fail, with the size of the rise and its interval", () => {
    const [row, ...others] = grown(sound, failing("grounding")) ?? [];
    expect(others).toEqual([]);
    expect(row).toMatchObject({ class: "grounding", baseline: 0, significant: true });
    expect(row?.delta).toBeCloseTo(0.2, 12);
    expect(row?.low).toBeGreaterThan(0);
    expect(row?.high).toBeLessThan(0.4);
  });

  it("are none where as many or fewer trials fail by a class, whatever other classes do", () => {
    expect(grown(failing("grounding"), failing("grounding"))).toEqual([]);
    expect(grown(failing("grounding"), sound)).toEqual([]);
    expect(grown(failing("grounding"), failing("retrieval"))?.map((one) => one.class)).toEqual(["retrieval"]);
  });

  it("are distinguished from what chance may have done", () => {
    const one = sideOf([[5, 4], ...times(39, [5, 5] as const)], (index) =>
      index === 0 ? { refusal: 1 } : undefined,
    );
    expect(grown(sound, one)).toMatchObject([{ class: "refusal", significant: false }]);
  });

  it("are unknown where a side does not say why each of its trials failed", () => {
    const silent = sideOfCounts(times(40, [5, 4]));
    const partly = sideOf(times(40, [5, 3]), () => ({ grounding: 1 }));
    for (const side of [silent, partly]) {
      expect(grown(side, failing("grounding"))).toBeUndefined();
      expect(grown(sound, side)).toBeUndefined();
    }
  });
});
