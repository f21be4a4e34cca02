import { describe, expect, it } from "vitest";
import { gitProject, isolateGit } from "../testing/git-project.ts";

isolateGit();

/** A suite with a CSV dataset of one case, over one recorded answer. */
function tabled(columns: string, cells: string, answer: object, scorers: string) {
  return gitProject({
    "evalconfig.yaml": "models:\n  made: { provider: outputs, file: fixtures/made.jsonl }\n",
    "evals/s.yaml": `dataset: d\nmodel: made\nscorers:\n${scorers}`,
    "datasets/d.csv": `id,input,${columns}\na,q,${cells}\n`,
    "fixtures/made.jsonl": `${JSON.stringify({ case: "a", ...answer })}\n`,
  });
}

const WHOLE = ["equals", "json-equals"].map((type) => `  - { type: ${type} }\n`).join("");

describe("cells of a CSV file", () => {
  it("are read as the values of the answer, also where columns are compared as one object", async () => {
    const project = tabled(
      "expected.queue,expected.order.total,expected.paid,expected.note",
      "billing,3,TRUE,4",
      { output: '{"queue":"billing","order":{"total":3.0},"paid":true,"note":"4"}' },
      WHOLE,
    );
    expect((await project.json(["run"])).document.runs[0].metrics.pass_rate.value).toBe(1);
    expect((await project.json(["rescore", "latest"])).document.run.metrics.pass_rate.value).toBe(1);
  });

  it("do not equal other values", async () => {
    for (const output of ['{"queue":"billing","paid":false}', '{"queue":"billing"}', '{"paid":true}']) {
      const project = tabled("expected.queue,expected.paid", "billing,TRUE", { output }, WHOLE);
      const { metrics } = (await project.json(["run"])).document.runs[0];
      expect([metrics["score.equals"].value, metrics["score.json-equals"].value]).toEqual([0, 0]);
    }
  });

  it("hold the expected state as JSON in one cell, or a part of it in each", async () => {
    const answer = { output: "x", state: { refunds: { "A-7": 25 } } };
    const scorer = "  - { type: state-equals, ignore: [$..at] }\n";
    for (const [columns, cells] of [
      ["expected.state", '"{""refunds"":{""A-7"":25}}"'],
      ["expected.state.refunds.A-7", "25"],
    ] as const) {
      const { document } = await tabled(columns, cells, answer, scorer).json(["run"]);
      expect(document.runs[0].metrics.pass_rate.value).toBe(1);
    }
  });
});
