import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { providers } from "../providers/registry.ts";
import { scorers } from "../scorers/registry.ts";
import { loadProject } from "./load-project.ts";
import { workTree } from "./work-tree.ts";

const CONFIG = {
  models: {
    chat: {
      provider: "openai",
      model: "m-2026-01-01",
      base_url: "http://127.0.0.1:9/v1",
      price: { input: 1, output: 1, cached_input: 1 },
      limits: { concurrency: 2, requests_per_minute: 3, tokens_per_minute: 4 },
      timeout: "5s",
      fallback: "app",
    },
    app: { provider: "http", url: "http://127.0.0.1:9/", body: { q: 1 }, answer: "$.a", version: "1" },
    program: { provider: "command", command: ["cat"] },
    code: { provider: "module", file: "agents/bot.ts" },
    old: { provider: "outputs", file: "fixtures/old.jsonl" },
    again: { provider: "replay", of: "chat", file: "fixtures/chat.jsonl" },
  },
  defaults: { trials: 2, concurrency: 3 },
  budget: { usd: 1, tokens: 5 },
  clock: "2026-11-29",
  redact: ["card", { name: "order", pattern: "A-[0-9]+" }],
  history: { keep: "90d", answers: "30d" },
  datasets: { d: { classification: "restricted" } },
};

const SUITE = {
  description: "x",
  dataset: "d",
  prompt: "p",
  model: "chat",
  trials: 2,
  concurrency: 2,
  filter: { tags: ["t"], cases: ["a"] },
  clock: "2026-11-29",
  agent: {
    tools: [
      "tools/t.ts",
      { mcp: { command: ["node"], version: "1" } },
      { mcp: { url: "http://127.0.0.1:9/", headers: { a: "b" } } },
      { http: { name: "t", url: "http://127.0.0.1:9/", method: "GET", result: "$.a", reads: true } },
    ],
    recorded: "fixtures/t.jsonl",
    allow: ["t"],
    limits: { steps: 1, tool_calls: 1, same_call: 2, tokens: 1, usd: 1, time: "1s" },
  },
  user: { prompt: "p", model: "chat", max_turns: 3 },
  pressure: ["typos", { kind: "injection", seed: 2 }],
  scorers: [
    { type: "equals", name: "a", required: true, select: { json: "$.a" }, against: "expected.a" },
    { type: "contains", name: "b", select: { regex: "a(b)", group: 1, take: "last" }, value: "x" },
    { type: "contains", name: "c", ignore_case: true, scope: "turn" },
    { type: "contains", name: "d", on: { turn: 1 } },
    { type: "contains", name: "e", on: { tool: "t" } },
    {
      type: "tool-calls",
      order: "any",
      arguments: "partial",
      only: ["t"],
      extra: "allow-reads",
      reads: ["t"],
    },
    { type: "state-equals", ignore: ["$.a"], partial: true },
    { type: "steps", max: 4 },
  ],
  gate: {
    require: { pass_rate: ">= 0.5" },
    regression: { metric: "pass_rate", max_drop: 0.1, undecided: "fail", scope: "suite", mode: "test" },
    critical: ["tag:t"],
    each_case: ">= 0.5",
    contract: true,
    allow_removed: true,
  },
};

const TURNS = { ...SUITE, user: { turns: "input.turns" } };
const SEVERAL = {
  ...SUITE,
  dataset: undefined,
  cases: [{ id: "a", input: 1, expected: 2, tags: ["t"], trials: 3 }],
  models: ["chat"],
  model: undefined,
  prompts: ["p@1.0.0"],
  prompt: undefined,
  gate: { regression: [{ metric: "pass_rate", max_drop: 0.1 }] },
};

/** Objects whose keys are the user's own. */
const OWN = /(?:^|\.)(?:models|datasets|headers|require|body)$/;

type Path = readonly (string | number)[];

function keysOf(value: unknown, at: Path = []): Path[] {
  if (value === null || typeof value !== "object") return [];
  const isOwn = Array.isArray(value) || OWN.test(at.join("."));
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...at, Array.isArray(value) ? Number(key) : key];
    return [...(isOwn || key.length < 3 || inner === undefined ? [] : [path]), ...keysOf(inner, path)];
  });
}

/** The word with its last two different letters swapped. */
const slipped = (word: string): string =>
  word.replace(/(.)((?!\1).)(\2*)$/u, (_, a: string, b: string, rest: string) => b + a + rest);

function withSlip(value: unknown, [step, ...rest]: Path): unknown {
  if (Array.isArray(value)) return value.map((one, at) => (at === step ? withSlip(one, rest) : one));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => {
      if (key !== step) return [key, inner];
      return rest.length === 0 ? [slipped(key), inner] : [key, withSlip(inner, rest)];
    }),
  );
}

const root = mkdtempSync(join(tmpdir(), "evals-one-problem-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function problemsOf(config: unknown, suite: unknown): Promise<readonly Problem[]> {
  const files = {
    "evalconfig.yaml": JSON.stringify(config),
    "evals/s.yaml": JSON.stringify(suite),
    "datasets/d.jsonl": '{"id":"a","input":{"turns":["x"]},"tags":["t"]}\n',
    "prompts/p/1.0.0.md": "user:\nx\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  try {
    await loadProject({ root, files: workTree(root), env: {}, providers, scorers });
    return [];
  } catch (error) {
    if (error instanceof EvalsError) return error.problems;
    throw error;
  }
}

describe("one misspelt key is one problem, which names the right key", () => {
  it.each([
    ["evalconfig.yaml", CONFIG, null],
    ["a suite", null, SUITE],
    ["a suite with written turns", null, TURNS],
    ["a suite with several prompts and models", null, SEVERAL],
  ])("in %s", async (_, config, suite) => {
    expect(await problemsOf(config ?? CONFIG, suite ?? SUITE)).toEqual([]);
    const wrong: string[] = [];
    for (const path of keysOf(config ?? suite)) {
      const typed = withSlip(config ?? suite, path);
      const found = await problemsOf(config === null ? CONFIG : typed, suite === null ? SUITE : typed);
      const [first] = found;
      // Of two keys that are as near, such as model and models, either may be named.
      const guess = /Did you mean "(.+?)s?"\?/.exec(first?.what ?? "")?.[1];
      if (found.length !== 1 || guess !== String(path.at(-1)).replace(/s$/, ""))
        wrong.push(`${path.join(".")}: ${found.map((one) => one.what).join(" | ")}`);
    }
    expect(wrong).toEqual([]);
  });
});
