import { describe, expect, it } from "vitest";
import type { ArmAnswer } from "../domain/arms.ts";
import { mean } from "../statistics/sample-moments.ts";
import { seededRandom } from "../statistics/seeded-random.ts";
import { compareArms } from "./compare-arms.ts";
import { pairArms, pairInOrder } from "./pair-sessions.ts";

let made = 0;
const answer = (fields: Partial<ArmAnswer>): ArmAnswer => ({
  ...{ session: `s${made++}`, input: null, at: null, tags: [], output: "yes", pass: null },
  ...{ latency_ms: null, cost_usd: null, failed: false, refused: null, feedback: null },
  ...fields,
});

const random = seededRandom("arms");
const arm = (size: number, rate: number, fields: Partial<ArmAnswer> = {}): ArmAnswer[] =>
  Array.from({ length: size }, (_, i) => answer({ at: i, pass: random() < rate, ...fields }));
const metric = (compared: ReturnType<typeof compareArms>, name: string) =>
  compared.metrics.find((one) => one.metric === name);

describe("pairInOrder", () => {
  const sessions = (times: readonly number[]) => times.map((at) => ({ answers: [], at }));

  it("pairs the n-th sessions of both arms, and later sessions change no pair", () => {
    const a = sessions([1, 2, 5, 9]);
    const b = sessions([3, 4, 6, 7]);
    const pairs = pairInOrder(a, b);
    expect(pairs.map((pair) => [pair.a[0]?.at, pair.b[0]?.at])).toEqual([
      [1, 3],
      [2, 4],
      [5, 6],
      [9, 7],
    ]);
    expect(pairInOrder(a.slice(0, 3), b.slice(0, 3))).toEqual(pairs.slice(0, 3));
  });

  it("uses nearly all sessions, none twice, when one arm has 19 times as many", () => {
    const a = sessions(Array.from({ length: 9500 }, (_, i) => i));
    const b = sessions(Array.from({ length: 500 }, (_, i) => 19 * i + 0.5));
    const pairs = pairInOrder(a, b);
    const used = pairs.flatMap((pair) => pair.a);
    expect(pairs).toHaveLength(500);
    expect(new Set(used).size).toBe(used.length);
    expect(used.length).toBeGreaterThan(9000);
  });
});

describe("pairArms", () => {
  it("pairs by input when both arms answered the same ones, with a session's answers together", () => {
    const ask = (input: string, session: string) => answer({ input, session });
    const a = [ask("q1", "x"), ask("q2", "x"), ask("q3", "y")];
    const b = ["q3", "q2", "q1"].map((input) => ask(input, `b ${input}`));
    const { design, pairs } = pairArms(a, b);
    expect(design).toBe("shadow");
    expect(pairs.map((pair) => pair.b[0]?.answers.map(({ input }) => input))).toEqual([["q1", "q2"], ["q3"]]);
  });

  it("pairs the n-th answer to an input with the n-th, so that an input that comes back counts each time", () => {
    const ask = (at: number) => answer({ input: at % 2 ? "hello" : "bye", at });
    const a = Array.from({ length: 40 }, (_, at) => ask(at));
    const { design, pairs } = pairArms(
      a,
      [...a.slice(0, 30)].reverse().map((one) => ({ ...one, session: `b ${one.at}` })),
    );
    expect(design).toBe("shadow");
    expect(pairs).toHaveLength(30);
    for (const {
      a: [one],
      b: [other],
    } of pairs)
      expect(other?.at).toBe(one?.at);
  });

  it("keeps together the answers of one session that both arms have, also after one arm missed an input", () => {
    const a = Array.from({ length: 30 }, (_, at) => answer({ input: "hello", session: `s${at}`, at }));
    const { pairs, design } = pairArms(a, a.slice(1));
    expect([design, pairs.length]).toEqual(["shadow", 29]);
    for (const {
      a: [one],
      b: [other],
    } of pairs)
      expect(other?.at).toBe(one?.at);
  });

  it("puts into one pair what belongs to one session of the new arm, too", () => {
    const a = ["q1", "q2", "q3"].map((input) => answer({ input, session: null }));
    const b = ["q1", "q2", "q3"].map((input) => answer({ input, session: input === "q3" ? null : "same" }));
    expect(pairArms(a, b).pairs.map(({ b: [one] }) => one?.answers.length)).toEqual([2, 1]);
  });

  it("pairs by time when the same few inputs come back in sessions of several answers", () => {
    const arm = (sessionAt: (at: number) => string) =>
      Array.from({ length: 120 }, (_, at) => answer({ input: `q${at % 5}`, at, session: sessionAt(at) }));
    const [a, b] = [arm((at) => `a${at % 40}`), arm((at) => `b${Math.floor(at / 3)}`)];
    expect(pairArms(a, b)).toMatchObject({ design: "rollout", pairs: { length: 40 } });
  });

  it("takes a session of any length, and an input that everybody asks", () => {
    const many = (size: number, fields: Partial<ArmAnswer>) =>
      Array.from({ length: size }, (_, at) => answer({ at, ...fields }));
    const long = many(150_000, { session: "one" });
    expect(
      pairArms(
        many(150_000, { session: "one", input: "hello" }),
        many(150_000, { session: "one", input: "hello" }),
      ).pairs,
    ).toHaveLength(1);
    expect(pairArms(long, long)).toMatchObject({ a: { length: 1 }, pairs: { length: 1 } });
    const [a, b] = [many(20_000, { input: "hello" }), many(20_000, { input: "hello" })];
    expect(pairArms(a, b).pairs).toHaveLength(20_000);
  });

  it("pairs by time when the arms share only a few inputs", () => {
    const a = ["q1", "q2", "q3"].map((input) => answer({ input }));
    const b = ["q1", "p2", "p3"].map((input) => answer({ input }));
    expect(pairArms(a, b)).toMatchObject({ design: "rollout", pairs: { length: 3 } });
  });
});

