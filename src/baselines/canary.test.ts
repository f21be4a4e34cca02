import { describe, expect, it } from "vitest";
import { type Canary, canarySentence, chooseCanaries, judgeCanaries, withCanary } from "./canary.ts";
import type { ComparedSides } from "./compare-sides.ts";
import type { Side } from "./side.ts";

/** A baseline with `[trials, passed]` for each case. */
const baseline = (counts: readonly (readonly [number, number])[]): Side => ({
  label: "run b",
  run: "b",
  suite: "s",
  target: "t",
  prompt: null,
  model: "t",
  fingerprint: "f",
  trials: 5,
  ids: counts.map((_, index) => `c${index}`),
  contents: counts.map(() => "content"),
  answered: counts.map(([trials]) => trials),
  passed: counts.map(([, passed]) => passed),
  scores: new Map(),
  tagsOf: () => [],
});
const repeated = (times: number, one: readonly [number, number]) => Array.from({ length: times }, () => one);
const all = (side: Side): ReadonlySet<string> => new Set(side.ids);

describe("the choice of canaries", () => {
  const mixed = baseline([...repeated(20, [6, 3]), ...repeated(10, [6, 6]), ...repeated(10, [6, 0])]);

  it("prefers cases that always did the same, passing or failing", () => {
    const ids = chooseCanaries(mixed, all(mixed), 20, "seed").map((one) => Number(one.id.slice(1)));
    expect(ids.filter((id) => id >= 20).length).toBeGreaterThanOrEqual(12);
  });

  it("is the same for the same seed, and different for another seed", () => {
    const ids = (seed: string) => chooseCanaries(mixed, all(mixed), 10, seed).map((one) => one.id);
    expect(ids("a")).toEqual(ids("a"));
    expect(ids("a")).not.toEqual(ids("b"));
  });

  it("keeps for the test only the trials that were not used for the choice", () => {
    for (const { id, trials, passed } of chooseCanaries(mixed, all(mixed), 40, "seed")) {
      const index = Number(id.slice(1));
      expect(trials).toBe(4);
      const whole = mixed.passed[index] ?? 0;
      expect(passed).toBeGreaterThanOrEqual(whole - 2);
      expect(passed).toBeLessThanOrEqual(Math.min(4, whole));
    }
  });

  it("takes only cases that can be asked as they were, and that were answered", () => {
    const side = baseline([
      [3, 3],
      [0, 0],
      [3, 3],
    ]);
    expect(chooseCanaries(side, new Set(["c0", "c1"]), 5, "seed").map((one) => one.id)).toEqual(["c0"]);
  });

  it("keeps a case's only trial for the test", () => {
    expect(chooseCanaries(baseline([[1, 1]]), new Set(["c0"]), 5, "seed")).toEqual([
      { id: "c0", trials: 1, passed: 1 },
    ]);
  });
});

describe("the test of canaries", () => {
  const canaries: Canary[] = Array.from({ length: 25 }, (_, i) => ({ id: `c${i}`, trials: 4, passed: 4 }));
  const answers = (failing: number, answered = 25) =>
    new Map(
      canaries.slice(0, answered).map(({ id }, i) => [id, { answered: 1, passed: i < failing ? 0 : 1 }]),
    );

  it.each([
    [0, false],
    [2, false],
    [4, true],
    [25, true],
  ])("with %i of 25 sure cases failing says stale: %s", (failing, stale) => {
    expect(judgeCanaries(canaries, answers(failing), "r")).toMatchObject({
      run: "r",
      asked: 25,
      answered: 25,
      baseline: 1,
      today: (25 - failing) / 25,
      stale,
    });
  });

  it("sees a rise as well as a drop", () => {
    const hopeless = canaries.map((one) => ({ ...one, passed: 0 }));
    expect(judgeCanaries(hopeless, answers(0), "r").stale).toBe(true);
    expect(judgeCanaries(hopeless, answers(25), "r").stale).toBe(false);
  });

  it("leaves out canaries without an answer, and has no result for fewer than five", () => {
    expect(judgeCanaries(canaries, answers(5, 5), "r")).toMatchObject({ answered: 5, stale: true });
    const silent = judgeCanaries(canaries, answers(4, 4), "r");
    expect(silent).toEqual({
      run: "r",
      asked: 25,
      answered: 4,
      baseline: null,
      today: null,
      p: null,
      stale: false,
    });
    expect(canarySentence(silent)).toBe(
      "The canary shows nothing: 4 of 25 canary cases were answered, and a test needs 5.",
    );
  });

  it("is described in one sentence when it is stale, and not at all when it is not", () => {
    expect(canarySentence(judgeCanaries(canaries, answers(0), "r"))).toBeNull();
    expect(canarySentence(judgeCanaries(canaries, answers(10), "r"))).toMatch(
      /^baseline_stale: 25 canary cases, .*, passed 60 % now and 100 % in the baseline \(p < 0\.0001\)\./,
    );
  });
});

describe("a comparison with a stale baseline", () => {
  const compared = (verdict: "regressed" | "incomparable", sentence: string, metric = "pass_rate") =>
    ({
      comparison: { verdict, said: sentence, metrics: [{ metric, verdict }], cases: { paired: 120 } },
      findings: [
        {
          verdict,
          said: sentence,
          compared: { row: { metric, delta: -0.041, low: -0.072, high: -0.01, verdict } },
        },
      ],
    }) as unknown as ComparedSides;
  const canary = { run: "r", asked: 25, answered: 25, baseline: 1, today: 0.5, p: 0, stale: true };

  it("is inconclusive, and keeps the number", () => {
    const { comparison, findings } = withCanary(
      compared("regressed", "pass rate fell 4.1 points (1.0 to 7.2) on these 120 cases: regressed"),
      canary,
    );
    expect(comparison).toMatchObject({
      verdict: "inconclusive",
      said: "pass rate fell 4.1 points (1.0 to 7.2) on these 120 cases, but the provider's model has changed since the baseline was made: not enough evidence",
      metrics: [{ verdict: "inconclusive" }],
      canary,
      warnings: ["baseline_stale"],
    });
    expect(findings[0]).toMatchObject({ verdict: "inconclusive", said: comparison.said });
  });

  it("is described from its numbers, whatever characters a scorer's name has", () => {
    const { comparison } = withCanary(compared("regressed", "said", "score.tone: warm; kind"), canary);
    expect(comparison.said).toMatch(
      /^tone: warm; kind fell 4\.1 points \(1\.0 to 7\.2\) on these 120 cases, but/,
    );
  });

  it("stays incomparable where it was", () => {
    const sentence = "pass rate cannot be compared: the two sides were scored differently";
    expect(withCanary(compared("incomparable", sentence), canary).comparison).toMatchObject({
      verdict: "incomparable",
      said: sentence,
    });
  });

  it("is left alone by a canary that found nothing", () => {
    const quiet = { ...canary, stale: false };
    const { comparison } = withCanary(compared("regressed", "said"), quiet);
    expect(comparison).toMatchObject({ verdict: "regressed", said: "said", canary: quiet });
    expect(comparison.warnings).toBeUndefined();
    const before = compared("regressed", "said");
    expect(withCanary(before, null)).toBe(before);
  });
});
