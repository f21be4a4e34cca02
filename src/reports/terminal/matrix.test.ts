import { describe, expect, it } from "vitest";
import type { Matrix, MatrixTarget } from "../../domain/matrix.ts";
import { matrixReport } from "./matrix.ts";
import { lengthOf } from "./style.ts";

const target = (name: string, changes: Partial<MatrixTarget> = {}): MatrixTarget => ({
  name,
  run: "3f9c21aa",
  prompt: "triage@1.0.0",
  model: "small",
  gated: false,
  pass_rate: { value: 0.9, low: 0.8, high: 0.95 },
  cost_usd: 0.42,
  latency_p95: 2100,
  ...changes,
});

const matrix: Matrix = {
  suite: "triage",
  targets: [
    target("triage@1.0.0 · small", { gated: true }),
    target("triage@1.1.0 · large", { pass_rate: { value: 0.5, low: null, high: null }, cost_usd: null }),
  ],
  cases: [
    { case: "refund-07", marks: ["111", "100"] },
    { case: "angry-02", marks: ["1e?", "--1"] },
    { case: "new-01", marks: ["", "1"] },
  ],
  differences: [
    {
      a: "triage@1.0.0 · small",
      b: "triage@1.1.0 · large",
      ...{ delta: -0.4, low: -0.6, high: -0.2, p: 0.0021, sure: true, cases: 2 },
    },
  ],
};
const plain = { width: 80, color: false };

describe("the matrix on a terminal", () => {
  it("shows a mark for each trial, then rate with interval, cost and p95, then significant differences", () => {
    expect(matrixReport(matrix, { ...plain, unicode: true })).toMatchInlineSnapshot(`
      "triage   2 targets · 3 cases

                    triage@1.0.0    triage@1.1.0
                    small (gated)   large
        refund-07   ●●●             ●○○
        angry-02    ●!?             ··●
        new-01      —               ●

        pass rate   90.0 %          50.0 %
        95 %        80.0 – 95.0     unknown
        cost        $0.42           unknown
        p95         2.1 s           2.1 s

        one mark per trial: ● passed  ○ failed  ! error  ? not scored  · not asked

        sure differences, case by case
         triage@1.0.0 · small is better than triage@1.1.0 · large by 40.0 points (20.0
           to 60.0), p 0.0021
      "
    `);
  });

  it("is ASCII when the terminal is not known to support Unicode", () => {
    expect(matrixReport(matrix, plain)).not.toMatch(/[●○·]{2}|●|○/);
    expect(matrixReport(matrix, plain)).toContain("+xx");
  });

  it("reports that no difference is significant instead of showing sizes", () => {
    const [one] = matrix.differences;
    const unsure = one === undefined ? [] : [{ ...one, p: 0.4, sure: false }];
    expect(matrixReport({ ...matrix, differences: unsure }, plain)).toContain(
      "is sure: chance alone could cause it",
    );
  });

  it.each([40, 60, 80, 120])("keeps within %i columns for any number of targets", (width) => {
    const targets = Array.from({ length: 7 }, (_, at) =>
      target(`triage@1.${at}.0 · a-rather-long-alias-${at}`),
    );
    const cases = matrix.cases.map((one) => ({ ...one, marks: targets.map(() => "11010") }));
    const text = matrixReport({ ...matrix, targets, cases, differences: [] }, { width, color: false });
    for (const line of text.split("\n")) expect(lengthOf(line)).toBeLessThanOrEqual(width);
    for (const { name } of targets) expect(text).toContain(name.slice(0, 12));
  });

  it("lists the cases on which the targets differ most when there are too many for a screen", () => {
    const dull = Array.from({ length: 50 }, (_, at) => ({ case: `dull-${at}`, marks: ["11", "11"] }));
    const text = matrixReport({ ...matrix, cases: [...dull, { case: "split", marks: ["11", "00"] }] }, plain);
    expect(text).toContain("split");
    expect(text).toContain("21 more cases");
  });

  it("counts trials where there are too many to draw", () => {
    const cases = [{ case: "a", marks: [`${"1".repeat(12)}00-`, "1"] }];
    expect(matrixReport({ ...matrix, cases }, plain)).toContain("12/14");
  });

  it("escapes names", () => {
    const hostile = { ...matrix, suite: "s\u001b[31m", cases: [{ case: "c\u001b]0;x", marks: ["1", "1"] }] };
    expect(matrixReport(hostile, plain)).not.toContain("\u001b");
  });
});
