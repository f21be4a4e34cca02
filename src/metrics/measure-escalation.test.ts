import { describe, expect, it } from "vitest";
import type { StatedAnswer } from "../domain/escalation.ts";
import { seededRandom } from "../statistics/seeded-random.ts";
import { measureEscalation } from "./measure-escalation.ts";

const goals = { target: 0.9, alpha: 0.1 };
const stated = (confidence: number, correct: boolean, ...strata: string[]): StatedAnswer => ({
  ...{ confidence, correct, strata },
});

/** Answers whose true chance is σ(logit / temperature) where σ(logit) is claimed. */
function claimed(count: number, temperature: number, seed: string): StatedAnswer[] {
  const random = seededRandom(seed);
  const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
  return Array.from({ length: count }, () => {
    const logit = 6 * random() - 2;
    return stated(sigma(logit), random() < sigma(logit / temperature));
  });
}

describe("measureEscalation", () => {
  it("takes the lowest confidence that still reaches the target, ties together", () => {
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

  it("sends everything to a person where nothing reaches the target, and reports it for confidences", () => {
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

  it.each([0.5, 1, 2.5])("finds the temperature %d that confidences were stated at", (temperature) => {
    const found = measureEscalation(claimed(4000, temperature, `t${temperature}`), goals);
    expect(found.temperature).toBeGreaterThan(temperature * 0.85);
    expect(found.temperature).toBeLessThan(temperature * 1.15);
  });

  it("calls no temperature where no one fits, instead of the end of the search", () => {
    const right = [0.6, 0.7, 0.8].map((confidence) => stated(confidence, true));
    expect(measureEscalation(right, goals).temperature).toBeNull();
  });

  it("shows about as much error as chance alone where confidences are true, and more where they are not", () => {
    const { ece } = measureEscalation(claimed(500, 1, "true"), goals);
    expect(ece.value).toBeLessThan(2 * ece.bias);
    const worse = measureEscalation(claimed(500, 3, "over-sure"), goals).ece;
    expect(worse.low).toBeGreaterThan(worse.bias);
    expect(worse.low).toBeLessThanOrEqual(worse.high);
  });

  it("gives a set of labels only where there are enough answers for it, and counts those that leave a choice", () => {
    const labelled = (top: number): StatedAnswer => ({
      ...stated(top, true),
      labels: { scores: { a: top, b: 1 - top }, label: "a" },
    });
    const eight = Array.from({ length: 8 }, (_, i) => labelled(0.6 + i / 100));
    expect(measureEscalation(eight, goals).conformal).toBeNull();
    const many = [...eight, ...eight, labelled(0.45), labelled(0.45), labelled(0.45)];
    const { conformal } = measureEscalation(many, goals);
    // The second largest of 19 distances covers 90 %; at 0.55 both labels of 0.45 and 0.55 are in.
    expect(conformal?.qhat).toBeCloseTo(0.55, 12);
    expect(conformal?.escalation_rate).toBeCloseTo(3 / 19, 12);
    expect(conformal?.coverage.low).toBeLessThan(0.9);
    expect(conformal?.coverage.high).toBeGreaterThan(0.9);
  });

  it("counts false alarms and what nobody sees of each stratum by itself", () => {
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
