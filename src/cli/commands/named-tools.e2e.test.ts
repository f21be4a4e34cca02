import { afterEach, describe, expect, it } from "vitest";
import { agentModel, clerk, projectOf, removeAgentProjects, shown, write } from "../testing/agent-project.ts";
import type { Scenario } from "../testing/scenario.ts";

afterEach(removeAgentProjects);

const SUITE = "evals/refunds.yaml";
const SCORER = "- { type: contains, against: expected.says }";

/** The support desk of the documentation, with these scorers and expected members. */
async function desk(scorers: string, expected = '"calls": []') {
  const { url, asked } = await agentModel(clerk);
  const repo = projectOf("agents.md", url);
  repo.edit(SUITE, SCORER, scorers);
  repo.edit("datasets/refunds.jsonl", '"says": "40"', expected);
  return { repo, asked };
}

async function problemsOf(repo: Scenario, command: "check" | "run" = "check") {
  const { exit, stdout } = await repo.evals(`${command} --json`);
  const { problems } = JSON.parse(stdout);
  expect(exit, stdout).toBe(problems.length === 0 ? 0 : 2);
  return problems as { code: string; path: string; line: number; column: number; what: string }[];
}

describe("a tool that the agent does not have", () => {
  it.each([
    ["only", "- { type: tool-calls, only: [refnd] }"],
    ["arguments", '- { type: tool-calls, arguments: { "*": equal, refnd: ignore } }'],
    ["reads", "- { type: tool-calls, extra: allow-reads, reads: [refnd] }"],
    ["value", "- { type: tool-calls, value: [{ name: refnd }] }"],
    ["not-called", "- not-called: refnd"],
    ["repeated-calls", "- { type: repeated-calls, only: [refnd] }"],
    ["tool-errors", "- { type: tool-errors, only: [refnd] }"],
    ["on", "- { type: contains, value: A, on: { tool: refnd } }"],
    ["within a mean", "- { type: mean, threshold: 0.5, of: [{ type: tool-errors, only: [refnd] }] }"],
    ["within another scorer", "- { type: not, of: [{ type: not-called, value: refnd }] }"],
  ])("is a mistake in the suite: %s", async (_, scorer) => {
    const { repo, asked } = await desk(scorer);
    for (const command of ["check", "run"] as const) {
      expect(await problemsOf(repo, command)).toEqual([
        expect.objectContaining({
          code: "EVALS_TOOL_UNKNOWN",
          path: SUITE,
          line: 8,
          what: 'A scorer names a tool "refnd" that the suite\'s agent does not have. Did you mean "refund"?',
        }),
      ]);
    }
    expect(asked).toEqual([]);
    repo.edit(SUITE, "refnd", "refund");
    expect(await problemsOf(repo)).toEqual([]);
  });

  it("is a mistake in a case, on its line, once for each name", async () => {
    const calls = '"calls": ["find_order", {"name": "refnd"}, {"name": "refnd"}]';
    const { repo } = await desk("- { type: tool-calls }", calls);
    const line = repo.read("datasets/refunds.jsonl");
    write(
      repo,
      "datasets/refunds.jsonl",
      `${line.replaceAll("refnd", "refund").replace("kettle", "pot")}${line}`,
    );
    expect(await problemsOf(repo)).toEqual([
      expect.objectContaining({
        path: "datasets/refunds.jsonl",
        line: 2,
        what: 'Case "kettle" names a tool "refnd" that the suite\'s agent does not have. Did you mean "refund"?',
      }),
    ]);
  });

  it("is a mistake in what a turn expects", async () => {
    const { repo } = await desk("- { type: tool-calls, scope: turn }");
    repo.edit("prompts/clerk/1.0.0.md", "user:\n{{ input.message }}\n", "");
    repo.edit(SUITE, "scorers:", "user: { turns: input.turns }\nscorers:");
    const turn = '"turns": [{"say": "Hello", "expect": {"calls": ["refnd"]}}], "message"';
    repo.edit("datasets/refunds.jsonl", '"message"', turn);
    expect(await problemsOf(repo)).toMatchObject([
      { code: "EVALS_TOOL_UNKNOWN", path: "datasets/refunds.jsonl" },
    ]);
  });

  it("is a mistake in a recorded trace, at its place there", async () => {
    const { repo } = await desk("- { type: golden-trace }");
    write(
      repo,
      "fixtures/traces/kettle.json",
      '{"turns": 1,\n "calls": [{"name": "refnd", "arguments": {}}]}\n',
    );
    expect(await problemsOf(repo)).toMatchObject([
      { code: "EVALS_TOOL_UNKNOWN", path: "fixtures/traces/kettle.json", line: 2, column: 21 },
    ]);
  });

  it("is only looked for by the scorers of a case", async () => {
    const { repo } = await desk(`- { type: tool-calls }\n  ${SCORER}`, '"calls": ["refnd"], "says": "40"');
    repo.edit("datasets/refunds.jsonl", '"id": "kettle",', '"id": "kettle", "scorers": ["contains"],');
    expect(await problemsOf(repo)).toEqual([]);
  });
});

describe("a tool that `allow` leaves out", () => {
  it("may be forbidden, and its call cannot be expected", async () => {
    const { repo } = await desk("- not-called: refund");
    repo.edit(SUITE, "  limits:", "  allow: [find_order]\n  limits:");
    expect(await problemsOf(repo)).toEqual([]);
    repo.edit(SUITE, "not-called: refund", "{ type: tool-calls, value: [refund] }");
    expect(await problemsOf(repo)).toMatchObject([
      {
        code: "EVALS_TOOL_LEFT_OUT",
        line: 9,
        what: expect.stringContaining("`agent.allow` leaves that tool out"),
      },
    ]);
  });
});

describe("the tools of a server", () => {
  const SERVER = `
const answer = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "s", version: "1" } }),
  "tools/list": () => ({ tools: [{ name: "refund", inputSchema: { type: "object" } }] }),
};
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result: answer[method]?.(params) ?? {} }));
});
`;

  async function served(name: string) {
    const { url, asked } = await agentModel(() => "Done.");
    const repo = projectOf("agents.md", url);
    write(repo, "server.cjs", SERVER);
    repo.edit(SUITE, "tools/shop.ts", "{ mcp: { command: [node, server.cjs] } }");
    repo.edit(SUITE, SCORER, `- not-called: ${name}`);
    return { repo, asked };
  }

  it("are known in a trial, which is errored when a scorer names another one", async () => {
    const { repo, asked } = await served("refnd");
    expect(await problemsOf(repo)).toEqual([]);
    expect((await repo.evals("run --json")).exit).toBe(3);
    expect(await shown(repo, "kettle")).toMatchObject({
      error: "tool",
      message: 'a scorer names "refnd", and there is no such tool. Did you mean "refund"?',
    });
    expect(asked).toEqual([]);
  });

  it("may be named", async () => {
    const { repo, asked } = await served("refund");
    expect((await repo.evals("run --json")).exit).toBe(0);
    expect(asked).toHaveLength(1);
  });
});
