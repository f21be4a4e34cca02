import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
afterEach(() => repo.remove());

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

const asked = (): number => (existsSync(join(repo.root, "asked")) ? repo.read("asked").length : 0);

describe("the tokens of a run with a judge", () => {
  it.each([
    [{ input_tokens: 20, output_tokens: 5 }, 2 * (10 + 25)],
    [{ input_tokens: 20 }, null],
    [{}, null],
  ])("are known only if its judge's replies report both counts: %o", async (usage, tokens) => {
    project({ input_tokens: 9, output_tokens: 1 });
    repo.write("datasets/d.jsonl", '{"id":"a","input":"item a"}\n{"id":"b","input":"item b"}\n');
    repo.edit(
      "evalconfig.yaml",
      "budget: { tokens: 2000 }\n",
      "  critic: { provider: module, file: critic.mjs }\n",
    );
    repo.edit("evals/s.yaml", "{ type: equals, value: so }", "{ type: judge, judge: kind }");
    mkdirSync(join(repo.root, "judges/kind"), { recursive: true });
    repo.write("judges/kind/1.0.0.md", "---\nkind: binary\nmodel: critic\n---\nKind?\n");
    repo.write(
      "critic.mjs",
      `export default () => ({ output: '{"reason":"kind","verdict":"pass"}', usage: ${JSON.stringify(usage)} });\n`,
    );
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
      const before = asked();
      expect(before).toBeGreaterThan(0);
      const again = await repo.evals("run --resume --json --baseline none");
      expect([again.exit, JSON.parse(again.stdout).runs[0].id, asked()]).toEqual([3, run.id, before]);
    },
  );

  it("spends what replies report where they report both", async () => {
    project({ input_tokens: 9, output_tokens: 1 });
    const { exit, stdout } = await repo.evals("run --json --baseline none");
    expect([exit, asked(), JSON.parse(stdout).runs[0].spent.tokens]).toEqual([0, 6, 60]);
  });
});
