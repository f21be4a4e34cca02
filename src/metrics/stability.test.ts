import { describe, expect, it } from "vitest";
import { seededRandom } from "../statistics/seeded-random.ts";
import {
  chiSquareUpperTail,
  flakyCases,
  type OutcomeRow,
  poolOutcomes,
  type RunOutcomes,
  stabilitySentence,
  suiteStability,
} from "./stability.ts";

/** A run, given as one mark per trial of each case: `+` passed, `-` failed, `!` errored. */
function run(
  id: string,
  cases: Record<string, string>,
  changes: { cached?: boolean; recorded?: boolean } = {},
) {
  const ids = Object.keys(cases);
  const rows = ids.flatMap((one, case_no) =>
    Array.from(cases[one] ?? "", (mark, index): OutcomeRow => {
      const errored = mark === "!";
      return {
        case_no,
        trial: index + 1,
        kind: errored ? "errored" : "answered",
        cached: changes.cached ?? false,
        pass: errored ? null : mark === "+",
      };
    }),
  );
  return { id, recorded: changes.recorded ?? false, ids, rows } satisfies RunOutcomes;
}

describe("poolOutcomes", () => {
  it("adds trials up by case id, in whatever order a run has its cases", () => {
    const { ids, answered, passed, runs } = poolOutcomes([
      run("1", { a: "++", b: "+-" }),
      run("2", { b: "--", a: "+-" }),
    ]);
    expect(ids).toEqual(["a", "b"]);
    expect([...answered]).toEqual([4, 4]);
    expect([...passed]).toEqual([3, 1]);
    expect(runs.map((one) => [...one.passed])).toEqual([
      [2, 1],
      [1, 0],
    ]);
  });

  it("leaves errored trials out", () => {
    const { answered, passed } = poolOutcomes([run("1", { a: "+!!" })]);
    expect([answered[0], passed[0]]).toEqual([1, 1]);
  });

  it.each([{ cached: true }, { recorded: true }])(
    "counts an answer reused from an earlier run once: %o",
    (how) => {
      const { answered } = poolOutcomes([run("1", { a: "+-" }, how), run("2", { a: "+-+" }, how)]);
      expect(answered[0]).toBe(3);
    },
  );
});

describe("flakyCases", () => {
  it("ranks cases by how often two trials disagree, and leaves steady ones out", () => {
    const pooled = poolOutcomes([
      run("1", { steady: "++", coin: "+-", rare: "++", never: "--" }),
      run("2", { steady: "++", coin: "-+", rare: "+-", never: "--" }),
    ]);
    expect(flakyCases(pooled)).toEqual([
      { id: "coin", answered: 4, passed: 2, flip_rate: 2 / 3, shares: [0.5, 0.5] },
      { id: "rare", answered: 4, passed: 3, flip_rate: 0.5, shares: [1, 0.5] },
    ]);
  });

  it("reports nothing about a case that was tried once", () => {
    expect(flakyCases(poolOutcomes([run("1", { a: "-" })]))).toEqual([]);
  });
});

describe("suiteStability", () => {
  /** Runs of 60 cases with 3 trials each. A run's shift is added to each case's probability of passing. */
  const runsAt = (seed: string, shifts: readonly number[]) => {
    const random = seededRandom(seed);
    const chances = Array.from({ length: 60 }, () => 0.4 + 0.5 * random());
    return poolOutcomes(
      shifts.map((shift, index) =>
        run(
          String(index),
          Object.fromEntries(
            chances.map((p, i) => [
              `c${i}`,
              Array.from({ length: 3 }, () => (random() < p + shift ? "+" : "-")).join(""),
            ]),
          ),
        ),
      ),
    );
  };

  it("calls runs stable that differ only by chance, with nearly uniform p-values", () => {
    const ps = Array.from(
      { length: 300 },
      (_, i) => suiteStability(runsAt(`same ${i}`, [0, 0, 0, 0])).p ?? 0,
    );
    const below = (bound: number): number => ps.filter((p) => p < bound).length / ps.length;
    expect(below(0.5)).toBeGreaterThan(0.4);
    expect(below(0.5)).toBeLessThan(0.6);
    expect(below(0.05)).toBeLessThan(0.1);
  });

  it("calls a suite unstable when one run is worse on all cases", () => {
    const found = suiteStability(runsAt("moved", [0, 0, -0.25, 0]));
    expect(found.verdict).toBe("unstable");
    expect(stabilitySentence(found)).toContain("not stable: over 4 runs");
  });

  it("is unknown from one run, or from a second one that repeats it", () => {
    const once = run("1", { a: "+-", b: "++" });
    expect(suiteStability(poolOutcomes([once])).verdict).toBe("unknown");
    const again = suiteStability(poolOutcomes([once, run("2", { a: "+-", b: "++" }, { cached: true })]));
    expect(again).toMatchObject({ runs: 1, verdict: "unknown", p: null });
  });

  it("is stable when every case always has the same result", () => {
    const found = suiteStability(poolOutcomes([run("1", { a: "+", b: "-" }), run("2", { a: "+", b: "-" })]));
    expect(found).toMatchObject({ verdict: "stable", p: 1 });
  });
});

describe("chiSquareUpperTail", () => {
  it.each([
    [3.841, 1, 0.05],
    [5.991, 2, 0.05],
    [7.815, 3, 0.05],
    [13.277, 4, 0.01],
    [30.144, 19, 0.05],
    [0, 5, 1],
  ])("agrees with the tables: P(χ² of %d, %d degrees)", (x, degrees, p) => {
    expect(chiSquareUpperTail(x, degrees)).toBeCloseTo(p, 4);
  });
});
