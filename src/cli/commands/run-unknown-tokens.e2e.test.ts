import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { agentModel, projectOf, removeAgentProjects, write } from "../testing/agent-project.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
afterEach(() => {
  removeAgentProjects();
  repo.remove();
});

/** Six cases asked of a program that reports these tokens. */
function project(usage: object): void {
  repo = scenario(null);
  const files = {
    "evalconfig.yaml": "models:\n  bot: { provider: module, file: bot.mjs }\nbudget: { tokens: 2000 }\n",
    "evals/s.yaml":
      "dataset: d\nmodel: bot\ntrials: 1\nconcurrency: 1\nscorers:\n  - { type: equals, value: so }\n",
    "datasets/d.jsonl": Array.from({ length: 6 }, (_, at) => `{"id":"c${at}","input":"item ${at}"}\n`).join(
      "",
    ),
    "bot.mjs": `import { appendFileSync } from "node:fs";
export default () => {
  appendFileSync(${JSON.stringify(join(repo.root, "asked"))}, ".");
  return { output: "so", usage: ${JSON.stringify(usage)} };
};
`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo.root, path)), { recursive: true });
    repo.write(path, text);
  }
}

/** Adds a judge that is a program, which reports these tokens. */
function judgedBy(usage: object): void {
  repo.edit("evalconfig.yaml", "budget:", "  critic: { provider: module, file: critic.mjs }\nbudget:");
  repo.edit("evals/s.yaml", "{ type: equals, value: so }", "{ type: judge, judge: kind }");
  mkdirSync(join(repo.root, "judges/kind"), { recursive: true });
  repo.write("judges/kind/1.0.0.md", "---\nkind: binary\nmodel: critic\n---\nKind?\n");
  repo.write(
    "critic.mjs",
    `export default () => ({ output: '{"reason":"kind","verdict":"pass"}', usage: ${JSON.stringify(usage)} });\n`,
  );
}

const asked = (): number => (existsSync(join(repo.root, "asked")) ? repo.read("asked").length : 0);

describe("the tokens of a run with a judge", () => {
  it.each([
    [{ input_tokens: 20, output_tokens: 5 }, 2 * (10 + 25)],
    [{ input_tokens: 20 }, null],
    [{}, null],
  ])("are known only if its judge's replies report both counts: %o", async (usage, tokens) => {
    project({ input_tokens: 9, output_tokens: 1 });
    repo.write("datasets/d.jsonl", '{"id":"a","input":"item a"}\n{"id":"b","input":"item b"}\n');
    judgedBy(usage);
    repo.edit("evalconfig.yaml", "budget: { tokens: 2000 }\n", "");
    const { exit, stdout } = await repo.evals("run --json --baseline none");
    expect([exit, JSON.parse(stdout).runs[0].spent.tokens]).toEqual([0, tokens]);
  });
});

describe("a budget in tokens", () => {
  it.each([{}, { input_tokens: 9 }, { output_tokens: 400 }])(
    "is not begun anew by a resumed run whose replies report only %o",
    async (usage) => {
      project(usage);
      const first = await repo.evals("run --json --baseline none");
      const [run] = JSON.parse(first.stdout).runs;
      expect([first.exit, run.end.because, run.spent.tokens]).toEqual([3, "budget", null]);
      expect(run.end.go_on).toBe(`evals run s --resume --run ${run.id} --baseline none`);
      const before = asked();
      expect(before).toBeGreaterThan(0);
      const again = await repo.evals("run --resume --json --baseline none");
      expect([again.exit, JSON.parse(again.stdout).runs[0].id, asked()]).toEqual([3, run.id, before]);
    },
  );

  it.each([{}, { input_tokens: 9 }, { output_tokens: 600 }])(
    "counts the judge replies of an earlier session that report only %o",
    async (usage) => {
      project({ input_tokens: 9, output_tokens: 1 });
      judgedBy(usage);
      const first = await repo.evals("run --json --baseline none");
      const [run] = JSON.parse(first.stdout).runs;
      expect([first.exit, run.end.because]).toEqual([3, "budget"]);
      expect(run.counts.judge_calls).toBeGreaterThan(0);
      const again = await repo.evals("run --resume --json --baseline none");
      const [resumed] = JSON.parse(again.stdout).runs;
      expect([again.exit, resumed.id]).toEqual([3, run.id]);
      expect(resumed.counts.judge_calls).toBe(run.counts.judge_calls);
    },
  );

  it("counts the unknown tokens of a run before its variants are asked", async () => {
    project({});
    repo.write("datasets/d.jsonl", '{"id":"a","input":"item a"}\n{"id":"b","input":"item b"}\n');
    repo.edit("evalconfig.yaml", "tokens: 2000", "tokens: 1100");
    repo.edit("evals/s.yaml", "trials: 1", "trials: 1\npressure: [typos]");
    const { exit, stdout } = await repo.evals("run --json --baseline none");
    expect([exit, asked(), JSON.parse(stdout).runs[0].counts.variants]).toMatchObject([
      0,
      2,
      { answered: 0, skipped: 2 },
    ]);
  });

  it("counts the tokens of a simulated person's calls in an earlier session", async () => {
    const { url, asked: calls } = await agentModel(({ messages }) => {
      const isPerson = messages[0]?.content?.startsWith("You are") === true;
      if (!isPerson) return "Noted.";
      return messages.some(({ role }) => role === "assistant") ? "Thanks. ###STOP###" : "I am Ada.";
    });
    repo = projectOf("conversations.md", url);
    repo.edit("evalconfig.yaml", "models:", "budget: { tokens: 1000 }\nmodels:");
    repo.write(
      "evals/notes.yaml",
      `dataset: notes
prompt: notes
model: small
user: { prompt: users/ada@^1, model: small }
trials: 6
concurrency: 1
scorers:
  - { type: contains, value: Noted }
`,
    );
    write(repo, "prompts/users/ada/1.0.0.md", "system:\nYou are {{ input.user.persona }}.\n");
    repo.write("datasets/notes.jsonl", '{"id":"name","input":{"user":{"persona":"Ada"}}}\n');
    const first = await repo.evals("run --json --baseline none");
    const [run] = JSON.parse(first.stdout).runs;
    expect([first.exit, run.end.because], first.stdout.slice(0, 900)).toEqual([3, "budget"]);
    const before = calls.length;
    const again = await repo.evals("run --resume --json --baseline none");
    expect([again.exit, JSON.parse(again.stdout).runs[0].id]).toEqual([3, run.id]);
    expect(calls).toHaveLength(before);
  });

  it("spends what replies report where they report both", async () => {
    project({ input_tokens: 9, output_tokens: 1 });
    const { exit, stdout } = await repo.evals("run --json --baseline none");
    expect([exit, asked(), JSON.parse(stdout).runs[0].spent.tokens]).toEqual([0, 6, 60]);
  });
});
