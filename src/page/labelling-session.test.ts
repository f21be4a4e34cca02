import { describe, expect, it } from "vitest";
import type { Label } from "../domain/label.ts";
import { LabellingSession } from "./labelling-session.ts";
import type { Question, SessionSetup } from "./labelling-shapes.ts";
import type { Check } from "./self-check.ts";

function questions(count: number): Question[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ id: `q${at}`, case: `c${at}`, answer_hash: `h${at}`, answer: `answer ${at}`, input: at },
    picked: "random",
    weight: 1,
  }));
}

/** A session whose labels are stored in memory. */
function session(changes: Partial<SessionSetup> = {}) {
  const labels: Label[] = [];
  const checks: Check[] = [];
  let second = 0;
  const drop = <T>(from: T[], one: T): void => void from.splice(from.indexOf(one), 1);
  const made = new LabellingSession({
    ...{ suite: "triage", rater: "ana", purpose: "label", criteria: [], questions: questions(3) },
    ...{ labels: [], known: [], checks: [] },
    book: {
      save: (label) => void labels.push(label),
      remove: (label) => drop(labels, label),
      noteCheck: (check) => void checks.push(check),
      dropCheck: (check) => drop(checks, check),
    },
    now: () => new Date(1_000 * second++),
    random: () => 0,
    ...changes,
  });
  const id = (): string => made.state().question?.id ?? "";
  return { made, labels, checks, id };
}

describe("a labelling session", () => {
  it("moves on only when a label is kept", () => {
    const book = {
      save: () => {
        throw new Error("the disk is full");
      },
      ...{ remove: () => {}, noteCheck: () => {}, dropCheck: () => {} },
    };
    const { made, id } = session({ book });
    expect(() => made.judge(id(), { verdict: "pass" })).toThrow("the disk is full");
    expect(made.state()).toMatchObject({ done: 0, question: { id: "q0" } });
  });

  it("takes steps back one by one, skips too, and asks again what it took back", () => {
    const { made, labels, id } = session();
    made.judge(id(), { verdict: "pass", criteria: { tone: "fail" }, comment: "well" });
    made.skip(id());
    expect(made.state()).toMatchObject({ done: 2, skipped: 1, question: { id: "q2" } });
    expect(made.undo(2)).toBe("done");
    expect(made.undo(2)).toBe("repeated");
    expect(made.state().question).toMatchObject({ id: "q1" });
    expect(made.state().question?.draft).toBeUndefined();
    made.undo(1);
    expect(labels).toEqual([]);
    expect(made.state().question?.draft).toEqual({
      verdict: "pass",
      criteria: { tone: "fail" },
      comment: "well",
    });
    expect(made.undo(0)).toBe("not-asked-now");
    for (const verdict of ["pass", "fail", "unsure"] as const) made.judge(id(), { verdict });
    expect(labels.map((one) => `${one.case} ${one.verdict}`)).toEqual(["c0 pass", "c1 fail", "c2 unsure"]);
  });

  it("distinguishes a repeated step from a step for an answer that is not shown", () => {
    const { made, labels } = session();
    expect(made.judge("q0", { verdict: "pass" })).toBe("done");
    expect(made.judge("q0", { verdict: "pass" })).toBe("repeated");
    expect(made.judge("q0", { verdict: "fail" })).toBe("not-asked-now");
    expect(made.judge("q2", { verdict: "fail" })).toBe("not-asked-now");
    expect(made.skip("q1")).toBe("done");
    expect(made.skip("q1")).toBe("repeated");
    expect(made.skip("q0")).toBe("not-asked-now");
    expect(labels).toHaveLength(1);
  });

  it("omits from a label what was not entered", () => {
    const { made, labels, id } = session();
    made.judge(id(), { verdict: "pass", criteria: {}, comment: " \n" });
    expect(Object.keys(labels[0] ?? {})).toEqual([
      ...["case", "answer_hash", "answer", "rater", "verdict", "at", "picked", "weight"],
    ]);
  });
});

describe("answers that are asked twice", () => {
  it("are one in twenty, come after at least ten others, and look like any other answer", () => {
    const { made, labels, checks, id } = session({ questions: questions(60), random: () => 0.999 });
    const shown: string[] = [];
    const keys = new Set<string>();
    while (made.state().question !== null) {
      const question = made.state().question;
      shown.push(question?.case ?? "");
      keys.add(Object.keys(question ?? {}).join());
      made.judge(id(), { verdict: shown.indexOf(question?.case ?? "") < shown.length - 1 ? "fail" : "pass" });
    }
    expect(shown).toHaveLength(63);
    expect(keys.size).toBe(1);
    expect(labels).toHaveLength(60);
    expect(checks.map(({ first, again }) => [first, again])).toEqual(Array(3).fill(["pass", "fail"]));
    for (const check of checks) {
      const [first, again] = [shown.indexOf(check.case), shown.lastIndexOf(check.case)];
      expect(again - first).toBeGreaterThan(10);
    }
    expect(made.state()).toMatchObject({ done: 63, total: 63, agreement: { same: 0, of: 3 } });
  });

  it("leave the label alone, also when the step is taken back", () => {
    const known = questions(80).slice(70);
    const before = known.map(({ id: _, input: __, ...one }) => ({
      ...one,
      ...{ rater: "ana", verdict: "pass" as const, at: "2025-01-01T00:00:00.000Z" },
    }));
    const { made, labels, checks } = session({ questions: questions(20), known, labels: before });
    for (let at = 0; at < 10; at++) made.judge(`q${at}`, { verdict: "pass" });
    expect(made.state()).toMatchObject({ total: 21, question: { id: "q70-", case: "c70" } });
    made.judge("q70-", { verdict: "fail" });
    expect(checks).toHaveLength(1);
    made.undo(11);
    expect([labels.length, checks.length]).toEqual([10, 0]);
    expect(made.state().question).toMatchObject({ id: "q70-", draft: { verdict: "fail" } });
    made.judge("q70-", { verdict: "pass" });
    expect(made.state().question?.id).toBe("q10");
    expect(checks).toMatchObject([{ case: "c70", first: "pass", again: "pass" }]);
  });

  it("are not asked a third time when the session goes on", () => {
    const first = session({ questions: questions(40) });
    for (let at = 0; at < 14; at++) first.made.judge(first.id(), { verdict: "pass" });
    expect([first.labels.length, first.checks.length]).toEqual([13, 1]);
    const again = session({ questions: questions(40), labels: first.labels, checks: first.checks });
    expect(again.made.state()).toMatchObject({ done: 14, total: first.made.state().total });
    while (again.made.state().question !== null) again.made.judge(again.id(), { verdict: "pass" });
    expect(again.checks).toHaveLength(1);
    expect(again.checks[0]?.case).not.toBe(first.checks[0]?.case);
    expect(again.made.state().agreement).toEqual({ same: 2, of: 2 });
  });
});
