import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, modelServer } from "../../providers/testing/model-server.ts";
import { main } from "../main.ts";
import { fakeIo } from "../testing/fake-io.ts";
import { type GitProject, ownGit, preparedProject } from "../testing/git-project.ts";

const CASES = 24;
const CANARIES = 12;
const KEY = { OPENAI_API_KEY: "unset" };

let project: GitProject;
let server: ModelServer;
let restore: () => void;
beforeAll(async () => {
  restore = ownGit();
  server = await modelServer((text) => {
    state.onAsked(text);
    const [, prompt = "", n = ""] = /^(\w+) item (\d+)$/.exec(text) ?? [];
    return state.behaviour(Number(n), prompt) ? "yes" : "no";
  });
});
afterAll(async () => {
  await server.close();
  restore();
});
afterEach(() => project.remove());

/** Whether the model answers case `n` correctly with a prompt. A test replaces it when the provider "moves". */
type Behaviour = (n: number, prompt: string) => boolean;
const always: Behaviour = () => true;
const state = { behaviour: always, onAsked: (_text: string): void => {} };
/** The new prompt breaks every second case; the provider is unchanged. */
const worsePrompt: Behaviour = (n, prompt) => prompt === "old" || n % 2 === 0;
/** The provider has changed: with any prompt two cases in three fail. */
const movedProvider: Behaviour = (n) => n % 3 === 0;

const suite = (more = "") =>
  `dataset: d\nprompt: q\nmodel: m\ntrials: 3\ncanary: ${CANARIES}\nscorers:\n  - { type: equals, name: exact }\n${more}`;

async function projectWithModel() {
  Object.assign(state, { behaviour: always, onAsked: () => {} });
  const lines = Array.from({ length: CASES }, (_, n) =>
    JSON.stringify({ id: `c${n}`, input: { n }, expected: "yes" }),
  );
  const files = {
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": `models:\n  m:\n    provider: openai\n    model: m-2024-01-01\n    base_url: http://127.0.0.1:${server.port}/v1\n    api_key_env: OPENAI_API_KEY\n    price: { input: 1, output: 1 }\n`,
    "evals/s.yaml": suite(),
    "datasets/d.jsonl": `${lines.join("\n")}\n`,
    "prompts/q/1.0.0.md": "user:\nold item {{ input.n }}\n",
  };
  project = await preparedProject(files, [["run", "s"]], KEY);
  const run = async (...args: string[]) => {
    const ended = await project.json(["run", "s", ...args], KEY);
    return { exit: ended.exit, run: ended.document.runs?.[0], document: ended.document };
  };
  const baseline = (await project.json(["history"])).document.runs[0].id as string;
  project.commit({ "prompts/q/1.1.0.md": "user:\nnew item {{ input.n }}\n" });
  const asked = (word: string): number => server.asked.filter((text) => text.startsWith(word)).length;
  return { state, server, project, run, asked, side: `run:${baseline}` };
}

