import { expect, it } from "vitest";
import { gitProject, isolateGit } from "../testing/git-project.ts";

isolateGit();

it("a run without an answer cannot be rescored, and one with some answers stays undecided in every report", async () => {
  const project = gitProject({
    "evalconfig.yaml": "models:\n  m: { provider: outputs, file: fixtures/o.jsonl }\n",
    "evals/s.yaml": "dataset: d\nmodel: m\nscorers: [{ type: equals, value: ok }]\n",
    "datasets/d.jsonl": '{"id":"a","input":1}\n{"id":"b","input":2}\n',
    "fixtures/o.jsonl":
      '{"case":"a","output":"x","error":"down"}\n{"case":"b","output":"x","error":"down"}\n',
  });
  try {
    expect((await project.evals(["run", "s"])).exit).toBe(3);
    const refused = await project.evals(["rescore", "latest"]);
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining("EVALS_RESCORE_NO_ANSWER") });

    project.write(
      "fixtures/o.jsonl",
      '{"case":"a","output":"ok"}\n{"case":"b","output":"x","error":"down"}\n',
    );
    expect((await project.evals(["run", "s"])).exit).toBe(3);
    expect((await project.evals(["rescore", "latest"])).exit).toBe(0);
    const ended = await project.evals(["report", "latest", "--format", "json"]);
    const document = JSON.parse(ended.stdout);
    expect(document.runs[0]).toMatchObject({
      counts: { answered: 1, errored: 1 },
      gate: { outcome: "undecided" },
    });
    const markdown = await project.evals(["report", "latest", "--format", "markdown"]);
    expect(markdown.stdout).toContain("## INCOMPLETE: s");
  } finally {
    project.remove();
  }
});

it("answers that a scorer could not score are kept, and every report says why and what scores them", async () => {
  const project = gitProject({
    "evalconfig.yaml": "models:\n  m: { provider: module, file: bot.mjs }\n",
    "evals/s.yaml": "dataset: d\nmodel: m\nscorers: [{ type: module, name: own, file: own.mjs }]\n",
    "datasets/d.jsonl": '{"id":"a","input":1}\n',
    "bot.mjs": 'export default () => "yes";\n',
    "own.mjs": 'export default () => { throw new Error("no table of words"); };\n',
  });
  try {
    const run = await project.evals(["run"]);
    expect(run.exit).toBe(3);
    const id = /--resume --run (\w+)/.exec(run.stdout)?.[1] ?? "";
    expect(run.stdout).toContain("1 trial of 1 has no result, because a scorer or judge failed.");
    expect(run.stdout).toContain(`evals rescore ${id}`);

    const failed = await project.evals(["rescore", id]);
    expect(failed.stdout).toContain("1 error (tool): own: own.mjs threw: no table of words");
    expect((await project.evals(["show", "latest"])).stdout).toContain(
      "1 error (tool): own: own.mjs threw: no table of words",
    );

    project.write("own.mjs", "export default () => true;\n");
    expect((await project.evals(["rescore", id])).stdout).toContain("pass rate unknown → 100.0 %");
  } finally {
    project.remove();
  }
});

it("a case that is no longer in the dataset is scored by the scorers that it named", async () => {
  const line = (id: string, more: object) => `${JSON.stringify({ id, input: 1, ...more })}\n`;
  const kept = line("b", { expected: { own: "x", other: "y" } });
  const project = gitProject({
    "evalconfig.yaml": "models:\n  m: { provider: module, file: bot.mjs }\n",
    "evals/s.yaml":
      "dataset: d\nmodel: m\nscorers:\n  - { type: contains, name: own, against: expected.own }\n  - { type: contains, name: other, against: expected.other }\n",
    "datasets/d.jsonl": `${line("a", { expected: { own: "x" }, scorers: ["own"] })}${kept}`,
    "bot.mjs": 'export default () => "x y";\n',
  });
  try {
    expect((await project.evals(["run"])).exit).toBe(0);
    project.write("datasets/d.jsonl", kept);
    const { document } = await project.json(["rescore", "latest"]);
    expect(document.run.counts).toMatchObject({ answered: 2, errored: 0 });
    expect(document.run.metrics["score.other"].value).toBe(1);
  } finally {
    project.remove();
  }
});

it("a scorer's failure, which may quote an answer, is left out of what rescore says of a restricted dataset", async () => {
  const project = gitProject({
    "evalconfig.yaml":
      "models:\n  m: { provider: module, file: bot.mjs }\ndatasets: { d: { classification: restricted } }\n",
    "evals/s.yaml": "dataset: d\nmodel: m\nscorers: [{ type: module, name: own, file: own.mjs }]\n",
    "datasets/d.jsonl": '{"id":"a","input":1}\n',
    "bot.mjs": 'export default () => "Jane has flu";\n',
    "own.mjs": 'export default ({ output }) => { throw new Error("cannot score Jane has flu"); };\n',
  });
  try {
    for (const args of [["run"], ["rescore", "latest"], ["rescore", "latest", "--json"]]) {
      const { stdout, stderr } = await project.evals(args);
      expect(stdout, args.join(" ")).toMatch(/tool/);
      expect(stdout + stderr).not.toContain("Jane");
    }
  } finally {
    project.remove();
  }
});
