import { describe, expect, it } from "vitest";
import type { CaseRow, ReportedRun } from "../domain/report.ts";
import { matricesOf } from "./compare-targets.ts";

interface Answer {
  readonly id: string;
  readonly suite?: string;
  readonly version?: string;
  readonly alias?: string;
  /** By case id: one mark per trial, for instance `p` for passed and `f` for failed, as in `CaseRow`. */
  readonly cases: Readonly<Record<string, string>>;
}

const countOf = (text: string, letters: string): number =>
  Array.from(text).filter((one) => letters.includes(one)).length;

function run({ id, suite = "s", version = "1.0.0", alias = "small", cases }: Answer): ReportedRun {
  const rows = Object.entries(cases).map(([name, trials]) => ({
    id: name,
    trials,
    passed: countOf(trials, "p"),
    answered: countOf(trials, "pf"),
  }));
  return {
    report: {
      header: { id, suite, alias, prompt: { name: "p", version } },
      metrics: { pass_rate: { value: 0.5, low: 0.4, high: 0.6 } },
      gate: { outcome: "passed" },
    },
    rows: async function* () {
      yield* rows as unknown as CaseRow[];
    },
  } as unknown as ReportedRun;
}

const many = (trials: string, cases = 12): Record<string, string> =>
  Object.fromEntries(Array.from({ length: cases }, (_, at) => [`c${at}`, trials]));

describe("the matrix of a suite over several targets", () => {
  it("has a mark for each trial of a case, whatever became of it", async () => {
    const [matrix] = await matricesOf([
      run({ id: "a", cases: { one: "pfe?-", two: "pp" } }),
      run({ id: "b", version: "1.1.0", cases: { two: "pf" } }),
    ]);
    expect(matrix?.cases).toEqual([
      { case: "one", marks: ["10e?-", ""] },
      { case: "two", marks: ["11", "10"] },
    ]);
  });

  it("names targets by what differs among them", async () => {
    const names = async (...runs: Omit<Answer, "cases">[]): Promise<string[] | undefined> => {
      const [matrix] = await matricesOf(runs.map((one) => run({ ...one, cases: {} })));
      return matrix?.targets.map(({ name }) => name);
    };
    expect(await names({ id: "a" }, { id: "b", version: "2.0.0" })).toEqual(["p@1.0.0", "p@2.0.0"]);
    expect(await names({ id: "a" }, { id: "b", alias: "large" })).toEqual(["small", "large"]);
    expect(await names({ id: "a" }, { id: "b", version: "2.0.0", alias: "large" })).toEqual([
      "p@1.0.0 · small",
      "p@2.0.0 · large",
    ]);
    expect(await names({ id: "a" }, { id: "b" })).toEqual(["a", "b"]);
  });

  it("is made for each suite with several runs, and for no other", async () => {
    const suites = ["s", "t", "s", "u", "u"].map((suite, at) =>
      run({ id: `${at}`, suite, version: `1.${at}.0`, cases: {} }),
    );
    expect((await matricesOf(suites)).map(({ suite }) => suite)).toEqual(["s", "u"]);
  });

  it("gives b minus a over the cases that both answered, paired", async () => {
    const [matrix] = await matricesOf([
      run({ id: "a", cases: { ...many("ppp"), gone: "eee" } }),
      run({ id: "b", version: "1.1.0", cases: { ...many("pff"), gone: "ppp" } }),
    ]);
    const [difference] = matrix?.differences ?? [];
    expect(difference).toMatchObject({ a: "p@1.0.0", b: "p@1.1.0", cases: 12, sure: true });
    expect(difference?.delta).toBeCloseTo(-2 / 3, 12);
    expect(difference?.low).toBeLessThan(difference?.delta ?? 0);
  });

  it("is sure of no difference when as many cases rose as fell", async () => {
    const [matrix] = await matricesOf([
      run({ id: "a", cases: { ...many("pf", 5), x: "pp", y: "ff" } }),
      run({ id: "b", version: "1.1.0", cases: { ...many("fp", 5), x: "ff", y: "pp" } }),
    ]);
    expect(matrix?.differences).toMatchObject([{ delta: 0, sure: false }]);
    expect(matrix?.differences[0]?.p).toBeGreaterThan(0.9);
  });

  it("corrects p-values by Holm's method for the number of pairs of targets", async () => {
    const weak = { ...many("ppp", 8), x: "fff", y: "fff" };
    const strong = { ...many("ppp", 8), x: "ppp", y: "ppp" };
    const alone = await matricesOf([
      run({ id: "a", cases: weak }),
      run({ id: "b", version: "2.0.0", cases: strong }),
    ]);
    const others = ["3.0.0", "4.0.0", "5.0.0"].map((version) => run({ id: version, version, cases: strong }));
    const among = await matricesOf([
      run({ id: "a", cases: weak }),
      run({ id: "b", version: "2.0.0", cases: strong }),
      ...others,
    ]);
    const p = (matrices: typeof alone): number =>
      matrices[0]?.differences.find(({ b }) => b === "p@2.0.0")?.p ?? Number.NaN;
    expect(among[0]?.differences).toHaveLength(10);
    // The matrix has ten p-values. The four of the weak target are equal and the smallest, so they are multiplied by ten.
    expect(p(among)).toBeCloseTo(Math.min(1, p(alone) * 10), 12);
    expect(p(alone)).toBeLessThan(p(among));
  });
});