describe("a canary", () => {
  it("does not affect a regression when the provider is unchanged, and is counted among the calls", async () => {
    const { state, server, run, asked, side } = await projectWithModel();
    state.behaviour = worsePrompt;
    server.asked.length = 0;
    const ended = await run("--baseline", side);
    expect(ended.exit).toBe(1);
    expect(ended.run.gate.verdict).toBe("regressed");
    expect(ended.run.comparison.canary).toMatchObject({
      asked: CANARIES,
      answered: CANARIES,
      baseline: 1,
      today: 1,
      stale: false,
    });
    expect(ended.run.comparison.warnings).toBeUndefined();
    expect(asked("old")).toBe(CANARIES);
    expect(server.asked.slice(0, CANARIES).every((text) => text.startsWith("old"))).toBe(true);
    const { answered, not_needed, trials, calls } = ended.run.counts;
    expect(answered + not_needed).toBe(trials);
    expect(calls).toBe(server.asked.length);
    expect(not_needed).toBeGreaterThan(0);
  });

  it("makes every verdict inconclusive when the provider moved, and asks all trials", async () => {
    const { state, run, project, side } = await projectWithModel();
    state.behaviour = movedProvider;
    const ended = await run("--baseline", side);
    expect(ended.exit).toBe(0);
    expect(ended.run.gate).toMatchObject({ outcome: "passed", verdict: "inconclusive" });
    expect(ended.run.counts.not_needed).toBe(0);
    const { comparison, notes } = ended.run;
    expect(comparison.warnings).toEqual(["baseline_stale"]);
    expect(comparison.canary.stale).toBe(true);
    expect(comparison.metrics.map((one: { verdict: string }) => one.verdict)).not.toContain("regressed");
    expect(notes.join()).toMatch(/^baseline_stale: 12 canary cases/);
    const shown = await project.evals(["run", "s", "--resume", "--baseline", side], KEY);
    expect(shown.stdout).toMatch(/^PASSED, not enough evidence {2}s/);
    expect(shown.stdout).toContain("baseline_stale");
    for (const line of shown.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("makes the gate undecided when the suite says so, and later commands agree", async () => {
    const { state, run, project, side } = await projectWithModel();
    state.behaviour = movedProvider;
    project.commit({ "evals/s.yaml": suite("gate:\n  regression: { undecided: fail }\n") });
    const ended = await run("--baseline", side);
    expect(ended.exit).toBe(3);
    expect(ended.run.gate.outcome).toBe("undecided");
    const diff = await project.json(["diff", side, `run:${ended.run.id}`], KEY);
    expect(diff.exit).toBe(0);
    expect(diff.document.verdict).toBe("inconclusive");
    expect(diff.document.comparisons[0].warnings).toEqual(["baseline_stale"]);
  });

  it("is asked once, however often the run is stopped and goes on", async () => {
    const { state, run, project, asked, server, side } = await projectWithModel();
    server.asked.length = 0;
    let ids = 0;
    const io = fakeIo(project.root, { env: KEY, randomHex: () => `beef000${++ids}` });
    state.onAsked = () => {
      if (server.asked.length === 5) io.signal("SIGINT");
    };
    expect(await main(["run", "s", "--baseline", side, "--concurrency", "1"], io)).toBe(3);
    expect(server.asked).toHaveLength(5);
    state.onAsked = () => {};
    const ended = await run("--resume", "--run", "beef0001", "--baseline", side);
    expect(ended.exit).toBe(0);
    expect(asked("old")).toBe(CANARIES);
    expect(new Set(server.asked.filter((text) => text.startsWith("old"))).size).toBe(CANARIES);
    expect(ended.run.counts.calls).toBe(server.asked.length);
    await run("--resume", "--all-trials", "--run", "beef0001", "--baseline", side);
    expect(asked("old")).toBe(CANARIES);
  });

  it("counts against the budget of its run", async () => {
    const { run, side } = await projectWithModel();
    const first = await run("--baseline", side, "--budget", "1");
    const { usd } = first.run.spent;
    const answers = first.run.metrics.cost_usd.value;
    expect(usd).toBeGreaterThan(answers);
    const each = answers / first.run.counts.answered;
    expect(usd - answers).toBeCloseTo(each * CANARIES, 12);
    const budget = each * (CANARIES + 10.5);
    const second = await run("--baseline", side, "--no-cache", "--budget", String(budget));
    expect(second.exit).toBe(3);
    const { answered, calls } = second.run.counts;
    expect(calls).toBe(CANARIES + answered);
    // A call is only made if its maximum cost fits into the budget, and that is more than its real cost.
    expect(answered).toBeGreaterThan(5);
    expect(second.run.spent.usd).toBeLessThanOrEqual(budget);
  });

  it("is left out of the history, and can be shown", async () => {
    const { run, project, side } = await projectWithModel();
    const ended = await run("--baseline", side);
    const history = await project.json(["history"]);
    expect(history.document.runs.map((one: { id: string }) => one.id)).toEqual([ended.run.id, side.slice(4)]);
    const shown = await project.json(["show", ended.run.comparison.canary.run]);
    expect(shown.document.cases).toHaveLength(CANARIES);
    expect(shown.document.run).toMatchObject({ canary_of: ended.run.id, prompt: { version: "1.0.0" } });
  });

  it("finds the baseline's prompt in git when it is gone from the work tree", async () => {
    const { state, run, project, asked } = await projectWithModel();
    const promoted = await run("--prompt", "q@1.0.0");
    project.commit({ "evals/s.yaml": suite().replace("prompt: q\n", "prompt: q@1.0.0\n") });
    expect((await project.evals(["promote", promoted.run.id], KEY)).exit).toBe(0);
    rmSync(join(project.root, "prompts/q/1.0.0.md"));
    project.write("evals/s.yaml", suite());
    state.behaviour = movedProvider;
    const before = asked("old");
    const ended = await run();
    expect(ended.run.prompt.version).toBe("1.1.0");
    expect(ended.run.comparison.warnings).toEqual(["baseline_stale"]);
    expect(asked("old") - before).toBe(CANARIES);
  });
});

describe("no canary is asked", () => {
  it("without a baseline", async () => {
    const { run, asked, server } = await projectWithModel();
    server.asked.length = 0;
    const ended = await run("--baseline", "none");
    expect(ended.run.comparison).toBeNull();
    expect(ended.run.notes).toEqual([]);
    expect(asked("old")).toBe(0);
  });

  it("after a change of the model's settings, which looks like a change of the provider", async () => {
    const { run, project, asked, server, side } = await projectWithModel();
    const config = project.read("evalconfig.yaml");
    project.commit({ "evalconfig.yaml": `${config}    params: { temperature: 0.5 }\n` });
    server.asked.length = 0;
    const ended = await run("--baseline", side);
    expect(ended.run.notes.join()).toContain(
      "No canary was asked: model, settings or scorers have changed since the baseline",
    );
    expect(ended.run.comparison.canary).toBeUndefined();
    expect(asked("old")).toBe(0);
  });

  it("of recorded answers", async () => {
    const { run, side, server } = await projectWithModel();
    await run("--record", "--baseline", "none");
    const before = server.asked.length;
    const ended = await run("--replay", "--baseline", side);
    expect(ended.run.notes.join()).toContain("No canary was asked: the answers are recorded.");
    expect(server.asked).toHaveLength(before);
  });

  it("of a program whose code is not in its request", async () => {
    const { project, run, side } = await projectWithModel();
    project.commit({
      "evalconfig.yaml": `${project.read("evalconfig.yaml")}  bot: { provider: module, file: bot.mjs }\n`,
      "bot.mjs": 'export default () => "yes";\n',
    });
    const ended = await run("--model", "bot", "--baseline", side);
    expect(ended.run.notes.join()).toContain('the code of model "bot" may have changed');
  });

  it("when a few cases are all that is left of the baseline", async () => {
    const { project, run, side } = await projectWithModel();
    const kept = project.read("datasets/d.jsonl").split("\n").slice(0, 4);
    project.commit({ "datasets/d.jsonl": `${kept.join("\n")}\n` });
    const ended = await run("--baseline", side);
    expect(ended.run.notes.join()).toContain(
      "only 4 suitable cases are unchanged since the baseline, and 5 are needed",
    );
  });
});