describe("compareArms", () => {
  it("counts a session once, however many answers it has", () => {
    const chatty = Array.from({ length: 50 }, () => answer({ session: "one", pass: false }));
    const compared = compareArms([...chatty, ...arm(3, 1)], arm(4, 1));
    expect(metric(compared, "pass_rate")).toMatchObject({ a: 0.75, b: 1, sessions: { a: 4, b: 4 } });
    expect(compared.verdict).toBe("undecided");
  });

  it("reports a difference whose interval excludes 0, and the opposite one when the arms are swapped", () => {
    const [worse, better] = [arm(1500, 0.6), arm(1500, 0.8)];
    const there = compareArms(worse, better);
    const back = compareArms(better, worse);
    expect([there.verdict, back.verdict]).toEqual(["b_better", "a_better"]);
    expect(metric(there, "pass_rate")?.low).toBeGreaterThan(0);
    expect(metric(back, "pass_rate")?.high).toBeLessThan(0);
    expect(there.decided_by).toBe("pass_rate");
  });

  it("can find arm a better in one stratum and arm b in another", () => {
    const a = [...arm(900, 0.9, { tags: ["easy"] }), ...arm(900, 0.5, { tags: ["hard"] })];
    const b = [...arm(900, 0.7, { tags: ["easy"] }), ...arm(900, 0.7, { tags: ["hard"] })];
    const { strata } = compareArms(a, b);
    expect(strata.map(({ stratum, verdict }) => [stratum, verdict])).toEqual([
      ["tag:easy", "a_better"],
      ["tag:hard", "b_better"],
    ]);
  });

  it("reports a difference in at most one of 40 equal strata, and leaves small strata out", () => {
    const tagged = () => Array.from({ length: 40 }, (_, i) => arm(30, 0.7, { tags: [`t${i}`] })).flat();
    const compared = compareArms([...tagged(), ...arm(3, 1, { tags: ["rare"] })], tagged());
    expect(compared.strata).toHaveLength(40);
    expect(compared.leftOut).toBe(1);
    expect(compared.strata.filter(({ verdict }) => verdict !== "undecided").length).toBeLessThanOrEqual(1);
    for (const { p, p_adjusted } of compared.strata) expect(p_adjusted ?? 0).toBeGreaterThanOrEqual(p ?? 1);
  });

  it("measures what the answers tell and leaves the rest unknown", () => {
    const a = arm(100, 0.5, { cost_usd: 0.01, latency_ms: 400, pass: null });
    const failed = arm(100, 0.5, { cost_usd: 9, latency_ms: 60_000, pass: null, output: "", failed: true });
    const b = arm(100, 0.5, { cost_usd: 0.02, latency_ms: 500, pass: null, output: "longer" });
    const compared = compareArms(a, [...b, ...failed]);
    expect(metric(compared, "pass_rate")).toMatchObject({
      a: null,
      b: null,
      delta: null,
      low: null,
      high: null,
    });
    expect(metric(compared, "refusal_rate")?.a).toBeNull();
    expect(metric(compared, "error_rate")).toMatchObject({ a: 0, b: 0.5, delta: 0.5 });
    expect(metric(compared, "error_rate")?.low).toBeGreaterThan(0);
    expect(metric(compared, "cost_per_trial")?.delta).toBeCloseTo(0.01, 12);
    expect(metric(compared, "latency_p50")).toMatchObject({ a: 400, b: 500, low: 100, high: 100 });
    expect(metric(compared, "output_length")).toMatchObject({ a: 3, b: 6 });
    expect([compared.verdict, compared.decided_by]).toEqual(["undecided", null]);
  });

  it("decides by a judge's preferences when no answer says whether it passes; ties count for neither arm", () => {
    const a = Array.from({ length: 60 }, (_, i) => answer({ input: `q${i}`, at: i }));
    const b = Array.from({ length: 60 }, (_, i) => answer({ input: `q${i}`, at: i }));
    const preferences = new Map(a.map((one, i) => [one, i % 6 === 0 ? ("tie" as const) : ("b" as const)]));
    const compared = compareArms(a, b, preferences);
    expect(compared).toMatchObject({ verdict: "b_better", decided_by: "preference", design: "shadow" });
    expect(metric(compared, "preference")).toMatchObject({ a: 0, b: 50 / 60 });
  });

  it("seldom reports a difference where there is none, even with arms of very different size and two looks", () => {
    const called = Array.from({ length: 40 }, () => {
      const a = arm(950, 0.8);
      const b = Array.from({ length: 50 }, (_, i) => answer({ at: 19 * i, pass: random() < 0.8 }));
      return [20, 50].some((n) => compareArms(a.slice(0, 19 * n), b.slice(0, n)).verdict !== "undecided")
        ? 1
        : 0;
    });
    expect(mean(called)).toBeLessThan(0.06);
  });
});
