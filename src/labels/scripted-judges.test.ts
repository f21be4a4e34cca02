import { describe, expect, test } from "vitest";
import { seededRandom } from "../statistics/seeded-random.ts";
import { wilsonInterval } from "../statistics/wilson-interval.ts";
import { lengthBias, positionBiasOf } from "./biases.ts";
import { correctedRate, type LabelledCase } from "./corrected-rate.ts";
import { driftCheck } from "./drift-check.ts";
import { type JudgedLabel, measure } from "./measures.ts";
import { verdict } from "./testing/labels.ts";

const RUNS = 500;
/** Number of answers in a run. */
const ANSWERS = 500;
/** Sensitivity and specificity of a good, a mild and a poor judge. */
const JUDGES = [
  [0.9, 0.85],
  [0.95, 0.7],
  [0.8, 0.8],
] as const;

interface Answer {
  readonly truth: boolean;
  readonly judged: boolean;
}

/** A run whose answers are right as often as `rate` says, judged with known error. */
function judgedRun(
  random: () => number,
  rate: number,
  [sensitivity, specificity]: readonly [number, number],
): Answer[] {
  return Array.from({ length: ANSWERS }, () => {
    const truth = random() < rate;
    return { truth, judged: truth ? random() < sensitivity : random() >= specificity };
  });
}

function labelled(answers: readonly Answer[]): JudgedLabel[] {
  const word = (pass: boolean) => (pass ? "pass" : "fail");
  return answers.map(({ truth, judged }) => ({ truth: word(truth), verdict: word(judged), weight: 1 }));
}

function correction(
  run: readonly Answer[],
  labels: readonly Answer[],
  sample: readonly LabelledCase[] | null,
) {
  return correctedRate({
    run: { count: run.map(() => 1), sum: run.map((one) => (one.judged ? 1 : 0)) },
    measures: measure(labelled(labels), true),
    sample,
    others: false,
  });
}

/** How often the interval contains the true rate, with `count` labels. Refused corrections are counted separately. */
function coverage(
  count: number,
  rate: number,
  judge: readonly [number, number],
  where: "this run" | "another run",
) {
  const random = seededRandom(`${where} ${count} ${rate} ${judge.join()}`);
  let holds = 0;
  let raw = 0;
  let refused = 0;
  for (let at = 0; at < RUNS; at++) {
    const run = judgedRun(random, rate, judge);
    const passed = run.filter((one) => one.judged).length / run.length;
    const plain = wilsonInterval(passed, run.length, 1.96);
    if (plain.low <= rate && rate <= plain.high) raw++;
    const labels = (where === "this run" ? run : judgedRun(random, 0.6, judge)).slice(0, count);
    const sample = labels.map((answer, index) => ({ place: index, answers: [answer] }));
    const { value, low, high } = correction(run, labels, where === "this run" ? sample : null);
    if (value === null || low === null || high === null) refused++;
    else if (low <= rate && rate <= high) holds++;
  }
  return { holds: holds / (RUNS - refused), raw: raw / RUNS, refused };
}

describe.each([
  [50, 0.92],
  [100, 0.93],
] as const)("with %i labels", (count, least) => {
  test.each(JUDGES)(
    "a judge of sensitivity %d and specificity %d: the corrected rate covers the truth",
    (...judge) => {
      for (const rate of [0.6, 0.8, 0.95]) {
        const sampled = coverage(count, rate, judge, "this run");
        expect(sampled.holds, `PPI++ at ${rate}`).toBeGreaterThanOrEqual(least);
        const foreign = coverage(count, rate, judge, "another run");
        expect(foreign.holds, `Rogan–Gladen at ${rate}`).toBeGreaterThanOrEqual(least);
        expect(sampled.refused + foreign.refused).toBeLessThan(0.3 * RUNS);
      }
    },
  );
});

test("the interval of the raw rate does not cover the truth with a judge of sensitivity and specificity 0.8", () => {
  expect(coverage(100, 0.8, [0.8, 0.8], "this run").raw).toBeLessThan(0.02);
});

test("no correction is made for a judge that is hardly better than chance", () => {
  const random = seededRandom("coin");
  const run = judgedRun(random, 0.8, [0.55, 0.5]);
  expect(correction(run, run.slice(0, 100), null)).toMatchObject({ value: null, method: null });
  expect(correction(run, run.slice(0, 100), null).why).toContain("below 0.2");
});

