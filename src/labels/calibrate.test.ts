import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SuiteCalibration } from "../domain/calibration.ts";
import { consistencyOf, modelFamily, positionBiasOf, sharedFamilies } from "./biases.ts";
import { calibrate } from "./calibrate.ts";
import { calibrationPath, labelHash, readCalibration, writeCalibration } from "./calibration-file.ts";
import { partOf } from "./holdout.ts";
import { label, table, verdict } from "./testing/labels.ts";
import { countedPart, trustIn } from "./trust.ts";
import { labelledAnswers } from "./truth.ts";
import { wantedLabels } from "./wanted-labels.ts";

const BAR = { min_ac1: 0.6, min_labels: 100 };

describe("figures", () => {
  test("a published table comes out exactly", () => {
    // A textbook example of Cohen's kappa: two readers of 100 chest films. AC1 was computed by hand.
    const { labels, verdicts } = table({ tp: 40, fp: 20, fn: 10, tn: 30 });
    const { plain, labels: counts, unjudged } = calibrate(labels, verdicts, null);
    expect(counts).toEqual({ n: 100, pass: 50, fail: 50, unsure: 0 });
    expect(unjudged).toBe(0);
    expect(plain.confusion).toEqual({ tp: 40, fp: 20, fn: 10, tn: 30 });
    expect(plain.agreement.value).toBeCloseTo(0.7, 12);
    expect(plain.kappa.value).toBeCloseTo(0.4, 12);
    // Gwet's chance agreement: 2 · 0.55 · 0.45.
    expect(plain.ac1.value).toBeCloseTo((0.7 - 0.495) / (1 - 0.495), 12);
    expect(plain.sensitivity.value).toBeCloseTo(0.8, 12);
    expect(plain.specificity.value).toBeCloseTo(0.6, 12);
    // Wilson interval of 30 out of 50.
    expect(plain.specificity.low).toBeCloseTo(0.4618, 4);
    expect(plain.specificity.high).toBeCloseTo(0.7239, 4);
  });

  test("weights change the figures that the gate uses, but not the plain ones", () => {
    const { labels, verdicts } = table({ tp: 20, fp: 5, fn: 5, tn: 20 });
    // Answers that the judge fails were picked four times as often as the others, so each weighs a quarter.
    const weighed = labels.map((one) => ({
      ...one,
      picked: "stratified" as const,
      weight: one.case.includes("-fail-") ? 1 : 4,
    }));
    const { plain, all } = calibrate(weighed, verdicts, null);
    expect(plain.sensitivity.value).toBeCloseTo(20 / 25, 12);
    expect(plain.weighted).toBe(false);
    expect(all.weighted).toBe(true);
    expect(all.sensitivity.value).toBeCloseTo(80 / 85, 12);
    expect(all.specificity.value).toBeCloseTo(20 / 40, 12);
    expect(all.confusion).toEqual(plain.confusion);
    // Kish: (80 + 5)² / (20 · 16 + 5).
    expect(all.positives).toBeCloseTo(85 ** 2 / 325, 12);
    expect((all.sensitivity.high ?? 0) - (all.sensitivity.low ?? 0)).toBeGreaterThan(0);
  });

  test("equal weights give the same figures as no weights", () => {
    const { labels, verdicts } = table({ tp: 20, fp: 5, fn: 5, tn: 20 });
    const scaled = labels.map((one) => ({ ...one, weight: 7.5 }));
    expect(calibrate(scaled, verdicts, null).all).toEqual(calibrate(labels, verdicts, null).all);
  });

  test("when all agree the interval still has a width", () => {
    const { labels, verdicts } = table({ tp: 30, fp: 0, fn: 0, tn: 30 });
    const { ac1, kappa } = calibrate(labels, verdicts, null).plain;
    expect(ac1).toMatchObject({ value: 1, high: 1 });
    expect(ac1.low).toBeGreaterThan(0.8);
    expect(ac1.low).toBeLessThan(0.95);
    expect(kappa.low).toBeLessThan(1);
  });

  test("with passes alone kappa and specificity are unknown", () => {
    const { labels, verdicts } = table({ tp: 10, fp: 0, fn: 0, tn: 0 });
    const { kappa, specificity, sensitivity } = calibrate(labels, verdicts, null).plain;
    expect(kappa.value).toBeNull();
    expect(specificity.value).toBeNull();
    expect(sensitivity.value).toBe(1);
  });
});

