import { describe, expect, it } from "vitest";
import { csvCell, flakyListing, historyCsv, historyListing, type PastRun } from "./history.ts";
import { sparkline, suiteHistory } from "./suite-history.ts";

const run: PastRun = {
  go_on: null,
  id: "3f9c21aa",
  started_at: "2025-03-01T12:00:00.000Z",
  suite: "triage",
  name: "triage",
  target: "prompt 1.2.0 · small",
  prompt: "triage@1.2.0",
  model: "small",
  commit: "1d2c0aa".padEnd(40, "0"),
  branch: "main",
  dirty: false,
  fingerprint: "f".repeat(64),
  trials: 5,
  cases: 100,
  narrowed: false,
  pass_rate: 0.91,
  low: 0.87,
  high: 0.94,
  cost_usd: null,
  outcome: "passed",
  verdict: "none",
};

describe("historyCsv", () => {
  it("has one line per run, and an empty cell for an unknown value", () => {
    expect(historyCsv([run]).split("\n")).toEqual([
      "id,started_at,suite,target,fingerprint,trials,cases,pass_rate,low,high,cost_usd,outcome,verdict,prompt,model,commit,branch,dirty",
      `3f9c21aa,2025-03-01T12:00:00.000Z,triage,prompt 1.2.0 · small,${"f".repeat(64)},5,100,0.91,0.87,0.94,,passed,none,triage@1.2.0,small,${run.commit},main,false`,
      "",
    ]);
  });

  it.each([
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["+1", "'+1"],
    ["-2", "'-2"],
    ["@sum", "'@sum"],
    [" \t=1", "'  =1"],
    ['=A1,"x"', `"'=A1,""x"""`],
    ["two\nlines", "two⏎lines"],
    [-0.5, "-0.5"],
    [null, ""],
  ])("writes %j as %s", (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});

describe("sparkline", () => {
  it("ranges from the lowest to the highest share", () => {
    expect(sparkline([0, 0.5, 1])).toBe("▁▅█");
  });

  it("leaves a gap for an unknown share", () => {
    expect(sparkline([0.2, null, 0.9])).toBe("▁·█");
  });

  it("shows a difference of half a point as small", () => {
    expect(sparkline([0.9, 0.905])).not.toContain("█");
  });

  it("shows a single run, whether all of its trials pass or none", () => {
    expect(sparkline([1])).toHaveLength(1);
    expect(sparkline([0])).toHaveLength(1);
    expect(sparkline([null])).toBe("·");
  });
});

describe("suiteHistory", () => {
  it("keeps to the width, and puts its target above each fingerprint", () => {
    const other = { ...run, target: "x".repeat(120), fingerprint: "0".repeat(64), low: null, high: null };
    const text = suiteHistory(
      "triage",
      [run, run, other],
      { said: "stable", flaky: [], measured: 4, cases: 4 },
      80,
    );
    for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(text.match(/^— /gm)).toHaveLength(2);
  });
});

describe("runs of several prompts", () => {
  const of = (id: string, version: string, pass_rate: number): PastRun => ({
    ...run,
    id,
    prompt: `triage@${version}`,
    target: `prompt ${version} · small`,
    fingerprint: version.padEnd(64, "0"),
    pass_rate,
    low: pass_rate,
    high: pass_rate,
  });
  const view = { said: "stable", flaky: [], measured: 4, cases: 4 };

  it("are separate, each with its own trend, and the newest run's comes first", () => {
    const runs = [of("d", "1.1.0", 1), of("c", "1.0.0", 0.1), of("b", "1.1.0", 0.9), of("a", "1.0.0", 0)];
    const text = suiteHistory("triage", runs, view, 100);
    expect(text.match(/^ {2}triage@\S+ {3}2 runs$/gm)).toEqual([
      "  triage@1.1.0   2 runs",
      "  triage@1.0.0   2 runs",
    ]);
    expect(text).toContain("lowest 90.0 %, highest 100.0 %");
    expect(text).toContain("lowest 0.0 %, highest 10.0 %");
    const order = text.match(/^[a-d] {2}/gm)?.map((line) => line.trim());
    expect(order).toEqual(["d", "b", "c", "a"]);
  });

  it("have no run of only some cases in their trend", () => {
    const few = { ...of("e", "1.1.0", 0.2), narrowed: true, cases: 2 };
    const text = suiteHistory("triage", [few, of("d", "1.1.0", 0.9), of("b", "1.1.0", 0.8)], view, 100);
    expect(text).toContain("lowest 80.0 %, highest 90.0 %\n             now 90.0 %");
    expect(text).toMatch(/^e {4}/m);
    expect(text).toContain("only 2 cases × 5");
  });

  it("are distinguished by model too, and only where there are several", () => {
    const other = { ...of("b", "1.0.0", 1), model: "large" };
    expect(suiteHistory("triage", [of("a", "1.0.0", 1), other], view, 100)).toContain(
      "  triage@1.0.0 · large   1 run\n",
    );
    expect(suiteHistory("triage", [of("a", "1.0.0", 1)], view, 100)).not.toContain("triage@1.0.0");
  });
});

describe("the git state of a run", () => {
  it.each<[string, Partial<PastRun>, string]>([
    ["a branch", {}, "main at 1d2c0aa"],
    ["files that were changed", { dirty: true }, "main at 1d2c0aa, files changed"],
    ["no branch", { branch: null }, "1d2c0aa"],
    ["no commit yet", { commit: null, dirty: true }, "main, before its first commit, files changed"],
    ["a hostile branch", { branch: "a\u001b[31mb" }, "a"],
  ])("heads it in both lists: %s", (_what, changes, expected) => {
    const one = { ...run, ...changes };
    for (const text of [
      historyListing([one], 120),
      suiteHistory("triage", [one], { said: "stable", flaky: [], measured: 4, cases: 4 }, 120),
    ]) {
      expect(text).toContain(expected);
      expect(text).not.toContain("\u001b");
    }
  });

  it("has one heading for the runs of one commit, and marks runs outside git", () => {
    const outside = { ...run, commit: null, branch: null, dirty: null };
    const text = historyListing([run, run, outside], 120);
    expect(text.match(/^— .*$/gm)).toEqual(["— main at 1d2c0aa", "— outside git"]);
    expect(historyListing([outside], 120)).not.toContain("—  outside");
  });
});

describe("whether a case is flaky", () => {
  const linesFor = (view: { flaky: []; measured: number; cases: number | null }) => {
    const stability = { said: "stable", ...view };
    return [suiteHistory("triage", [run], stability, 200), flakyListing("triage", stability, 1, 200)];
  };

  it.each([
    ["without a complete run", { measured: 0, cases: null }, "is unknown: there is no complete run yet"],
    ["with one answer to each case", { measured: 0, cases: 4 }, "is unknown: each case has one answer"],
    [
      "with two answers to some",
      { measured: 3, cases: 4 },
      "flaky, of the 3 of 4 cases that have two answers",
    ],
  ])("is not said of what nobody measured: %s", (_what, view, expected) => {
    for (const text of linesFor({ flaky: [], ...view })) {
      expect(text).toContain(expected);
      if (view.measured === 0) expect(text).not.toMatch(/no case|0 flaky/);
    }
  });

  it("is reported where every case has two answers", () => {
    for (const text of linesFor({ flaky: [], measured: 4, cases: 4 }))
      expect(text).toContain("no case of the newest fingerprint is flaky\n");
  });
});

describe("long names", () => {
  const suite = "support-triage-of-inbound-tickets-and-more";
  const long: PastRun = {
    ...run,
    suite,
    target: "prompt 1.0.0 · some-vendor/some-very-long-model-name-2024-01-01",
  };
  const flaky = [
    { id: "a-case-with-a-very-long-name-indeed", passed: 1, answered: 2, flip_rate: 1, shares: [0.5, null] },
  ];

  it("keep every line within the terminal, and the outcome visible", () => {
    const texts = [
      historyListing([long], 80),
      suiteHistory(suite, [long], { said: "stable", flaky, measured: 4, cases: 4 }, 80),
      flakyListing(suite, { said: "stable", flaky, measured: 4, cases: 4 }, 2, 80),
    ];
    for (const line of texts.join("\n").split("\n"))
      expect(Array.from(line).length, line).toBeLessThanOrEqual(80);
    expect(texts[0]).toContain(long.outcome);
  });
});
