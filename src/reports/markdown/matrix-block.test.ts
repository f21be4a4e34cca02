import { describe, expect, it } from "vitest";
import type { Matrix, MatrixTarget } from "../../domain/matrix.ts";
import { hostileRun, largeRun, report, reportedRun } from "../testing/reported-run.ts";
import { MAX_COMMENT, markdownReport } from "./markdown.ts";
import { matrixBlock } from "./matrix-block.ts";

const target = (name: string, gated = false): MatrixTarget => ({
  ...{ name, run: name, prompt: name, model: "small", gated },
  pass_rate: { value: 0.5, low: 0.25, high: 0.75 },
  ...{ cost_usd: null, latency_p95: 2100 },
});
const difference = (a: string, b: string, delta: number, sure: boolean) => ({
  ...{ a, b, delta, low: delta - 0.1, high: delta + 0.1, p: sure ? 0.001 : 0.4, sure, cases: 2 },
});
const MATRIX: Matrix = {
  suite: "triage",
  targets: [target("p@1.0.0", true), target("p@1.1.0")],
  cases: [
    { case: "refund-07", marks: ["11e", "00?"] },
    { case: "angry-02", marks: ["1", ""] },
  ],
  differences: [difference("p@1.0.0", "p@1.1.0", -0.4, true)],
};

describe("a matrix in Markdown", () => {
  it("has a line for each case, a column for each target, their numbers, and the significant differences", async () => {
    const text = matrixBlock(MATRIX);
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    expect(rows.map((line) => line.split("|").length)).toEqual(Array(8).fill(5));
    expect(rows[0]).toContain("(gated)");
    expect(rows[2]).toMatch(/refund-07<\/code> \| ●●&#33; \| ○○&#63; \|$/);
    expect(rows[4]).toContain("**pass rate** | 50.0 %");
    expect(rows[6]).toContain("unknown");
    expect(text).toMatch(/- p&#64;&#8203;1.0.0 is better than p&#64;&#8203;1.1.0 by 40.0 points/);
  });

  it("reports when no difference is significant", async () => {
    const unsure = matrixBlock({ ...MATRIX, differences: [difference("p@1.0.0", "p@1.1.0", -0.1, false)] });
    expect(unsure).toContain("No difference between these targets is sure");
    expect(matrixBlock({ ...MATRIX, differences: [] })).not.toContain("difference");
  });

  it("has a line for each target when there are too many for columns", async () => {
    const targets = Array.from({ length: 40 }, (_, at) => target(`t${at}`));
    const cases = [{ case: "a", marks: targets.map(() => "1") }];
    const rows = matrixBlock({ ...MATRIX, targets, cases })
      .split("\n")
      .filter((line) => line.startsWith("|"));
    expect(rows.map((line) => line.split("|").length)).toEqual(Array(32).fill(7));
  });

  it("escapes names and ids", async () => {
    const evil = "a|b`<img src=x>@team\n# c";
    const text = matrixBlock({
      ...MATRIX,
      suite: evil,
      targets: [target(evil), target("b")],
      cases: [{ case: evil, marks: ["1", "0"] }],
    });
    expect(text).not.toMatch(/<(?!\/?code>)|@|`/);
    for (const line of text.split("\n")) if (line.startsWith("|")) expect(line.split("|")).toHaveLength(5);
  });

  it("is in the comment once, below its runs, and only when there are several", async () => {
    const other = reportedRun({ header: { ...report.header, id: "ffffffff", alias: "large" } });
    const text = await markdownReport([reportedRun(), other]);
    expect(text.match(/^### triage: 2 targets/gm)).toHaveLength(1);
    expect(text.indexOf("### triage")).toBeGreaterThan(text.lastIndexOf("<!-- evals:"));
    expect(await markdownReport([reportedRun()])).not.toContain("### triage");
  });

  it("keeps the comment within its size limit", async () => {
    const runs = Array.from({ length: 5 }, () => largeRun(300, 5_000));
    expect((await markdownReport([...runs, hostileRun()])).length).toBeLessThanOrEqual(MAX_COMMENT);
  });
});
