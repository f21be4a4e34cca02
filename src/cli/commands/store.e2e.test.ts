import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type GitProject, gitProject, isolateGit, projectFiles } from "../testing/git-project.ts";

const CARD = "4111 1111 1111 1111";

isolateGit();
let repo: GitProject;

const projectWith = (config: string): GitProject =>
  gitProject({
    ...projectFiles(2, 1),
    "agents/bot.mjs": `export default (input) => "item " + input.n + " paid with ${CARD}";\n`,
    "evalconfig.yaml": `models:\n  bot: { provider: module, file: agents/bot.mjs }\n${config}`,
  });

const stored = (text: string): boolean =>
  readdirSync(join(repo.root, ".evals")).some(
    (name) => name.includes(".db") && readFileSync(join(repo.root, ".evals", name)).includes(text),
  );

it("stores no card number from an answer, and scores the redacted answer", async () => {
  repo = projectWith("redact: [card]\n");
  await repo.evals(["run"]);
  expect((await repo.json(["show", "latest/c000/1"])).document.trial.answer.output).toContain("[card]");
  expect(stored(CARD)).toBe(false);
});

it("leaves texts of a restricted dataset out of reports and exports, says so, and shows them in evals show", async () => {
  repo = projectWith("datasets: { d: { classification: restricted } }\n");
  const run = await repo.evals(["run", "--json"]);
  const reports = [run.stdout, (await repo.evals(["report", "latest", "--format", "markdown"])).stdout];
  const exported = await repo.evals(["store", "export"]);
  expect([...reports, exported.stdout].join("")).not.toContain(CARD);
  expect(exported.stderr).toContain("restricted");
  expect((await repo.json(["show", "latest/c000/1"])).document.trial.answer.output).toContain(CARD);
});

it("asks nothing to record the answers of a restricted dataset, which would be committed", async () => {
  repo = projectWith("datasets: { d: { classification: restricted } }\n");
  const { exit, document } = await repo.json(["run", "--record"]);
  expect([exit, document.problems[0].code]).toEqual([2, "EVALS_RESTRICTED"]);
  expect(repo.git("status", "--short")).toBe("");
  expect((await repo.json(["history"])).document.runs).toEqual([]);
});

it("refuses to delete anything when no age is given", async () => {
  repo = projectWith("");
  const { exit, document } = await repo.json(["store", "prune"]);
  expect([exit, document.problems[0].code]).toEqual([2, "EVALS_PRUNE_AGE"]);
});
