import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Label } from "../../domain/label.ts";
import { openPage } from "../../page/testing/page-client.ts";
import {
  type JudgeServer,
  judgedAnswer,
  judgeServer,
  verdict,
} from "../../providers/testing/judge-server.ts";
import { answersProject, plainAnswers } from "../testing/answers-project.ts";
import type { Scenario } from "../testing/scenario.ts";

const open: Scenario[] = [];
const servers: JudgeServer[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) one.remove();
  for (const one of servers.splice(0)) await one.close();
});

const JUDGE = `---
kind: rubric
model: judge
criteria:
  - { name: tone, text: Friendly without being familiar. }
  - { name: facts, text: Names the ticket. }
---
`;

/** A project with twenty answers and their verdicts by a judge, which fails those of the first four cases. */
async function project(): Promise<Scenario> {
  const server = await judgeServer({
    "judge-2024-07-18": (request) =>
      /t0[1-4]/.test(judgedAnswer(request))
        ? verdict("fail", "SECRET reason")
        : verdict("pass", "SECRET reason"),
  });
  servers.push(server);
  const repo = answersProject(plainAnswers(20));
  open.push(repo);
  mkdirSync(join(repo.root, "judges/polite"), { recursive: true });
  repo.write("judges/polite/1.0.0.md", JUDGE);
  repo.edit(
    "evals/triage.yaml",
    "  - { type: contains",
    "  - { type: judge, judge: polite }\n  - { type: contains",
  );
  repo.edit(
    "evalconfig.yaml",
    "models:\n",
    `models:\n  judge: { provider: openai, model: judge-2024-07-18, base_url: "http://127.0.0.1:${server.port}/v1" }\n`,
  );
  await repo.evals("run --quiet");
  return repo;
}

const labels = (repo: Scenario): Label[] =>
  repo
    .read("labels/triage.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("evals label of answers that a judge has judged", () => {
  it("asks about the judge's criteria, and does not show its verdicts", async () => {
    const repo = await project();
    const page = await openPage(repo, "label triage --no-open --rater ana");
    const state = await page.state();
    expect(state.criteria).toEqual([
      { name: "tone", about: "Friendly without being familiar." },
      { name: "facts", about: "Names the ticket." },
    ]);
    expect(JSON.stringify(state)).not.toMatch(/SECRET|polite/);
    expect(JSON.stringify(state.question)).not.toMatch(/pass|fail|judge|score|weight|stratif/);
    page.io.signal("SIGINT");
    await page.ended;
    await repo.evals("export labels triage --format label-studio");
    expect(repo.read(".evals/exports/triage.label-studio.config.xml")).toContain(
      '<Choices name="criteria.tone"',
    );
    expect(repo.read(".evals/exports/triage.label-studio.json")).not.toMatch(/SECRET|polite|"pass"|"fail"/);
  });

  it("picks as many failed as passed answers, and stores in each label how many answers it represents", async () => {
    const repo = await project();
    const page = await openPage(repo, "label triage --no-open --rater ana --stratified --count 8");
    for (let at = 0; at < 8; at++) await page.judge("pass");
    await page.ended;
    const given = labels(repo);
    const failed = given.filter((one) => /t0[1-4]/.test(one.case));
    expect(failed.map((one) => one.weight)).toEqual([1, 1, 1, 1]);
    expect(given.filter((one) => !failed.includes(one)).map((one) => one.weight)).toEqual([4, 4, 4, 4]);
    expect(given.every((one) => one.picked === "stratified")).toBe(true);
    const order = given.map((one) => (failed.includes(one) ? "f" : "p")).join("");
    expect(order).not.toMatch(/^f+p+$|^p+f+$/);
  });

  it("asks another rater about answers on which judge and person disagree", async () => {
    const repo = await project();
    const first = await openPage(repo, "label triage --no-open --rater ana --count 20");
    let left = await first.state();
    while (left.question !== null) left = await first.judge("pass");
    await first.ended;
    const { stdout } = await repo.evals("label triage --no-open --rater ana --disputed");
    expect(stdout).toContain("ana has judged all answers in dispute");
    for (let session = 1; session <= 2; session++) {
      const second = await openPage(repo, "label triage --no-open --rater ben --disputed --count 2");
      const { total, question } = await second.state();
      expect(total).toBe(2);
      expect(question).not.toHaveProperty("opinions");
      for (let at = 0; at < 2; at++) await second.judge("pass");
      await second.ended;
    }
    const cases = labels(repo)
      .filter((one) => one.rater === "ben")
      .map((one) => one.case);
    expect(cases.sort()).toEqual(["t01", "t02", "t03", "t04"]);
  });
});
