import { beforeEach, expect, it } from "vitest";
import { type GitProject, gitProject, isolateGit, projectFiles } from "../testing/git-project.ts";

const config = (fallback: string, price: string): string => `models:
  bot: { provider: module, file: agents/bot.mjs, price: { input: 1, output: 1 }${fallback} }
  spare: { provider: module, file: agents/spare.mjs${price} }
`;
const AGENTS = {
  "agents/bot.mjs":
    'export default (input) => { if (input.n > 1) throw new Error("down"); return { output: `item ${input.n}`, usage: { input_tokens: 1000, output_tokens: 0 } }; };\n',
  "agents/spare.mjs":
    "export default (input) => ({ output: `item ${input.n}`, usage: { input_tokens: 1000, output_tokens: 0 } });\n",
};

isolateGit();
let repo: GitProject;
beforeEach(() => {
  const price = ", price: { input: 100, output: 100 }";
  repo = gitProject({
    ...projectFiles(4, 1),
    ...AGENTS,
    "evalconfig.yaml": config(", fallback: spare", price),
  });
});

it("a trial that the fallback answered is marked, and costs what the fallback costs", async () => {
  const { exit, document } = await repo.json(["run"]);
  const [run] = document.runs;
  expect([exit, run.counts.answered, run.counts.errored]).toEqual([0, 4, 0]);
  expect(run.metrics.cost_usd.value).toBeCloseTo(2 * 0.001 + 2 * 0.1, 12);
  expect(run.notes).toContain('2 answers came from the fallback "spare", because bot gave none.');
  const shown = async (id: string) =>
    (await repo.json(["show", `latest/${id}/1`])).document.trial.answer.fallback;
  expect([await shown("c001"), await shown("c002")]).toEqual([undefined, "spare"]);
  expect((await repo.evals(["show", "latest/c002/1"])).stdout).toContain("answered by the fallback spare");
});

it("a fallback's processes end with the run, whoever answered", async () => {
  repo.commit({
    "evalconfig.yaml": `models:
  bot: { provider: module, file: agents/bot.mjs, fallback: spare }
  spare: { provider: command, command: [node, agents/stays.mjs], serve: jsonl }
`,
    "agents/stays.mjs": `import { createInterface } from "node:readline";
createInterface({ input: process.stdin }).on("line", () => console.log(JSON.stringify({ output: String(process.pid) })));
setInterval(() => {}, 1000);
`,
  });
  const { document } = await repo.json(["run"]);
  expect(document.runs[0].counts.answered).toBe(4);
  const { answer } = (await repo.json(["show", "latest/c003/1"])).document.trial;
  expect(() => process.kill(Number(answer.output), 0)).toThrow("ESRCH");
});

it("an answer of a fallback without a price has an unknown cost", async () => {
  repo.commit({ "evalconfig.yaml": config(", fallback: spare", "") });
  expect((await repo.json(["run"])).document.runs[0].metrics.cost_usd.value).toBeNull();
});

it("a replay marks the fallback's answers too, at the same cost", async () => {
  const recorded = await repo.json(["run", "--record"]);
  const { document } = await repo.json(["run", "--replay"]);
  const [run] = document.runs;
  expect(run.fingerprint).toBe(recorded.document.runs[0].fingerprint);
  expect(run.metrics.cost_usd).toEqual(recorded.document.runs[0].metrics.cost_usd);
  expect((await repo.json(["show", "latest/c002/1"])).document.trial.answer.fallback).toBe("spare");
});

it("the fallback is part of the fingerprint, its alias and its price are not", async () => {
  const printed = async (text: string): Promise<string> => {
    repo.commit({ "evalconfig.yaml": text });
    return (await repo.json(["run"])).document.runs[0].fingerprint;
  };
  const spare = await printed(config(", fallback: spare", ""));
  expect(await printed(config("", ""))).not.toBe(spare);
  expect(await printed(config(", fallback: other", "").replace("spare:", "other:"))).toBe(spare);
  expect(await printed(config(", fallback: spare", ", price: { input: 5, output: 5 }"))).toBe(spare);
});
