import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ModelServer, modelServer } from "../../providers/testing/model-server.ts";
import { type GitProject, gitProject, ownGit } from "../testing/git-project.ts";

let restore: () => void;
let repo: GitProject;
let server: ModelServer;

const suite = (more = ""): string =>
  `dataset: d\nprompt: q\nmodel: m\ntrials: 2\nscorers:\n  - { type: contains, value: blue }\n${more}`;

beforeEach(async () => {
  restore = ownGit();
  server = await modelServer(() => "blue");
  const model = (more: string): string =>
    `{ provider: openai, model: gpt-5-mini-2025-08-07, base_url: "http://127.0.0.1:${server.port}/v1"${more} }`;
  repo = gitProject({
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": `models:\n  m: ${model(", price: { input: 1, output: 10 }, params: { max_completion_tokens: 50 }")}\n  open: ${model(", price: { input: 1, output: 10 }")}\n  free: ${model("")}\n`,
    "evals/s.yaml": suite(),
    "prompts/q/1.0.0.md": "user:\nWhat colour is {{ input.what }}?\n",
    "prompts/q/1.1.0.md": "user:\nIn one word, what colour is {{ input.what }}?\n",
    "datasets/d.jsonl": ["sky", "sea"]
      .map((id) => `${JSON.stringify({ id, input: { what: id } })}\n`)
      .join(""),
  });
});
afterEach(async () => {
  repo.remove();
  restore();
  await server.close();
});

const KEY = { OPENAI_API_KEY: "key" };

async function planned(...args: string[]) {
  const before = server.asked.length;
  const { exit, document } = await repo.json(["run", "--dry-run", ...args]);
  expect(server.asked.length, "a dry run asks nothing").toBe(before);
  expect(exit).toBe(0);
  expect(document.schema).toBe("evals.plan/1");
  return document.runs;
}

