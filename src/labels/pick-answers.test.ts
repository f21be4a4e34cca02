import { describe, expect, test } from "vitest";
import { disputedAnswers } from "./disputed.ts";
import { answerHash } from "./label-file.ts";
import { type PickableAnswer, pickAnswers } from "./pick-answers.ts";
import { label } from "./testing/labels.ts";

function answer(id: string, changes: Partial<PickableAnswer> = {}): PickableAnswer {
  return {
    case: id,
    answer_hash: answerHash(id),
    tags: [],
    trials: 1,
    judged: { pass: 1, of: 1 },
    ...changes,
  };
}

const many = (
  count: number,
  changes: (at: number) => Partial<PickableAnswer> = () => ({}),
): PickableAnswer[] => Array.from({ length: count }, (_, at) => answer(`c${at}`, changes(at)));

describe("picking", () => {
  test("the same seed picks the same answers in the same order, another seed others", () => {
    const answers = many(100);
    const ids = (seed: string): string[] =>
      pickAnswers(answers, { count: 20, by: "random", seed }).map((one) => one.answer.case);
    expect(ids("a")).toEqual(ids("a"));
    expect(new Set(ids("a")).size).toBe(20);
    expect(ids("b")).not.toEqual(ids("a"));
  });

  test("picked at random, every answer has the same chance and every label the same weight", () => {
    const answers = many(20);
    const times = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      for (const { answer: one, picked, weight } of pickAnswers(answers, {
        count: 5,
        by: "random",
        seed: `${seed}`,
      })) {
        times.set(one.case, (times.get(one.case) ?? 0) + 1);
        expect([picked, weight]).toEqual(["random", 4]);
      }
    }
    // Each answer is expected 500 times; the tolerance is seven standard errors.
    for (const one of answers)
      expect(Math.abs((times.get(one.case) ?? 0) - 500)).toBeLessThan(7 * Math.sqrt(375));
  });

  test("rare verdicts are labelled as often as common ones, and weights add up to the run", () => {
    const answers = many(100, (at) => ({
      judged: at < 10 ? { pass: 0, of: 1 } : { pass: 1, of: 1 },
      trials: 2,
    }));
    const picked = pickAnswers(answers, { count: 30, by: "verdict", seed: "x" });
    const failing = picked.filter((one) => one.answer.judged?.pass === 0);
    expect(failing).toHaveLength(10);
    expect(failing.every((one) => one.weight === 2 && one.picked === "stratified")).toBe(true);
    expect(picked.reduce((sum, one) => sum + one.weight, 0)).toBeCloseTo(200, 9);
    // The order does not reveal the verdict: the failing answers are neither all first nor all last.
    const indexes = picked.flatMap((one, at) => (one.answer.judged?.pass === 0 ? [at] : []));
    expect(indexes).not.toEqual(indexes.map((_, at) => at));
    expect(indexes).not.toEqual(indexes.map((_, at) => 20 + at));
  });

  test("picks every case once before any twice, by tag, by dispute, and all when more are wanted than exist", () => {
    const two = many(10).flatMap((one) => [one, { ...one, answer_hash: answerHash(`${one.case} again`) }]);
    const cases = pickAnswers(two, { count: 10, by: "random", seed: "x" }).map((one) => one.answer.case);
    expect(new Set(cases).size).toBe(10);
    expect(pickAnswers(two, { count: 99, by: "random", seed: "x" })).toHaveLength(20);
    const tagged = many(40, (at) => ({ tags: at < 4 ? ["vip"] : ["plain"] }));
    const vips = pickAnswers(tagged, { count: 8, by: "tag", seed: "x" }).filter(
      (one) => one.answer.tags[0] === "vip",
    );
    expect(vips).toHaveLength(4);
    const divided = many(40, (at) => ({ judged: at < 3 ? { pass: 1, of: 3 } : { pass: 3, of: 3 } }));
    expect(
      pickAnswers(divided, { count: 6, by: "dispute", seed: "x" }).filter(
        (one) => one.answer.judged?.pass === 1,
      ),
    ).toHaveLength(3);
    expect(pickAnswers([], { count: 5, by: "random", seed: "x" })).toEqual([]);
  });
});

test("the most disputed answers come first; undisputed and adjudicated ones are left out", () => {
  const against = (id: string, pass: number, of: number) => ({
    ...label(id, "pass"),
    judged: { pass, of },
  });
  const answers = [
    against("agreed", 3, 3),
    against("split judges", 1, 2),
    against("contradiction", 0, 1),
    against("people divided", 1, 1),
    { ...against("nobody judged", 0, 1), judged: null },
    against("adjudicated", 1, 1),
  ];
  const labels = [
    label("agreed", "pass"),
    label("contradiction", "pass"),
    label("contradiction", "unsure", { rater: "bo" }),
    label("people divided", "pass"),
    label("people divided", "pass", { rater: "bo" }),
    label("people divided", "pass", { rater: "cy" }),
    label("people divided", "fail", { rater: "dee" }),
    label("nobody judged", "pass"),
    label("adjudicated", "fail"),
    label("adjudicated", "pass", { rater: "adjudicated:bo" }),
  ];
  expect(disputedAnswers(answers, labels).map((one) => [one.answer.case, one.dispute, one.between])).toEqual([
    ["contradiction", 1, "judge and people"],
    ["split judges", 0.5, "judges"],
    ["people divided", 0.375, "people"],
  ]);
});
