import { beforeEach, expect, it } from "vitest";
import { type GitProject, gitProject, isolateGit, projectFiles, promptText } from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;
beforeEach(async () => {
  const outputs = Array.from({ length: 12 }, (_, n) =>
    JSON.stringify({ case: `c${String(n).padStart(3, "0")}`, output: `item ${n}` }),
  ).join("\n");
  repo = gitProject({ ...projectFiles(12, 2), "right.jsonl": outputs });
  await repo.evals(["run"]);
  await repo.evals(["promote", "--as", "v1"]);
  repo.write("kept.jsonl", repo.read("evals/baselines/s.jsonl"));
  repo.commit({ "prompts/q/1.0.1.md": promptText("Answer.") });
});

it.each([
  "00000001",
  "run:0000",
  "v1",
  "ref:v1",
  "ref:HEAD~1",
  "q@1.0.0",
  "prompt:q@1.0.0",
  "file:right.jsonl",
  "file:evals/baselines/s.jsonl",
  "file:kept.jsonl",
  "latest",
])("evals run --baseline %s compares with what evals diff means by it", async (side) => {
  if (side === "run:0000") repo.git("tag", "unlike-any-run");
  const { exit, document } = await repo.json(["run", "--baseline", side]);
  expect([exit, document.runs?.[0]?.gate.verdict], JSON.stringify(document.problems)).toEqual([
    1,
    "regressed",
  ]);
  expect(document.runs[0].comparison.cases.broken).toHaveLength(6);
});

it.each(["evals/baselines/s.jsonl", "file:kept.jsonl"])(
  "evals diff %s compares the newest run with that baseline, and no run with itself",
  async (side) => {
    const { document: same } = await repo.json(["diff", side, "latest"]);
    expect(same.problems?.[0]?.code).toBe("EVALS_DIFF_SAME_RUN");
    await repo.evals(["run"]);
    const { document } = await repo.json(["diff", side]);
    expect(document.comparisons).toEqual([
      expect.objectContaining({
        verdict: "regressed",
        baseline: expect.objectContaining({ side: side.replace("file:", ""), trials: 2 }),
      }),
    ]);
  },
);

it("evals diff refuses a document that evals printed, and names its run", async () => {
  const { document, exit } = await repo.json(["run", "--case", "c001"]);
  repo.write("printed.json", JSON.stringify(document, null, 2));
  const refused = await repo.json(["diff", "file:printed.json"]);
  expect([exit, refused.exit, refused.document.problems]).toEqual([
    0,
    2,
    [expect.objectContaining({ code: "EVALS_DIFF_SIDE_DOCUMENT", path: "printed.json" })],
  ]);
  expect(refused.document.problems[0].fix).toContain(`run:${document.runs[0].id}`);
});

it("evals run --baseline refuses the baseline of another suite", async () => {
  repo.write("kept.jsonl", repo.read("kept.jsonl").replace('"suite":"s"', '"suite":"other"'));
  const { exit, document } = await repo.json(["run", "--baseline", "file:kept.jsonl"]);
  expect([exit, document.problems[0]]).toEqual([
    2,
    expect.objectContaining({
      code: "EVALS_BASELINE_OTHER_SUITE",
      what: 'kept.jsonl is of suite "other", not of "s".',
    }),
  ]);
});

it("evals diff latest file:… compares the newest run alone, whatever models were asked before", async () => {
  repo.write(
    "evalconfig.yaml",
    `${repo.read("evalconfig.yaml").trimEnd()}\n  other: { provider: outputs, file: right.jsonl }\n`,
  );
  await repo.evals(["run", "--model", "other"]);
  await repo.evals(["run"]);
  const { document } = await repo.json(["diff", "latest", "file:right.jsonl"]);
  expect(document.comparisons).toHaveLength(1);
});

it("evals run --baseline refuses a word that means nothing, two things, or nothing of the suite", async () => {
  repo.git("tag", "00000001");
  for (const [side, code] of [
    ["nothing", "EVALS_DIFF_SIDE_UNKNOWN"],
    ["ref:nothing", "EVALS_DIFF_SIDE_UNKNOWN"],
    ["00000001", "EVALS_DIFF_SIDE_AMBIGUOUS"],
    ["q@1.0.1", "EVALS_BASELINE_UNKNOWN"],
  ] as const) {
    const { exit, document } = await repo.json(["run", "--baseline", side]);
    expect([exit, document.problems?.[0]?.code], side).toEqual([2, code]);
  }
});
