import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
beforeEach(() => {
  repo = scenario(null);
  mkdirSync(join(repo.root, "old"));
  // An agent that answers with the prompt's first word and the input.
  repo.write(
    "bot.mjs",
    "export default class {\n  id() { return 'bot'; }\n  async callApi(prompt) { return { output: JSON.stringify({ text: prompt }) }; }\n}\n",
  );
});
afterEach(() => repo.remove());

interface Suite {
  readonly prompt: string;
  readonly model?: string;
  readonly models?: readonly string[];
  readonly filter?: { readonly cases: readonly string[] };
}

async function imported(config: object) {
  repo.write("old/promptfooconfig.yaml", stringify(config));
  const { exit, stdout } = await repo.evals("import promptfoo old/promptfooconfig.yaml --name s --json");
  const document = JSON.parse(stdout);
  const suites = Object.fromEntries(
    (document.written as string[])
      .filter((path) => path.startsWith("evals/") && path.endsWith(".yaml"))
      .map((path) => [path.slice("evals/".length, -".yaml".length), parse(repo.read(path)) as Suite]),
  );
  return { exit, left: document.left as { what: string; line: number }[], suites };
}

const PROMPTS = [
  { label: "short", raw: "Short: {{q}}" },
  { label: "long", raw: "Long: {{q}}" },
];
const ECHO = { id: "echo", label: "one" };
const BOT = { id: "file://../bot.mjs", label: "two" };
const test = (description: string, more: object = {}) => ({
  description,
  vars: { q: description },
  assert: [{ type: "contains", value: description }],
  ...more,
});

describe("a promptfoo config whose tests name their prompts and providers", () => {
  it("becomes one suite for each combination of prompt and models, with the cases that belong to both", async () => {
    const { exit, left, suites } = await imported({
      prompts: PROMPTS,
      providers: [ECHO, BOT],
      tests: [
        test("all"),
        test("some", { prompts: ["short"] }),
        test("few", { providers: ["two"] }),
        test("other", { provider: "one", prompts: ["lo*"] }),
      ],
    });
    expect([exit, left]).toEqual([0, []]);
    expect(
      Object.entries(suites).map(([name, { prompt, model, models, filter }]) => [
        name,
        prompt,
        models ?? [model],
        filter?.cases,
      ]),
    ).toEqual([
      ["s", "short@^1", ["one", "two"], ["all", "some"]],
      ["s-two", "short@^1", ["two"], ["few"]],
      ["s-long", "long@^1", ["one", "two"], ["all"]],
      ["s-long-two", "long@^1", ["two"], ["few"]],
      ["s-long-one", "long@^1", ["one"], ["other"]],
    ]);
    const checked = await repo.evals("check");
    expect(checked.exit, checked.stderr).toBe(0);
    const ran = JSON.parse((await repo.evals("run --json")).stdout);
    expect(ran.runs.map((run: { counts: { cases: number } }) => run.counts.cases).sort()).toEqual([
      1, 1, 1, 1, 1, 2, 2,
    ]);
    expect(
      ran.runs.every(
        (run: { metrics: { pass_rate: { value: number } } }) => run.metrics.pass_rate.value === 1,
      ),
    ).toBe(true);
  });

  it("does not change the suites of a config whose tests name no prompts or providers", async () => {
    const { suites } = await imported({
      prompts: PROMPTS,
      providers: [ECHO, BOT],
      tests: [test("a"), test("b")],
    });
    expect(Object.keys(suites)).toEqual(["s", "s-long"]);
    expect(Object.values(suites).some(({ filter }) => filter !== undefined)).toBe(false);
  });

  it("asks a provider only with the prompts that it names", async () => {
    const { suites } = await imported({
      prompts: PROMPTS,
      providers: [ECHO, { ...BOT, prompts: ["long"] }],
      tests: [test("a")],
    });
    expect(Object.values(suites).map(({ model, models }) => models ?? [model])).toEqual([
      ["one"],
      ["one", "two"],
    ]);
  });

  it("imports a provider that only a test names, and reports unknown names", async () => {
    const { left, suites } = await imported({
      prompts: ["{{q}}"],
      providers: [ECHO],
      tests: [
        test("a", { provider: "openai:gpt-4o-mini-2024-07-18" }),
        test("b", { providers: ["nobody"], prompts: ["nothing"] }),
      ],
    });
    expect(Object.values(suites).map(({ model }) => model)).toEqual(["gpt-4o-mini-2024-07-18"]);
    expect(left.map(({ what }) => what).sort()).toEqual(["prompts: nothing", "providers: nobody"]);
  });
});

describe("a provider's transform", () => {
  const asked = (providers: object[], more: object = {}) => ({
    prompts: ["{{q}}"],
    providers,
    tests: [
      test("a", {
        assert: [
          { type: "equals", value: "a!" },
          { type: "javascript", value: "output === 'a!'" },
        ],
      }),
    ],
    ...more,
  });
  const transformed = { ...BOT, transform: "JSON.parse(output).text" };

  it("is applied before that of the test, for assertions that use a transformed output", async () => {
    const { left } = await imported(
      asked([transformed], { defaultTest: { options: { transform: "output + '!'" } } }),
    );
    expect(left).toEqual([]);
    const ran = JSON.parse((await repo.evals("run --json")).stdout);
    expect(ran.runs[0].metrics.pass_rate.value).toBe(1);
  });

  it("is reported with its line when other providers have no transform", async () => {
    const { left } = await imported(asked([ECHO, transformed]));
    expect(left.map(({ what, line }) => [what, line])).toEqual([
      ["transform: of the provider file://../bot.mjs", 6],
    ]);
  });

  it("leaves out the assertions that need it when it is in a file", async () => {
    const { left } = await imported(asked([{ ...BOT, transform: "file://t.js" }]));
    expect(left.map(({ what }) => what)).toEqual(["equals", "javascript"]);
  });
});
