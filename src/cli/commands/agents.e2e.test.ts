import { mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

type Said = string | readonly (readonly [name: string, given: object | string])[];

const open: { remove(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});

/** A chat model that says what the test says, or asks for tools. */
async function agentModel(answer: (asked: Asked) => Said): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, reply) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
      asked.push(body);
      const said = answer(body);
      const tool_calls =
        typeof said === "string"
          ? undefined
          : said.map(([name, given], at) => ({
              id: `call_${asked.length}_${at}`,
              type: "function",
              function: { name, arguments: typeof given === "string" ? given : JSON.stringify(given) },
            }));
      const message = { role: "assistant", content: tool_calls === undefined ? said : null, tool_calls };
      reply.writeHead(200, { "content-type": "application/json" });
      reply.end(
        JSON.stringify({
          id: "c1",
          object: "chat.completion",
          model: "m",
          choices: [{ index: 0, finish_reason: tool_calls === undefined ? "stop" : "tool_calls", message }],
          usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    remove: () => {
      server.close();
      server.closeAllConnections();
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

const DOCS = fileURLToPath(new URL("../../../docs", import.meta.url));

/** The project that the first screen of a page shows, with a model that the test plays. */
function projectOf(page: string, url: string): Scenario {
  const repo = scenario(null);
  open.push(repo);
  write(
    repo,
    "evalconfig.yaml",
    `models:\n  small: { provider: openai, model: desk-2026-01-01, base_url: "${url}", price: { input: 10, output: 10 } }\n`,
  );
  const text = readFileSync(join(DOCS, page), "utf8");
  const screen = text.slice(0, text.indexOf("\n## "));
  for (const [, path, file] of screen.matchAll(/^`([\w./-]+)`\n\n```\w+\n([\s\S]*?)```$/gm))
    write(repo, path as string, file as string);
  return repo;
}

function write(repo: Scenario, path: string, text: string): void {
  mkdirSync(dirname(join(repo.root, path)), { recursive: true });
  repo.write(path, text);
}

interface Shown {
  readonly trials: readonly {
    readonly kind: string;
    readonly pass: boolean | null;
    readonly message?: string;
    readonly transcript: {
      readonly tool_calls: readonly {
        readonly name: string;
        readonly result: unknown;
        readonly error: string;
      }[];
      readonly state: unknown;
      readonly steps: number;
      readonly stopped: string | null;
      readonly messages: readonly { readonly role: string; readonly content: string }[];
    };
  }[];
}

async function shown(repo: Scenario, id: string): Promise<Shown["trials"][number]> {
  const { stdout } = await repo.evals(`show latest/${id} --json`);
  return (JSON.parse(stdout) as Shown).trials[0] as Shown["trials"][number];
}

const results = ({ messages }: Asked): string[] =>
  messages.flatMap(({ role, content }) => (role === "tool" ? [content ?? ""] : []));

/** Looks the order up, pays it back, says so. */
const clerk = (asked: Asked): Said => {
  const said = results(asked);
  if (said.length === 0) return [["find_order", { id: "A-1042" }]];
  return said.length === 1 ? [["refund", { id: "A-1042" }]] : "I have paid 40 back.";
};

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
      expect.stringContaining("no valid JSON"),
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
  ] satisfies [string, string, (one: Asked) => Said, number, number][])(
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

  it("begins again from its initial state when another trial ends the thread of its tools", async () => {
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

describe("a conversation", () => {
  const memory = ({ messages }: Asked): Said => {
    const told = messages.filter(({ role }) => role === "user").map(({ content }) => content ?? "");
    return told.at(-1)?.startsWith("What")
      ? `It is ${/name is (\w+)/.exec(told.join("\n"))?.[1]}.`
      : "Noted.";
  };

  it("is held turn by turn as the first screen of the documentation shows", async () => {
    const { url, asked } = await agentModel(memory);
    const repo = projectOf("conversations.md", url);
    expect((await repo.evals("check")).exit).toBe(0);
    expect((await repo.evals("run")).exit).toBe(0);
    expect(asked.map(({ messages }) => messages.map(({ role }) => role))).toEqual([
      ["system", "user"],
      ["system", "user", "assistant", "user"],
    ]);
    const { transcript } = await shown(repo, "name");
    expect(transcript).toMatchObject({ turns: 2, steps: 2 });
    expect(transcript.messages.map(({ content }) => content)).toContain("It is Ada.");
  });

  it("refuses a case without turns, with its line", async () => {
    const { url } = await agentModel(memory);
    const repo = projectOf("conversations.md", url);
    repo.write("datasets/notes.jsonl", '{"id": "none", "input": {"turns": []}}\n');
    for (const command of ["run --json", "check --json"]) {
      const { exit, stdout } = await repo.evals(command);
      expect(exit).toBe(2);
      expect(JSON.parse(stdout).problems[0]).toMatchObject({ code: "EVALS_CASE_TURNS", line: 1 });
    }
  });

  it("is held with a played person who hears nothing of the tools and whose sign of the end is never passed on", async () => {
    const lines = ["I want my money back for A-1042.", "Thanks. ###STOP###"];
    const isPerson = ({ messages }: Asked): boolean => messages[0]?.content?.startsWith("You are") === true;
    const heard = ({ messages }: Asked): number => messages.filter(({ role }) => role === "assistant").length;
    const { url, asked } = await agentModel((one) =>
      isPerson(one) ? (lines[heard(one)] ?? "###STOP###") : clerk(one),
    );
    const repo = projectOf("agents.md", url);
    repo.edit("evals/refunds.yaml", "scorers:", "user: { prompt: users/hasty@^1, model: small }\nscorers:");
    repo.edit("prompts/clerk/1.0.0.md", "user:\n{{ input.message }}\n", "");
    write(
      repo,
      "prompts/users/hasty/1.0.0.md",
      "system:\nYou are {{ input.user.persona }}. {{ input.user.goal }}\n",
    );
    repo.edit(
      "datasets/refunds.jsonl",
      '"message"',
      '"user": {"persona": "hasty", "goal": "Get it back"}, "message"',
    );
    const ran = await repo.evals("run --json");
    expect(ran.exit, ran.stdout.slice(0, 800)).toBe(0);
    const clerks = asked.filter((one) => !isPerson(one));
    expect(JSON.parse(ran.stdout).runs[0].counts.calls).toBe(5);
    expect(clerks).toHaveLength(3);
    expect(JSON.stringify(clerks)).not.toContain("STOP");
    expect(JSON.stringify(asked.filter(isPerson))).not.toContain("total");
    const { transcript } = await shown(repo, "kettle");
    expect(transcript.messages.at(-1)).toMatchObject({ role: "user", content: "Thanks." });
    write(repo, "prompts/users/hasty/1.1.0.md", "system:\nYou are {{ input.user.persona }}, and rude.\n");
    const other = await repo.evals("run --json");
    const [first, second] = [ran, other].map(({ stdout }) => JSON.parse(stdout).runs[0].id);
    const compared = await repo.evals(`diff ${first} ${second} --json`);
    expect(JSON.parse(compared.stdout).verdict).toBe("incomparable");
    expect(compared.exit).toBe(3);
  });
});
