import { describe, expect, it } from "vitest";
import { type GitProject, gitProject, isolateGit } from "../testing/git-project.ts";

isolateGit();

/** A suite over recorded answers of two cases. */
function recorded(lines: readonly object[], gate = "regression: false"): GitProject {
  return gitProject({
    "evalconfig.yaml": "models:\n  made: { provider: outputs, file: fixtures/made.jsonl }\n",
    "evals/s.yaml": `dataset: d\nmodel: made\nscorers:\n  - { type: refusal, required: false }\ngate: { ${gate} }\n`,
    "datasets/d.jsonl": ["a", "b"].map((id) => `${JSON.stringify({ id, input: "q" })}\n`).join(""),
    "fixtures/made.jsonl": lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  });
}

describe("metrics of what answers need not contain", () => {
  it("are unknown when an answer does not report them, and a requirement on them is undecided", async () => {
    const project = recorded(
      [
        { case: "a", output: "x", tool_calls: [], refusal: null },
        { case: "b", output: "x" },
      ],
      'regression: false, require: { tool_calls: "<= 1", refusal_rate: "<= 0.5" }',
    );
    const { exit, document } = await project.json(["run"]);
    expect(exit).toBe(3);
    expect(document.runs[0].metrics).toMatchObject({
      tool_calls: { value: null },
      refusal_rate: { value: null },
    });
    expect(document.runs[0].gate.rules.map((rule: { outcome: string }) => rule.outcome)).toEqual([
      "undecided",
      "undecided",
    ]);
    const again = await project.json(["report", "latest", "--format", "json"]);
    expect(JSON.stringify(again.document)).not.toMatch(/"tool_calls":\{"value":0/);
  });

  it("count what is reported, in any place", async () => {
    const call = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
    const project = recorded([
      { case: "a", output: "", refusal: "I will not.", tool_calls: [] },
      {
        case: "b",
        output: "x",
        refusal: null,
        messages: [{ role: "assistant", content: null, tool_calls: [call] }],
      },
    ]);
    const { document } = await project.json(["run"]);
    expect(document.runs[0].metrics).toMatchObject({
      tool_calls: { value: 0.5 },
      refusal_rate: { value: 0.5 },
      "score.refusal": { value: 0.5 },
    });
    const shown = await project.evals(["show", "latest/a/1"]);
    expect(shown.stdout).toContain("refusal\n  I will not.");
  });

  it("make a failed answer an errored trial with its message", async () => {
    const project = recorded([
      { case: "a", output: "half an ans", error: { message: "The upstream died." } },
      { case: "b", output: "x" },
    ]);
    const { exit, document } = await project.json(["run"]);
    expect(exit).toBe(3);
    expect(document.runs[0]).toMatchObject({ counts: { answered: 1, errored: 1 }, errors: { provider: 1 } });
    expect((await project.evals(["show", "latest/a/1"])).stdout).toContain("The upstream died.");
  });
});

describe("answers that the limit on tokens cut off", () => {
  it("are counted in every report", async () => {
    const project = recorded([
      { case: "a", output: "half", finish_reason: "length" },
      { case: "b", output: "whole", finish_reason: "stop" },
    ]);
    const words = "1 of 2 answers was cut off by the limit on tokens";
    expect((await project.evals(["run"])).stdout).toContain(words);
    const { document } = await project.json(["run"]);
    expect(document.runs[0].counts.cut).toBe(1);
    const markdown = await project.evals(["report", "latest", "--format", "markdown"]);
    expect(markdown.stdout).toContain(words);
  });
});

describe("answers that the provider's filter cut off", () => {
  it("are counted in every report", async () => {
    const project = recorded([
      { case: "a", output: "half", finish_reason: "content_filter" },
      { case: "b", output: "whole", finish_reason: "stop" },
    ]);
    const words = "1 of 2 answers was refused by the model or the provider's filter";
    expect((await project.evals(["run"])).stdout.replace(/\s+/g, " ")).toContain(words);
    const markdown = await project.evals(["report", "latest", "--format", "markdown"]);
    expect(markdown.stdout).toContain(words.replace("'", "&#39;"));
  });
});