describe("truth", () => {
  test("the majority decides, a tie does not, and an adjudicated label outweighs all", () => {
    const labels = [
      label("a", "pass"),
      label("a", "pass", { rater: "bo" }),
      label("a", "fail", { rater: "cy" }),
      label("b", "pass"),
      label("b", "fail", { rater: "bo" }),
      label("c", "pass"),
      label("c", "pass", { rater: "bo" }),
      label("c", "fail", { rater: "adjudicated:dee" }),
      label("d", "unsure"),
      label("d", "fail", { rater: "bo" }),
      label("e", "unsure"),
    ];
    expect(labelledAnswers(labels).map((one) => one.truth)).toEqual(["pass", null, "fail", "fail", null]);
    const { raters, labels: counts, unjudged } = calibrate(labels, [], null);
    expect(counts).toEqual({ n: 5, pass: 1, fail: 2, unsure: 2 });
    expect(unjudged).toBe(3);
    expect(raters).toMatchObject({
      answers: 3,
      tied: 1,
      labels: { ana: 5, bo: 4, cy: 1, "adjudicated:dee": 1 },
    });
  });

  test("those who adjudicate may be divided too, or settle that nobody can tell", () => {
    const conflict = (id: string) => [label(id, "pass"), label(id, "fail", { rater: "bo" })];
    const { raters, labels } = calibrate(
      [
        ...conflict("a"),
        ...[
          label("a", "pass", { rater: "adjudicated:cy" }),
          label("a", "fail", { rater: "adjudicated:dee" }),
        ],
        ...conflict("b"),
        label("b", "unsure", { rater: "adjudicated:cy" }),
        label("c", "pass"),
      ],
      [verdict("c", "pass")],
      null,
    );
    expect(labels).toMatchObject({ unsure: 2, pass: 1 });
    expect(raters.tied).toBe(1);
  });

  test("the order of the labels changes no figure, also where raters were shown an answer by other draws", () => {
    const labels = Array.from({ length: 24 }, (_, at) => [
      label(`c${at}`, at % 5 ? "pass" : "fail", { rater: "bo", weight: 3 }),
      label(`c${at}`, at % 5 ? "pass" : "fail", { picked: "stratified", weight: at % 2 ? 9 : 1 }),
      label(`c${at}`, at % 5 ? "pass" : "fail", { rater: "cy", weight: 2 }),
    ]).flat();
    const verdicts = Array.from({ length: 24 }, (_, at) => verdict(`c${at}`, at % 4 ? "pass" : "fail"));
    const there = calibrate(labels, verdicts, null);
    expect({ ...calibrate([...labels].reverse(), verdicts, null), answers: [], pairs: [] }).toEqual({
      ...there,
      answers: [],
      pairs: [],
    });
    expect(there.answers[0]).toMatchObject({ picked: "random", weight: 2 });
  });

  test("answers picked at random count alike, in however many sessions they were picked", () => {
    const labels = Array.from({ length: 100 }, (_, at) =>
      label(`c${at}`, at % 4 ? "pass" : "fail", { weight: at < 50 ? 10 : 5 }),
    );
    const verdicts = labels.map((one, at) => verdict(one.case, at % 5 ? "pass" : "fail"));
    const { all, plain } = calibrate(labels, verdicts, null);
    expect(all).toEqual(plain);
    expect(all.weighted).toBe(false);
    const [first] = labels;
    if (first === undefined) throw new Error("no label");
    const mixed = calibrate([{ ...first, picked: "stratified" }, ...labels.slice(1)], verdicts, null);
    expect(mixed.all.weighted).toBe(true);
  });

  test("Krippendorff's alpha compares the raters and leaves out adjudicated labels", () => {
    // Units {p,p} {p,f} {f,f} {p,p}: D_o 2/8; D_e from 5 and 3 votes of 8: 2·5·3/(8·7).
    const votes = [
      ["pass", "pass"],
      ["pass", "fail"],
      ["fail", "fail"],
      ["pass", "pass"],
    ] as const;
    const labels = votes.flatMap(([one, two], at) => [
      label(`case ${at}`, one),
      label(`case ${at}`, two, { rater: "bo" }),
      label(`case ${at}`, "pass", { rater: "adjudicated:cy" }),
    ]);
    const { alpha } = calibrate(labels, [], null).raters;
    expect(alpha.value).toBeCloseTo(1 - 2 / 8 / (30 / 56), 12);
    expect(alpha.low).toBeLessThanOrEqual(alpha.value ?? 0);
    expect(alpha.high).toBeGreaterThanOrEqual(alpha.value ?? 1);
  });

  test("the first repeat is the verdict; the other repeats only measure consistency", () => {
    const labels = [label("a", "pass"), label("b", "pass")];
    const verdicts = [
      verdict("a", "fail", { repeat: 2 }),
      verdict("a", "pass"),
      verdict("a", "pass", { repeat: 3 }),
      verdict("b", "pass"),
      verdict("b", "pass", { repeat: 2 }),
      verdict("not labelled", "fail"),
      verdict("a", "fail", { answer: "another answer of a" }),
    ];
    const found = calibrate(labels, verdicts, null);
    expect(found.plain.confusion).toEqual({ tp: 2, fp: 0, fn: 0, tn: 0 });
    expect(found.consistency).toMatchObject({ answers: 2, always: 1 });
    expect(found.consistency.value).toBeCloseTo((1 / 3 + 1) / 2, 12);
    expect(consistencyOf([])).toEqual({ answers: 0, value: null, always: 0 });
  });
});

