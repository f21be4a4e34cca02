import { describe, expect, it } from "vitest";
import { scorers as registry } from "../scorers/registry.ts";
import { assignLabels, labelsOf, measuredNames, unassignedLabels } from "./label-of.ts";
import { measuredScorers } from "./measured-scorers.ts";
import { label } from "./testing/labels.ts";

const GOOD = { name: "good", judge: "good" };
const RIGHT = { name: "correctness", judge: "right" };
const FILTER = { name: "moderation", judge: null };
const ofOf = (labels: readonly { of?: string | undefined }[]) => labels.map((one) => one.of ?? "-");

describe("labelsOf", () => {
  const all = [label("a", "pass"), label("b", "pass", { of: "good" }), label("c", "fail", { of: "right" })];

  it("uses labels that name no judge for the suite's only judge, and for no other scorer", () => {
    expect(ofOf(labelsOf(all, "good", [GOOD, FILTER]))).toEqual(["-", "good"]);
    expect(ofOf(labelsOf(all, "moderation", [GOOD, FILTER]))).toEqual([]);
    expect(ofOf(labelsOf(all, "moderation", [FILTER]))).toEqual(["-"]);
  });

  it("uses labels that name no judge for none of several judges", () => {
    expect(ofOf(labelsOf(all, "good", [GOOD, RIGHT]))).toEqual(["good"]);
    expect(ofOf(labelsOf(all, "right", [GOOD, RIGHT]))).toEqual(["right"]);
    expect(unassignedLabels(all, [GOOD, RIGHT])).toEqual([all[0]]);
    expect(unassignedLabels(all, [GOOD])).toEqual([]);
  });

  it("accepts the scorer's name in place of the judge's", () => {
    const named = [label("a", "pass", { of: "correctness" })];
    expect(labelsOf(named, "right", [GOOD, RIGHT])).toEqual(named);
    expect(labelsOf(named, "good", [GOOD, RIGHT])).toEqual([]);
  });

  it("uses all labels that do not name another judge when the suite is unknown", () => {
    expect(ofOf(labelsOf(all, "good", []))).toEqual(["-", "good"]);
  });

  it("does not use labels that name no judge for a judge outside the suite", () => {
    expect(ofOf(labelsOf(all, "other", [GOOD]))).toEqual([]);
  });

  it("counts one rater once for an answer: the label that names the judge", () => {
    const twice = [label("a", "pass"), label("a", "fail", { of: "good" })];
    expect(labelsOf(twice, "good", [GOOD])).toEqual([twice[1]]);
  });

  it("counts one rater once for an answer that was labelled by both names of the judge: the newest label", () => {
    const before = label("a", "pass", { of: "right", at: "2025-03-01" });
    const after = label("a", "fail", { of: "correctness", at: "2025-03-02T08:00:00Z" });
    const other = label("a", "pass", { of: "right", rater: "bo" });
    for (const all of [
      [before, after, other],
      [other, after, before],
    ])
      expect(
        labelsOf(all, "right", [GOOD, RIGHT]).sort((one, two) => (one.rater < two.rater ? -1 : 1)),
      ).toEqual([after, other]);
  });
});

describe("measuredScorers", () => {
  it("finds judges by name, whatever version, and scorers that ask a model", () => {
    const found = measuredScorers([
      { entry: { type: "equals" }, asks: undefined },
      { entry: { type: "judge", judge: "good@^1", name: "kindness" }, asks: "judge" },
      { entry: { type: "judge", judge: "good@2.0.0", name: "kindness-2" }, asks: "judge" },
      { entry: { type: "any-of" }, asks: "model" },
    ]);
    expect(found).toEqual([
      { name: "kindness", judge: "good" },
      { name: "kindness-2", judge: "good" },
      { name: "any-of", judge: null },
    ]);
    expect(measuredNames(found)).toEqual(["good"]);
  });

  it("covers every scorer type that takes a model, and no other", async () => {
    for (const type of registry.names) {
      const definition = await registry.load(type);
      const shape = (definition?.settings as { shape?: Record<string, unknown> } | undefined)?.shape;
      const takesModel = type === "judge" || Object.hasOwn(shape ?? {}, "model");
      expect([type, definition?.asks !== undefined]).toEqual([type, takesModel]);
    }
  });
});

it("assignLabels adds the judge to labels that name none, unless the same rater has a label that names it", () => {
  const labels = [label("a", "pass"), label("b", "pass"), label("b", "fail", { of: "good" })];
  expect(ofOf(assignLabels(labels, "good"))).toEqual(["good", "-", "good"]);
  expect(ofOf(assignLabels(labels, "right"))).toEqual(["right", "right", "good"]);
});
