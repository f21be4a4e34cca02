import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Asked,
  agentModel,
  clerk,
  type ModelAnswer,
  projectOf,
  removeAgentProjects,
  results,
  shown,
} from "../testing/agent-project.ts";

afterEach(removeAgentProjects);

describe("an agent", () => {
  it("runs the tools of a module as the first screen of the documentation shows", async () => {
    const { url, asked } = await agentModel(clerk);
    const repo = projectOf("agents.md", url);
    expect((await repo.evals("check")).exit).toBe(0);
    const ran = await repo.evals("run --json");
    expect(ran.exit).toBe(0);
    expect(JSON.parse(ran.stdout).runs[0].counts.calls).toBe(3);
    const { transcript, pass } = await shown(repo, "kettle");
    expect(pass).toBe(true);
    expect(transcript.tool_calls).toMatchObject([
      { step: 1, name: "find_order", result: { total: 40 }, error: null },
      { step: 2, name: "refund", result: { paid: 40 } },
    ]);
    expect(transcript.state).toEqual({ orders: { "A-1042": { total: 40, refunded: 40 } } });
    expect(transcript).toMatchObject({ steps: 3, turns: 1, stopped: null, cost_usd: 0.0033 });
    expect(asked.every(({ tools }) => tools?.length === 2)).toBe(true);
  });

  it("allows further calls of tools that are declared as only reading", async () => {
    const { url } = await agentModel(clerk);
    const repo = projectOf("agents.md", url);
    const wanted = "{ type: tool-calls, value: [refund], extra: allow-reads }";
    repo.edit("evals/refunds.yaml", "scorers:", `scorers:\n  - ${wanted}`);
    expect((await repo.evals("run")).exit).toBe(0);
    const { pass, transcript } = await shown(repo, "kettle");
    expect(pass).toBe(true);
    expect(transcript.tool_calls[0]).toMatchObject({ name: "find_order", reads: true });
    expect(transcript.tool_calls[1]).not.toHaveProperty("reads");
  });

  it("gives errors of every kind back to the model, one result for each call", async () => {
    const calls = [
      ["find_order", '{"id": '],
      ["teleport", {}],
      ["refund", { id: "B-1" }],
      ["find_order", { id: "B-1" }],
    ] as const;
    const { url, asked } = await agentModel((one) => (results(one).length === 0 ? calls : "Sorry, no 40."));
    const repo = projectOf("agents.md", url);
    expect((await repo.evals("run")).exit).toBe(0);
    expect(results(asked[1] as Asked)).toEqual([
      expect.stringContaining("not a valid JSON"),
      expect.stringContaining('no tool \\"teleport\\"'),
      '{"error":"no order B-1"}',
      '{"error":"no order B-1"}',
    ]);
    const { transcript } = await shown(repo, "kettle");
    expect(transcript.tool_calls.map(({ error }) => error !== null)).toEqual([true, true, true, true]);
  });

  it.each([
    ["same_call", "{ steps: 9 }", () => [["find_order", { id: "A-1042" }]], 3, 2],
    ["steps", "{ steps: 4 }", (one: Asked) => [["find_order", { id: `${results(one).length}` }]], 4, 4],
    [
      "tool_calls",
      "{ tool_calls: 2 }",
      (one: Asked) => [["find_order", { id: `${results(one).length}` }]],
      3,
      2,
    ],
    ["tokens", "{ tokens: 200 }", (one: Asked) => [["find_order", { id: `${results(one).length}` }]], 2, 2],
    ["usd", "{ usd: 0.0012 }", (one: Asked) => [["find_order", { id: `${results(one).length}` }]], 2, 2],
  ] satisfies [string, string, (one: Asked) => ModelAnswer, number, number][])(
    "ends at its limit of %s, and accounts for every call",
    async (limit, limits, answer, steps, run) => {
      const { url, asked } = await agentModel(answer);
      const repo = projectOf("agents.md", url);
      repo.edit("evals/refunds.yaml", "{ steps: 8, usd: 0.05 }", limits);
      const ran = JSON.parse((await repo.evals("run --json")).stdout);
      const { transcript, pass } = await shown(repo, "kettle");
      expect(transcript.stopped).toBe(limit);
      expect(pass).toBe(false);
      expect(transcript.steps).toBe(steps);
      expect(transcript.tool_calls).toHaveLength(run);
      expect(asked).toHaveLength(steps);
      expect(ran.runs[0].counts.calls).toBe(steps);
      expect(ran.runs[0].metrics.cost_usd.value).toBeCloseTo(0.0011 * steps, 9);
    },
  );

  it("is ended in the middle of a tool that hangs", async () => {
    const { url } = await agentModel(clerk);
    const repo = projectOf("agents.md", url);
    repo.edit("evals/refunds.yaml", "{ steps: 8, usd: 0.05 }", "{ time: 300ms }");
    repo.edit("tools/shop.ts", "state.orders[id] ?? { error: `no order ${id}` }", "new Promise(() => {})");
    await repo.evals("run");
    const { transcript } = await shown(repo, "kettle");
    expect(transcript.stopped, JSON.stringify(transcript)).toBe("time");
    expect(transcript.tool_calls[0]?.error).toContain("no answer within");
  });

  it("starts again from its initial state when another trial ends the thread of its tools", async () => {
    const { url } = await agentModel((asked) => {
      const dies = asked.messages.some(({ content }) => content?.includes("die"));
      return dies ? [["refund", { id: "die" }]] : clerk(asked);
    });
    const repo = projectOf("agents.md", url);
    const line = (id: string, message: string): string =>
      `${JSON.stringify({ id, input: { message, state: { orders: { "A-1042": { total: 40 } } } }, expected: { says: "40" } })}\n`;
    repo.write("datasets/refunds.jsonl", line("good", "pay") + line("bad", "die"));
    repo.edit("tools/shop.ts", "const order =", 'if (id === "die") process.exit(1);\n      const order =');
    const ran = JSON.parse((await repo.evals("run --json")).stdout);
    expect(ran.exit).toBe(3);
    expect(ran.runs[0].errors).toEqual({ tool: 1 });
    const { transcript } = await shown(repo, "good");
    expect(transcript.state).toEqual({ orders: { "A-1042": { total: 40, refunded: 40 } } });
    expect(ran.runs[0].counts.calls).toBeGreaterThanOrEqual(4);
  });

  it("keeps its time when another trial blocks the thread of its tools until a limit ends that trial", async () => {
    // One after the other: the trial that blocks begins, and so ends, after the one that it keeps waiting.
    const { url } = await agentModel(async (asked) => {
      const say = asked.messages.find(({ role }) => role === "user")?.content;
      if (say === "block") return [["refund", { id: "loop" }]];
      if (say === "be quick") return sleep(500).then(() => "done");
      while (!existsSync(join(repo.root, "blocked"))) await sleep(5);
      return clerk(asked);
    });
    const repo = projectOf("agents.md", url);
    repo.edit("evals/refunds.yaml", "{ steps: 8, usd: 0.05 }", "{ time: 3s }");
    const line = (id: string, message: string): string =>
      `${JSON.stringify({ id, input: { message, state: { orders: { "A-1042": { total: 40 } } } }, expected: { says: "40" } })}\n`;
    repo.write(
      "datasets/refunds.jsonl",
      line("good", "pay") + line("quick", "be quick") + line("bad", "block"),
    );
    const block = `if (id === "loop") { writeFileSync(${JSON.stringify(join(repo.root, "blocked"))}, ""); for (;;) {} }`;
    repo.edit("tools/shop.ts", "const order =", `${block}\n      const order =`);
    repo.write("tools/shop.ts", `import { writeFileSync } from "node:fs";\n${repo.read("tools/shop.ts")}`);
    await repo.evals("run --concurrency 2", { now: () => performance.now() });
    expect((await shown(repo, "bad")).transcript.stopped).toBe("time");
    const { transcript, pass } = await shown(repo, "good");
    expect(transcript.stopped, JSON.stringify(transcript)).toBeNull();
    expect(pass).toBe(true);
  });

  it("names a second reason where trials of one kind of error differ in theirs", async () => {
    const { url } = await agentModel(({ messages }) => [
      ["refund", { id: messages.find(({ role }) => role === "user")?.content ?? "" }],
    ]);
    const repo = projectOf("agents.md", url);
    const line = (id: string, message: string): string => `${JSON.stringify({ id, input: { message } })}\n`;
    const all = [line("a", "die"), line("b", "spoil"), line("c", "spoil"), line("d", "spoil")];
    repo.write("datasets/refunds.jsonl", all.join(""));
    repo.edit("evals/refunds.yaml", "against: expected.says", "value: x");
    const wrong =
      'if (id === "die") process.exit(1);\n      if (id === "spoil") { state.spoilt = () => 1; return 1; }';
    repo.edit("tools/shop.ts", "const order =", `${wrong}\n      const order =`);
    const { stdout } = await repo.evals("run --concurrency 1");
    expect(stdout).toContain("4 errors (tool): the tools called process.exit; another: the state is a");
    expect(stdout).toContain("have no answer.");
    expect(stdout).not.toContain("The answers are kept");
  });

  it("is played back from a recording without a model or a tool being asked", async () => {
    const { url, asked } = await agentModel(clerk);
    const repo = projectOf("agents.md", url);
    expect((await repo.evals("run --record")).exit).toBe(0);
    repo.write(
      "evalconfig.yaml",
      `${repo.read("evalconfig.yaml")}  again: { provider: replay, of: small, file: fixtures/small.jsonl }\n`,
    );
    const before = asked.length;
    expect((await repo.evals("run --model again")).exit).toBe(0);
    expect(asked).toHaveLength(before);
    const { transcript } = await shown(repo, "kettle");
    expect(transcript.state).toEqual({ orders: { "A-1042": { total: 40, refunded: 40 } } });
    expect(transcript.tool_calls).toMatchObject([
      { name: "find_order", result: { total: 40 } },
      { name: "refund" },
    ]);
  });

  it.each([
    ["tools/shop.ts", "export default {", "export const tools = {", "EVALS_AGENT_TOOLS"],
    ["tools/shop.ts", "run: ({ id }", "runs: ({ id }", "EVALS_AGENT_TOOLS"],
    ["evals/refunds.yaml", "tools/shop.ts", "tools/shops.ts", "EVALS_AGENT_TOOLS"],
    ["evals/refunds.yaml", "  limits:", "  allow: [find_oder]\n  limits:", "EVALS_AGENT_ALLOW"],
    ["evals/refunds.yaml", "steps: 8", "steps: 0", "EVALS_SUITE_INVALID"],
    ["evalconfig.yaml", "price: { input: 10, output: 10 }", "context: {}", "EVALS_AGENT_PRICE"],
  ])("refuses a mistake in %s before anything is asked: %s → %s", async (path, from, to, code) => {
    const { url, asked } = await agentModel(clerk);
    const repo = projectOf("agents.md", url);
    repo.edit(path, from, to);
    for (const command of ["run --json", "check --json"]) {
      const { exit, stdout } = await repo.evals(command);
      expect(exit, command).toBe(2);
      const [problem] = JSON.parse(stdout).problems;
      expect(problem).toMatchObject({ code, path: "evals/refunds.yaml", line: expect.any(Number) });
    }
    expect(asked).toHaveLength(0);
  });
});
