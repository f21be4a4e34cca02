import { describe, expect, it } from "vitest";
import type { StatedAnswer } from "../domain/escalation.ts";
import { seededRandom } from "../statistics/seeded-random.ts";
import { measureEscalation } from "./measure-escalation.ts";

const goals = { target: 0.9, alpha: 0.1 };
const stated = (confidence: number, correct: boolean, ...strata: string[]): StatedAnswer => ({
  ...{ confidence, correct, strata },
});

/** Answers that state the confidence σ(logit) and are correct with probability σ(logit / temperature). */
function claimed(count: number, temperature: number, seed: string): StatedAnswer[] {
  const random = seededRandom(seed);
  const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
  return Array.from({ length: count }, () => {
    const logit = 6 * random() - 2;
    return stated(sigma(logit), random() < sigma(logit / temperature));
  });
}

describe("measureEscalation", () => {
  it("takes as threshold the lowest confidence that reaches the target, keeping equal confidences together", () => {
    const answers = [
      ...Array.from({ length: 9 }, () => stated(0.9, true)),
      stated(0.6, false),
      stated(0.6, true),
      stated(0.5, false),
    ];
    expect(measureEscalation(answers, goals).threshold).toMatchObject({
      value: 0.6,
      accuracy: 10 / 11,
      escalation_rate: 1 - 11 / 12,
      band: "below",
    });
    expect(measureEscalation(answers, { ...goals, target: 0.95 }).threshold.value).toBe(0.9);
  });

  it("escalates every answer when no threshold reaches the target", () => {
    const answers = [stated(0.9, false), stated(0.8, true)];
    expect(measureEscalation(answers, goals).threshold).toEqual({
      ...{ target: 0.9, value: null, accuracy: null, low: null, high: null },
      ...{ escalation_rate: 1, band: "miscalibrated" },
    });
    expect(measureEscalation(answers, goals).all).toMatchObject({
      escalation_rate: null,
      false_alarms: { value: 1, n: 1 },
      missed: { value: 0, n: 1 },
    });
  });

  it.each([0.5, 1, 2.5])("finds the temperature %d of the stated confidences", (temperature) => {
    const found = measureEscalation(claimed(4000, temperature, `t${temperature}`), goals);
    expect(found.temperature).toBeGreaterThan(temperature * 0.85);
    expect(found.temperature).toBeLessThan(temperature * 1.15);
  });

  it("gives no temperature when none fits, instead of the limit of the search", () => {
    const right = [0.6, 0.7, 0.8].map((confidence) => stated(confidence, true));
    expect(measureEscalation(right, goals).temperature).toBeNull();
  });

  it("finds about the calibration error of chance when confidences are true, and more when they are not", () => {
    const { ece } = measureEscalation(claimed(500, 1, "true"), goals);
    expect(ece.value).toBeLessThan(2 * ece.bias);
    const worse = measureEscalation(claimed(500, 3, "over-sure"), goals).ece;
    expect(worse.low).toBeGreaterThan(worse.bias);
    expect(worse.low).toBeLessThanOrEqual(worse.high);
  });

  it("gives label sets only when there are enough answers, and counts the sets that leave a choice", () => {
    const labelled = (top: number): StatedAnswer => ({
      ...stated(top, true),
      labels: { scores: { a: top, b: 1 - top }, label: "a" },
    });
    const eight = Array.from({ length: 8 }, (_, i) => labelled(0.6 + i / 100));
    expect(measureEscalation(eight, goals).conformal).toBeNull();
    const many = [...eight, ...eight, labelled(0.45), labelled(0.45), labelled(0.45)];
    const { conformal } = measureEscalation(many, goals);
    // The second largest of 19 distances, 0.55, covers 90 %. Labels with the scores 0.45 and 0.55 are both within it.
    expect(conformal?.qhat).toBeCloseTo(0.55, 12);
    expect(conformal?.escalation_rate).toBeCloseTo(3 / 19, 12);
    expect(conformal?.coverage.low).toBeLessThan(0.9);
    expect(conformal?.coverage.high).toBeGreaterThan(0.9);
  });

  it("counts false alarms and missed errors of each stratum separately", () => {
    const answers = [
      stated(0.95, true, "de"),
      stated(0.95, false, "de"),
      ...Array.from({ length: 18 }, () => stated(0.95, true, "en")),
      stated(0.4, true, "de", "new"),
      ...[0.45, 0.45, 0.3].map((confidence) => stated(confidence, false, "en")),
    ];
    const { strata } = measureEscalation(answers, { ...goals, target: 0.95 });
    expect(strata.map(({ stratum, n }) => [stratum, n])).toEqual([
      ["de", 3],
      ["en", 21],
      ["new", 1],
    ]);
    expect(strata[0]).toMatchObject({ false_alarms: { value: 0.5, n: 2 }, missed: { value: 1, n: 1 } });
    expect(strata[1]).toMatchObject({ false_alarms: { value: 0, n: 18 }, missed: { value: 0, n: 3 } });
    expect(strata[2]).toMatchObject({ false_alarms: { value: 1, n: 1 }, missed: null });
  });
});
