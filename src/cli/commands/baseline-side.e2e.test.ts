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