test("a case always stays in the same part; about one in four is in dev", () => {
  const parts = Array.from({ length: 4000 }, (_, i) => partOf(`case-${i}`));
  expect(parts.filter((one) => one === "dev").length / 4000).toBeCloseTo(0.25, 1);
  expect(["case-0", "case-1", "vip-1", "refund-2"].map(partOf)).toEqual(["test", "test", "dev", "dev"]);
});

test("a tag on which the judge errs is found, and tags like the rest are not", () => {
  const { labels, verdicts } = table({ tp: 60, fp: 0, fn: 0, tn: 60 });
  const wrong = Array.from({ length: 15 }, (_, i) => ({
    label: label(`hard-${i}`, "fail"),
    verdict: verdict(`hard-${i}`, "pass"),
  }));
  const tagsOf = (id: string): string[] => (id.startsWith("hard") ? ["german", "all"] : ["english", "all"]);
  const { tags } = calibrate(
    [...labels, ...wrong.map((one) => one.label)],
    [...verdicts, ...wrong.map((one) => one.verdict)],
    tagsOf,
  );
  expect(tags?.map(({ tag, n, differs, p }) => [tag, n, differs, p === null])).toEqual([
    ["all", 135, false, true],
    ["english", 120, true, false],
    ["german", 15, true, false],
  ]);
});

test("a pairwise judge that prefers the first place is found", () => {
  const both = (first: "answer" | "other" | "tie", second: "answer" | "other" | "tie", many: number) =>
    Array.from({ length: many }, (_, i) =>
      verdict(`${first}${second}${i}`, "pass", { orders: [first, second] }),
    );
  expect(positionBiasOf([verdict("a", "pass")])).toBeNull();
  const biased = positionBiasOf([
    ...both("answer", "answer", 30),
    ...both("answer", "other", 14),
    ...both("other", "answer", 2),
  ]);
  expect(biased).toMatchObject({ n: 46, found: true, value: 14 / 16, inconsistent: { n: 16 } });
  const fair = positionBiasOf([
    ...both("tie", "other", 8),
    ...both("other", "tie", 7),
    ...both("other", "other", 30),
  ]);
  expect(fair).toMatchObject({ n: 45, found: false, value: 8 / 15 });
});

