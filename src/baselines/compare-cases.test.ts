import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparedTags, movedCases } from "./compare-cases.ts";
import { pairCases } from "./pair-cases.ts";
import type { Side } from "./side.ts";
import { type Counts, sideOfCounts, times } from "./testing/sides.ts";

const moved = (base: readonly Counts[], candidate: readonly Counts[]) => {
  const [one, two] = [sideOfCounts(base), sideOfCounts(candidate)];
  return movedCases(one, two, pairCases(one, two, false));
};

describe("the cases that moved", () => {
  it("are sorted by strength of evidence, then by size of the change, then by id", () => {
    const base: Counts[] = [
      [1, 1],
      [20, 20],
      [5, 5],
      [5, 5],
      [1, 1],
    ];
    const candidate: Counts[] = [
      [1, 0],
      [5, 0],
      [5, 2],
      [5, 0],
      [1, 0],
    ];
    expect(moved(base, candidate).broken.map((one) => one.id)).toEqual(["c1", "c3", "c2", "c0", "c4"]);
  });

  it("are broken where the share fell, fixed where it rose, and flaky where the candidate passes only sometimes", () => {
    const { broken, fixed, flaky } = moved(
      [
        [4, 4],
        [4, 0],
        [4, 2],
        [4, 2],
        [2, 1],
      ],
      [
        [4, 0],
        [4, 4],
        [4, 2],
        [2, 1],
        [4, 3],
      ],
    );
    expect(broken.map((one) => one.id)).toEqual(["c0"]);
    expect(fixed.map((one) => one.id)).toEqual(["c1", "c4"]);
    expect(flaky).toEqual(["c2", "c3", "c4"]);
  });

  it("are significant only where chance is an unlikely cause, corrected for the number of cases", () => {
    const sure = (all: number, m: number, k: number) =>
      moved(times(all, [m, m]), [[k, 0], ...times(all - 1, [k, k] as const)]).broken[0]?.significant;
    expect(sure(1, 5, 5)).toBe(true);
    expect(sure(100, 5, 5)).toBe(false);
    expect(sure(100, 20, 5)).toBe(true);
    expect(sure(1, 1, 1)).toBe(false);
  });
});

/** A side whose cases have one tag each, in turn `t0`, `t1`, … */
const tagged = (counts: readonly Counts[], tags: number): Side =>
  sideOfCounts(counts, { tagsOf: (index) => [`t${index % tags}`] });
const tagsOf = (base: readonly Counts[], candidate: readonly Counts[], tags: number) => {
  const [one, two] = [tagged(base, tags), tagged(candidate, tags)];
  return comparedTags(one, two, pairCases(one, two, false), 0.95);
};

describe("the tags", () => {
  const same = times(100, [5, 4] as const);

  it("name the tag whose cases got worse, even when the suite as a whole got better", () => {
    const base = same.map(() => [5, 3] as const);
    const candidate = same.map((_, index) => (index % 10 === 3 ? ([5, 0] as const) : ([5, 5] as const)));
    const rows = tagsOf(base, candidate, 10);
    const lost = rows.filter((one) => one.significant && one.delta < 0);
    expect(lost.map((one) => one.tag)).toEqual(["t3"]);
    expect(lost[0]?.cases).toBe(10);
    expect(lost[0]?.delta).toBeCloseTo(-0.6, 12);
    expect(rows.filter((one) => one.significant && one.delta > 0)).toHaveLength(9);
  });

  it("name none when nothing moved", () => {
    expect(tagsOf(same, same, 10).filter((one) => one.significant)).toEqual([]);
  });

  it("leave out a tag that is on one case", () => {
    expect(tagsOf(times(3, [5, 5]), times(3, [5, 0]), 2).map((one) => one.tag)).toEqual(["t0"]);
  });

  it("are corrected for their number: one of ten thousand is not significant", () => {
    const base = times(20_000, [3, 3] as const);
    const candidate = base.map((one, index) => (index % 10_000 === 7 ? ([3, 0] as const) : one));
    const rows = tagsOf(base, candidate, 10_000);
    expect(rows).toHaveLength(10_000);
    expect(rows[0]).toMatchObject({ tag: "t7", cases: 2, delta: -1, significant: false });
    for (const { low, high } of rows.slice(0, 3)) {
      expect(low).toBeGreaterThanOrEqual(-1);
      expect(high).toBeLessThanOrEqual(1);
    }
  });

  it("mirror when the sides are swapped", () => {
    const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 4,
      maxLength: 30,
    });
    fc.assert(
      fc.property(counts, (cases) => {
        const base = cases.map(([passed]) => [4, passed] as const);
        const candidate = cases.map(([, passed]) => [4, passed] as const);
        const there = new Map(tagsOf(base, candidate, 3).map((row) => [row.tag, row]));
        for (const row of tagsOf(candidate, base, 3)) {
          expect(row.delta).toBeCloseTo(-(there.get(row.tag)?.delta ?? 0), 12);
          expect(row.p).toBeCloseTo(there.get(row.tag)?.p ?? 0, 9);
        }
      }),
    );
  });
});

describe("pairing", () => {
  const base = sideOfCounts(times(4, [1, 1]), {
    ids: ["kept", "edited", "gone", "silent"],
    contents: ["1", "2", "3", "4"],
  });
  const candidate = sideOfCounts(
    [
      [1, 1],
      [0, 0],
      [1, 1],
      [1, 1],
    ],
    { ids: ["fresh", "silent", "edited", "kept"], contents: ["9", "4", "other", "1"] },
  );

  it("is by id and content, whatever the order", () => {
    const pairs = pairCases(base, candidate, false);
    expect([...pairs.base]).toEqual([0]);
    expect([...pairs.candidate]).toEqual([3]);
    expect(pairs).toMatchObject({
      new: ["fresh"],
      removed: ["gone"],
      changed: ["edited"],
      missing: ["silent"],
    });
  });

  it("calls nothing removed that a narrowed run left out", () => {
    expect(pairCases(base, candidate, true).removed).toEqual([]);
  });
});