test("with every case labelled the labels give the rate; if other scorers decide too, a sample is needed", () => {
  const run = judgedRun(seededRandom("all"), 0.8, [0.9, 0.9]).slice(0, 60);
  const sample = run.map((answer, index) => ({ place: index, answers: [answer] }));
  const truth = run.filter((one) => one.truth).length / run.length;
  expect(correction(run, run, sample)).toMatchObject({ value: truth, method: "labels", labels: 60 });
  const others = correctedRate({
    run: { count: run.map(() => 1), sum: run.map(() => 1) },
    measures: measure(labelled(run), true),
    sample: null,
    others: true,
  });
  expect(others.value).toBeNull();
});

test("equal trials of one case count like a single answer", () => {
  const random = seededRandom("clusters");
  const cases = Array.from({ length: 100 }, () => (random() < 0.7 ? 5 : 0));
  const labels = judgedRun(random, 0.7, [0.9, 0.9]).slice(0, 200);
  const measures = measure(labelled(labels), true);
  const alike = correctedRate({
    run: { count: cases.map(() => 5), sum: cases },
    measures,
    sample: null,
    others: false,
  });
  const single = correctedRate({
    run: { count: cases.map(() => 1), sum: cases.map((sum) => sum / 5) },
    measures,
    sample: null,
    others: false,
  });
  expect((alike.high ?? 0) - (alike.low ?? 0)).toBeCloseTo((single.high ?? 0) - (single.low ?? 0), 6);
});

/** Share of seeded repetitions in which `trial` returns true. */
function foundIn(name: string, trial: (random: () => number) => boolean): number {
  const random = seededRandom(name);
  let found = 0;
  for (let at = 0; at < RUNS; at++) if (trial(random)) found++;
  return found / RUNS;
}

describe("biases", () => {
  /** People rate longer answers better. The judge favours longer answers beyond that only if `tilt` is above 0. */
  function lengthTrial(random: () => number, tilt: number): boolean {
    const pairs = Array.from({ length: 120 }, () => {
      const length = 20 + Math.floor(random() * 400);
      const truth = random() < 0.4 + length / 1000;
      const pull = tilt * (length / 420 - 0.5);
      const verdict = truth ? random() < Math.min(1, 0.85 + pull) : random() < Math.max(0, 0.2 + pull);
      return {
        truth: truth ? ("pass" as const) : ("fail" as const),
        verdict: verdict ? ("pass" as const) : ("fail" as const),
        weight: 1,
        answer: "x".repeat(length),
      };
    });
    return lengthBias(pairs).found;
  }

  test("length: found when planted, seldom when absent, even where longer answers are better", () => {
    expect(foundIn("length planted", (random) => lengthTrial(random, 0.7))).toBeGreaterThan(0.9);
    expect(foundIn("length absent", (random) => lengthTrial(random, 0))).toBeLessThanOrEqual(0.06);
  });

  function positionTrial(random: () => number, favour: number): boolean {
    return (
      positionBiasOf(
        Array.from({ length: 100 }, (_, at) => {
          const turns = random() < 0.25;
          const first = turns && random() < favour;
          return verdict(`c${at}`, "pass", {
            orders: !turns ? ["answer", "answer"] : first ? ["answer", "other"] : ["other", "answer"],
          });
        }),
      )?.found ?? false
    );
  }

  test("position: found when planted, seldom when absent", () => {
    expect(foundIn("position planted", (random) => positionTrial(random, 0.9))).toBeGreaterThan(0.9);
    expect(foundIn("position absent", (random) => positionTrial(random, 0.5))).toBeLessThanOrEqual(0.06);
  });
});

describe("drift", () => {
  /** A judge whose verdicts vary at random. `strict`: probability that it now fails an answer instead of passing it. */
  function driftTrial(random: () => number, strict: number): boolean {
    return driftCheck(
      Array.from({ length: 120 }, () => {
        const truth = random() < 0.7 ? ("pass" as const) : ("fail" as const);
        const chance = truth === "pass" ? 0.92 : 0.12;
        const verdict = (): "pass" | "fail" => (random() < chance ? "pass" : "fail");
        const before = verdict();
        const now = verdict();
        return {
          truth,
          before,
          now: now === "pass" && random() < strict ? ("fail" as const) : now,
          weight: 1,
          repeatDiffers: verdict() !== before,
        };
      }),
    ).drifted;
  }

  test("a judge that became stricter is found; one that only wavers is not", () => {
    expect(foundIn("stricter", (random) => driftTrial(random, 0.25))).toBeGreaterThan(0.9);
    expect(foundIn("wavering", (random) => driftTrial(random, 0))).toBeLessThanOrEqual(0.06);
  });
});