test("the vendor is recognized by the name of the model", () => {
  expect(
    ["gpt-4o-mini-2024-07-18", "openai/o3-mini", "claude-3-5-haiku", "models/gemini-2.5-pro", "my-model"].map(
      modelFamily,
    ),
  ).toEqual(["openai", "openai", "anthropic", "google", null]);
  expect(sharedFamilies(["gpt-4o", "x"], ["o4-mini", "claude-4", "x"])).toEqual(["openai"]);
});

describe("trust", () => {
  const judge = { name: "helpful", version: "1.0.0", hash: "a".repeat(64) };
  const { labels, verdicts } = table({ tp: 80, fp: 3, fn: 4, tn: 60 });
  const result = calibrate(labels, verdicts, null);
  const calibration: SuiteCalibration = {
    judge: judge.hash,
    models: ["gpt-4o"],
    labels: labels.map(labelHash).sort(),
    all: result.all,
    test: result.test,
    inconsistent: null,
  };
  const input = { judge, suite: "triage", calibration, elsewhere: [], labels, bar: BAR };

  test("a judge that agrees with people is believed, on the held-out cases once there are enough of them", () => {
    expect(trustIn(input)).toMatchObject({ state: "believed", part: "test", next: null });
    expect(countedPart(calibration, { ...BAR, min_labels: result.test.n + 1 })).toMatchObject({
      part: "all",
    });
    expect(trustIn(input).why).toMatch(
      /^agreement with people \(AC1\) 0\.\d\d, at least 0\.\d\d, on 1\d\d labels$/,
    );
  });

  test("without a calibration for this suite the judge is uncalibrated", () => {
    expect(trustIn({ ...input, calibration: null }).why).toBe(
      "judge helpful 1.0.0 was never calibrated on triage",
    );
    const elsewhere = trustIn({ ...input, calibration: null, elsewhere: ["billing"], labels: [] });
    expect(elsewhere).toMatchObject({ state: "uncalibrated", measures: null });
    expect(elsewhere.why).toContain("its calibration on billing says nothing");
    expect(elsewhere.next).toBe("evals label triage, then evals calibrate helpful --suite triage");
  });

  test("a changed judge, a changed label and a label that is gone make it stale; a new label and a comment do not", () => {
    expect(trustIn({ ...input, judge: { ...judge, hash: "b".repeat(64) } })).toMatchObject({
      state: "stale",
      measures: null,
    });
    const turned = labels.map((one, at) => (at === 0 ? { ...one, verdict: "fail" as const } : one));
    expect(trustIn({ ...input, labels: turned }).why).toMatch(
      /^1 of the 147 labels .* has changed or been deleted$/,
    );
    expect(trustIn({ ...input, labels: labels.slice(2) }).why).toMatch(
      /^2 of the 147 labels .* have changed or been deleted$/,
    );
    const more = [...labels, label("new", "pass")];
    expect(trustIn({ ...input, labels: more })).toMatchObject({
      state: "believed",
      next: "1 new label: evals calibrate helpful --suite triage",
    });
    expect(trustIn({ ...input, labels: labels.map((one) => ({ ...one, comment: "why" })) }).state).toBe(
      "believed",
    );
  });

  test("under the bar: a judge that passes everything, though people do so too", () => {
    const lenient = table({ tp: 190, fp: 10, fn: 0, tn: 0 });
    const { all, test: heldOut } = calibrate(lenient.labels, lenient.verdicts, null);
    const asked = { ...input, labels: lenient.labels };
    const { state, why } = trustIn({
      ...asked,
      calibration: { ...calibration, labels: lenient.labels.map(labelHash).sort(), all, test: heldOut },
    });
    expect(all.ac1.low).toBeGreaterThan(BAR.min_ac1);
    expect(state).toBe("under_bar");
    expect(why).toBe("it hardly tells good answers from bad ones: sensitivity 1.00, specificity 0.00");
  });

  test("under the bar: too few labels, a low lower bound of AC1, or verdicts that depend on the order", () => {
    expect(trustIn({ ...input, bar: { ...BAR, min_labels: 1000 } }).why).toBe(
      "147 usable labels, and gate.judge.min_labels is 1000",
    );
    const low = trustIn({ ...input, bar: { ...BAR, min_ac1: 0.9 } });
    expect(low.state).toBe("under_bar");
    expect(low.why).toContain("gate.judge.min_ac1 is 0.9");
    expect(trustIn({ ...input, calibration: { ...calibration, inconsistent: 0.21 } }).state).toBe(
      "under_bar",
    );
    expect(trustIn({ ...input, calibration: { ...calibration, inconsistent: 0.2 } }).state).toBe("believed");
  });

  test("writing one suite's results keeps those of other suites, and a broken file is reported", () => {
    const root = mkdtempSync(join(tmpdir(), "evals-calibration-"));
    try {
      expect(readCalibration(root, "helpful", "1.0.0")).toBeNull();
      writeCalibration(root, { judge: "helpful", version: "1.0.0" }, "triage", calibration);
      const path = writeCalibration(root, { judge: "helpful", version: "1.0.0" }, "billing", calibration);
      expect(Object.keys(readCalibration(root, "helpful", "1.0.0")?.suites ?? {})).toEqual([
        "billing",
        "triage",
      ]);
      expect(path).toBe(calibrationPath("helpful", "1.0.0"));
      for (const [text, code] of [
        ['{"schema":"evals.calibration/2"}', "EVALS_CALIBRATION_VERSION"],
        ['{"schema":"evals.calibration/1",', "EVALS_CALIBRATION_SYNTAX"],
        ['{"schema":"evals.calibration/1","suites":{"a":{}}}', "EVALS_CALIBRATION_MISSING_KEY"],
      ] as const) {
        writeFileSync(join(root, path), text);
        expect(() => readCalibration(root, "helpful", "1.0.0")).toThrow(code);
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

describe("which labels are wanted", () => {
  test("ties come first, then rare kinds of answers; disagreements are listed only for cases in dev", () => {
    const { labels, verdicts } = table({ tp: 60, fp: 8, fn: 9, tn: 4 });
    const tied = [label("tied", "pass"), label("tied", "fail", { rater: "bo" }), label("open", "unsure")];
    const result = calibrate([...labels, ...tied], verdicts, () => ["vip"]);
    const unlabelled = [
      { case: "x", answer_hash: "1".repeat(64), verdict: "pass" as const },
      { case: "y", answer_hash: "2".repeat(64), verdict: "fail" as const },
    ];
    const wanted = wantedLabels(result, result.all, BAR, unlabelled);
    expect(wanted.passes).toBe(0);
    expect(wanted.fails).toBe(35 - 12);
    expect(wanted.answers.map((one) => [one.case, one.why])).toEqual([
      ["tied", "raters are divided"],
      ["open", "nobody is sure"],
      ["y", "thin cell"],
    ]);
    expect(wanted.disagreements.length).toBeGreaterThan(0);
    expect(wanted.disagreements.every((one) => partOf(one.case) === "dev")).toBe(true);
    expect(wanted.disagreements.length).toBeLessThan(17);
  });

  test("counts the labels still needed until the lower bound reaches the bar; null when it never will", () => {
    const good = calibrate(...pairOf({ tp: 15, fp: 2, fn: 2, tn: 15 }), null);
    const needed = wantedLabels(good, good.all, { min_ac1: 0.6, min_labels: 20 }, []).more ?? 0;
    expect(needed).toBeGreaterThan(10);
    const grown = calibrate(...pairOf({ tp: 15 * 3, fp: 2 * 3, fn: 2 * 3, tn: 15 * 3 }), null);
    expect(34 + needed).toBeLessThan(102);
    expect(wantedLabels(grown, grown.all, { min_ac1: 0.6, min_labels: 20 }, []).more).toBe(0);
    const poor = calibrate(...pairOf({ tp: 30, fp: 25, fn: 25, tn: 30 }), null);
    expect(wantedLabels(poor, poor.all, BAR, []).more).toBeNull();
    expect(wantedLabels(good, good.all, { min_ac1: 0.1, min_labels: 100 }, []).more).toBe(66);
  });
});

function pairOf(counts: Parameters<typeof table>[0]) {
  const { labels, verdicts } = table(counts);
  return [labels, verdicts] as const;
}
