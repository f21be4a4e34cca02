import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type JudgeServer, judgeServer } from "../../providers/testing/judge-server.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A suite of three cases with two trials each. The model refuses the cases for which `broken` is true. */
async function asking(
  broken: (question: string) => boolean,
): Promise<{ repo: Scenario; server: JudgeServer }> {
  const server = await judgeServer({
    "m-2024-01-01": ({ messages }) => {
      const question = String(messages.at(-1)?.content);
      return broken(question) ? { status: 400, body: { error: { message: "not this one" } } } : "yes";
    },
  });
  const repo = scenario(null);
  const files = {
    "evalconfig.yaml": `models:\n  m: { provider: openai, model: m-2024-01-01, base_url: "http://127.0.0.1:${server.port}/v1" }\n  app: { provider: http, url: "http://127.0.0.1:${server.port}/app" }\n`,
    "evals/s.yaml": `dataset: d\nprompt: q\nmodel: m\ntrials: 2\nscorers:\n  - { type: equals, value: "yes" }\n`,
    "prompts/q/1.0.0.md": "user:\n{{ input }}\n",
    "datasets/d.jsonl": ["a", "b", "c"].map((id) => `{"id":"${id}","input":"item ${id}"}\n`).join(""),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo.root, path)), { recursive: true });
    repo.write(path, text);
  }
  open.push(server, { close: () => repo.remove() });
  return { repo, server };
}

const runOf = (stdout: string) => JSON.parse(stdout).runs[0];

describe("evals run --retry errored", () => {
  it("asks only the errored trials again, in the same run", async () => {
    let isDown = true;
    const { repo, server } = await asking((question) => isDown && question === "item b");
    const first = await repo.evals("run --json");
    expect([first.exit, runOf(first.stdout).counts.errored]).toEqual([3, 2]);
    const before = server.asked.length;
    isDown = false;
    const second = await repo.evals("run --retry errored --json");
    expect(second.exit).toBe(0);
    expect(runOf(second.stdout)).toMatchObject({
      id: runOf(first.stdout).id,
      counts: { answered: 6, errored: 0 },
    });
    expect(server.asked.slice(before).map(({ messages }) => messages.at(-1)?.content)).toEqual([
      "item b",
      "item b",
    ]);
    // No errored trial is left, so nothing is asked.
    expect((await repo.evals("run --retry errored")).exit).toBe(0);
    expect(server.asked.length).toBe(before + 2);
  });

  it("does not ask trials that were never asked", async () => {
    let isDown = true;
    const { repo, server } = await asking(() => isDown);
    repo.edit(
      "evalconfig.yaml",
      '/v1" }',
      '/v1", price: { input: 1, output: 1 }, params: { max_tokens: 9 } }',
    );
    await repo.evals("run --case a");
    isDown = false;
    const before = server.asked.length;
    const again = await repo.evals("run --case a --retry errored --budget 0.000000001 --json");
    expect([again.exit, runOf(again.stdout).end.because]).toEqual([3, "budget"]);
    expect(server.asked.length).toBe(before);
    expect((await repo.evals("run --case a --retry errored")).exit).toBe(0);
  });

  it.each([
    ["run --retry errored", "EVALS_RETRY_NO_RUN"],
    ["run --retry all", "EVALS_OPTION_INVALID"],
  ])("refuses %s where there is nothing that it can mean", async (typed, code) => {
    const { repo, server } = await asking(() => false);
    const { exit, stderr } = await repo.evals(typed);
    expect([exit, stderr.includes(code)]).toEqual([2, true]);
    expect(server.asked).toEqual([]);
  });
});

describe("evals run --explain-cache", () => {
  const explained = async (repo: Scenario, options = "") =>
    runOf((await repo.evals(`run --explain-cache --json ${options}`)).stdout).cache.map(
      ({ id, at_hand, asked, reason }: { [name: string]: unknown }) => [id, at_hand, asked, reason],
    );

  it("reports for each case why it is asked, and asks nothing", async () => {
    const { repo, server } = await asking((question) => question === "item b");
    expect((await explained(repo))[0]).toEqual(["a", 0, 2, "new-case"]);
    expect(server.asked).toEqual([]);
    await repo.evals("run");
    repo.write(
      "datasets/d.jsonl",
      '{"id":"a","input":"item a"}\n{"id":"b","input":"item b"}\n{"id":"c","input":"other"}\n{"id":"d","input":"item d"}\n',
    );
    expect(await explained(repo)).toEqual([
      ["a", 2, 0, "cached"],
      ["b", 0, 2, "unanswered"],
      ["c", 0, 2, "request-changed"],
      ["d", 0, 2, "new-case"],
    ]);
    expect((await explained(repo, "--trials 3"))[0]).toEqual(["a", 2, 1, "more-trials"]);
    expect((await explained(repo, "--no-cache"))[0]).toEqual(["a", 0, 2, "no-cache"]);
    expect((await explained(repo, "--model app"))[0]).toEqual(["a", 0, 2, "not-reusable"]);
    repo.edit("evalconfig.yaml", '/v1" }', '/v1", version: "2" }');
    expect((await explained(repo))[0]).toEqual(["a", 0, 2, "target-changed"]);
  });

  it("reports for a run to resume which trials have answers and which errored", async () => {
    const { repo } = await asking((question) => question === "item b");
    await repo.evals("run");
    expect(await explained(repo, "--resume")).toEqual([
      ["a", 2, 0, "answered"],
      ["b", 0, 2, "errored"],
      ["c", 2, 0, "answered"],
    ]);
  });

  it("shows one line per case on a terminal", async () => {
    const { repo } = await asking(() => false);
    await repo.evals("run --case a");
    const { stdout } = await repo.evals("run --explain-cache");
    expect(stdout).toContain("a   2 at hand   the same request was sent to the same target before");
    expect(stdout).toContain("b   2 asked     no run of this suite has asked this case");
    expect(stdout).toContain("Nothing was asked.");
  });
});