describe("evals run --dry-run", () => {
  it("needs no key and no history, and reports what it assumes", async () => {
    const [run] = await planned();
    expect(run).toMatchObject({
      ...{ suite: "s", alias: "m", target: "prompt 1.1.0 · gpt-5-mini-2025-08-07" },
      ...{ cases: 2, trials: 4, cached: 0, calls: 4, output_tokens: 200 },
    });
    expect(run.input_tokens).toBeGreaterThan(0);
    expect(run.usd.expected).toBeCloseTo((run.input_tokens + 200 * 10) / 1e6, 12);
    expect(run.usd.most).toBeCloseTo(run.usd.expected, 12);
    expect(run.assumptions.join("; ")).toMatch(
      /50 output tokens per answer assumed, because no run .*prices of evalconfig.yaml/,
    );
  });

  it("counts the cached answers, and estimates the others from the run that asked the same", async () => {
    const { document } = await repo.json(["run"], KEY);
    const [ran] = document.runs;
    expect((await planned())[0]).toMatchObject({
      trials: 4,
      cached: 4,
      calls: 0,
      usd: { expected: 0, most: 0 },
    });
    const [more] = await planned("--trials", "5");
    expect(more).toMatchObject({ trials: 10, cached: 4, calls: 6 });
    expect(more.output_tokens).toBe(Math.round(ran.metrics.output_tokens.value * 6));
    expect(more.input_tokens).toBe(Math.round(ran.metrics.input_tokens.value * 6));
    expect(more.assumptions.join()).toContain(`as in run ${ran.id}, which sent the same requests`);
    const asked = server.asked.length;
    await repo.json(["run", "--trials", "5"], KEY);
    expect(server.asked.length - asked, "what was planned is what is asked").toBe(6);
    expect((await planned("--no-cache", "--trials", "5"))[0]).toMatchObject({ cached: 0, calls: 10 });
  });

  it("says what a plan that asks nothing would cost asked afresh, and nothing about more calls", async () => {
    const { document } = await repo.json(["run"], KEY);
    const [{ usd }] = await planned();
    expect(usd.afresh).toBeCloseTo(document.runs[0].spent.usd, 9);
    const atHand = (await repo.evals(["run", "--dry-run"])).stdout;
    expect(atHand).toMatch(/\n {4}asked afresh \(--no-cache\): about \$0\.0\d+\n/);
    expect(atHand).toMatch(/\nNothing was asked\.\n$/);
    const afresh = (await repo.evals(["run", "--dry-run", "--no-cache"])).stdout;
    expect(afresh).not.toContain("asked afresh");
    expect(afresh).toMatch(/Nothing was asked\. Retries make more calls/);
    const open = (await repo.evals(["run", "--dry-run", "--model", "open"])).stdout;
    expect(open).toContain("the maximum cost is not known");
  });

  it("plans each target of a matrix, and estimates the length of answers from another prompt's run", async () => {
    await repo.json(["run"], KEY);
    const runs = await planned("--prompt", "q@1.0.0", "--prompt", "q@1.1.0");
    expect(runs.map((one: { calls: number }) => one.calls)).toEqual([4, 0]);
    expect(runs[0].assumptions.join()).toMatch(/output tokens as in run/);
  });

  it("states no maximum cost when an answer has no maximum length, or the price is unknown", async () => {
    expect((await planned("--model", "open"))[0].usd).toMatchObject({ most: null });
    repo.write("evalconfig.yaml", repo.read("evalconfig.yaml").replace(/gpt-5-mini-2025-08-07/g, "my-own"));
    const [free] = await planned("--model", "free");
    expect(free.usd).toEqual({ expected: null, most: null });
    expect(free.assumptions.join()).toContain('model "free" has no price');
  });

  it("plans no more trials than the budget allows", async () => {
    const [run] = await planned("--budget", "0.0001");
    expect(run.usd).toEqual({ expected: 0.0001, most: 0.0001 });
  });

  it("finds the mistakes that would keep the run from starting", async () => {
    repo.write("evals/s.yaml", suite("nonsense: 1\n"));
    const { exit, document } = await repo.json(["run", "--dry-run"]);
    expect([exit, document.problems[0].path]).toEqual([2, "evals/s.yaml"]);
  });

  it("prints the same for a person", async () => {
    const { stdout, exit } = await repo.evals(["run", "--dry-run"]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^PLAN {2}s {3}prompt 1.1.0 .* 2 cases\n {2}4 trials: no answer at hand, 4 to ask\n/,
    );
    expect(stdout).toMatch(/cost {4}about \$0\.\d+, at most \$0\.\d+/);
    expect(stdout).toContain("Nothing was asked.");
  });

  it("names the model where a suite is planned with several", async () => {
    const { stdout } = await repo.evals(["run", "--dry-run", "--model", "open", "--model", "free"]);
    expect(stdout).toMatch(/^PLAN {2}s \(open\) {3}prompt/);
    expect(stdout).toMatch(/\nPLAN {2}s \(free\) {3}prompt/);
  });

  describe("of trials that take several calls", () => {
    const WRITTEN = "user: { turns: input.turns }\n";
    const AGENT = "agent: { tools: [tools/shop.mjs], limits: { steps: 6 } }\n";
    const PERSON = "user: { prompt: users/plain, model: m, max_turns: 3 }\n";
    beforeEach(() => {
      for (const folder of ["tools", "prompts/users/plain"])
        mkdirSync(join(repo.root, folder), { recursive: true });
      repo.write(
        "tools/shop.mjs",
        "export default { open: { description: 'o', parameters: {}, run: () => 'yes' } };\n",
      );
      repo.write("prompts/users/plain/1.0.0.md", "system:\nYou want {{ input.user.goal }}.\n");
      repo.write("prompts/q/1.2.0.md", "system:\nAnswer.\n");
      const say = (...turns: string[]) => ({ turns, user: { goal: "a colour" } });
      const cases = { sky: say("a", "b"), sea: say("a", "b", "c") };
      repo.write(
        "datasets/d.jsonl",
        Object.entries(cases)
          .map(([id, input]) => `${JSON.stringify({ id, input })}\n`)
          .join(""),
      );
    });

    it.each([
      ["written turns: one call each", WRITTEN, { least: 10, most: 10 }],
      ["an agent: from one step to its limit", `prompt: q@1.0.0\n${AGENT}`, { least: 4, most: 24 }],
      ["an agent that is told turn after turn", WRITTEN + AGENT, { least: 10, most: 24 }],
      ["a person whom a model plays", PERSON, { least: 8, most: 24 }],
      ["such a person and an agent", PERSON + AGENT, { least: 8, most: 36 }],
    ])("says between which numbers their calls are: %s", async (_, conversation, range) => {
      const [prompt = "prompt: q\n"] = conversation.match(/^prompt.*\n/) ?? [];
      repo.write("evals/s.yaml", suite(conversation.replace(prompt, "")).replace("prompt: q\n", prompt));
      repo.write("prompts/q/1.0.0.md", "user:\n{{ input.turns[0] }}\n");
      const [run] = await planned();
      expect(run).toMatchObject({ trials: 4, cached: 0, calls: range.least, calls_range: range });
      expect(run.usd).toEqual({ expected: null, most: null });
      expect([run.input_tokens, run.output_tokens]).toEqual([null, null]);
      expect(run.assumptions.join("; ")).toMatch(
        /not known before the first run; the first calls alone take about \d+/,
      );
      const { stdout } = await repo.evals(["run", "--dry-run"]);
      expect(stdout.replace(/\s+/g, " ")).toContain(
        range.least === range.most
          ? "4 to ask, with 10 calls"
          : `4 to ask, with at least ${range.least}, at most ${range.most} calls`,
      );
    });

    it("expects the calls, tokens and cost of the newest run whose trials were such", async () => {
      repo.write("evals/s.yaml", suite());
      repo.write("prompts/q/1.2.0.md", "user:\nWhat?\n");
      await repo.json(["run"], KEY);
      repo.write("prompts/q/1.2.0.md", "system:\nAnswer.\n");
      repo.write("evals/s.yaml", suite(WRITTEN + AGENT));
      const [before] = await planned("--no-cache");
      expect(before.calls, "what single calls took tells nothing").toBe(10);
      expect(before.usd.expected).toBeNull();
      const { document } = await repo.json(["run"], KEY);
      const [ran] = document.runs;
      expect(ran.counts).toMatchObject({ answered: 4, calls: 10 });
      const [more] = await planned("--trials", "4", "--no-cache");
      expect(more).toMatchObject({ trials: 8, calls: 20, calls_range: { least: 20, most: 48 } });
      expect(more.usd.expected).toBeCloseTo(2 * ran.metrics.cost_usd.value, 9);
      expect(more.input_tokens).toBe(Math.round(8 * ran.metrics.input_tokens.value));
      expect(more.assumptions.join("; ")).toContain(`2.5 calls per trial, as in run ${ran.id}`);
    });
  });
});
