import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { modelFrame } from "../domain/config.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { Registry } from "../domain/project.ts";
import type { ProviderDefinition } from "../domain/provider.ts";
import type { ScorerDefinition } from "../domain/scorer.ts";
import { scorerFrame } from "../domain/suite.ts";
import { findProjectRoot } from "./find-project-root.ts";
import { looksSecret, withoutSecrets } from "./find-secrets.ts";
import { loadProject, type ProjectSource } from "./load-project.ts";
import { parseMetric } from "./metric-names.ts";
import { parseEnvFile } from "./parse-env-file.ts";
import { parseYaml } from "./parse-yaml.ts";
import { memoryFiles } from "./testing/memory-files.ts";
import { workTree } from "./work-tree.ts";

const never = () => Promise.reject(new Error("not opened here"));
const providers: Registry<ProviderDefinition> = {
  names: ["chat", "plain"],
  load: async (kind) => ({
    kind,
    about: "",
    settings: z.strictObject({ ...modelFrame, model: z.string() }),
    prompt: kind === "chat" ? "required" : "optional",
    floating: (settings) => {
      const { model } = settings as { model: string };
      return model.endsWith("latest") ? model : undefined;
    },
    open: never,
  }),
};
const scorers: Registry<ScorerDefinition> = {
  names: ["equals", "contains"],
  load: async (type) => ({ type, about: "", settings: z.strictObject(scorerFrame), open: never }),
};

const GOOD = {
  "evalconfig.yaml":
    "models:\n  small: { provider: chat, model: m-2024-07-18 }\n  plain: { provider: plain, model: m }\n",
  "evals/one.yaml": "dataset: d\nprompt: p\nmodel: small\nscorers: [{ type: equals }]\n",
  "datasets/d.jsonl": '{"id":"a","input":"x","expected":"y"}\n',
  "prompts/p/1.0.0.md": "user:\n{{ input }}\n",
};

function load(changes: Record<string, string> = {}, more: Partial<ProjectSource> = {}) {
  const files = memoryFiles({ ...GOOD, ...changes });
  return loadProject({ root: "/project", files, env: {}, providers, scorers, ...more });
}

async function problemsOf(
  changes: Record<string, string>,
  more: Partial<ProjectSource> = {},
): Promise<readonly Problem[]> {
  return load(changes, more).then(
    () => [],
    (error: unknown) => {
      if (error instanceof EvalsError) return error.problems;
      throw error;
    },
  );
}

describe("loadProject", () => {
  it("finds everything that a suite names", async () => {
    const { suites, models } = await load();
    const [suite] = suites;
    expect(suite).toMatchObject({ name: "one", path: "evals/one.yaml", models: [{ alias: "small" }] });
    expect(suite?.prompt?.version.version).toBe("1.0.0");
    expect((await suite?.openCases())?.read(0).expected).toBe("y");
    expect([...models.keys()]).toEqual(["small", "plain"]);
  });

  it("reads only the suites that are asked for", async () => {
    const changes = { "evals/bad.yaml": "nonsense: 1\n" };
    expect((await load(changes, { suites: ["one"] })).suites.map(({ name }) => name)).toEqual(["one"]);
    expect(await problemsOf(changes)).not.toEqual([]);
  });

  it.each([
    ["evals/one.yaml", /is a path/, /evals run one/],
    ["./evals/one", /is a path/, /evals run one/],
    ["onne", /Did you mean "one"/, /evals run one/],
  ])("reports what suite was meant by %s", async (name, what, fix) => {
    const [problem] = await problemsOf({}, { suites: [name] });
    expect(problem).toMatchObject({
      code: "EVALS_SUITE_UNKNOWN",
      what: expect.stringMatching(what),
      fix: expect.stringMatching(fix),
    });
  });

  it.each(["provder", "provide", "Provider", "provid*er"])(
    "reports a model whose provider is misspelt %s, although providers decide which keys a model has",
    async (key) => {
      const more = `${GOOD["evalconfig.yaml"]}  other: { "${key}": openai, model: m }\n`;
      expect(await problemsOf({ "evalconfig.yaml": more })).toMatchObject([
        {
          code: "EVALS_CONFIG_UNKNOWN_KEY",
          what: expect.stringContaining(`Unknown key "${key}" in "models.other". Did you mean "provider"?`),
          fix: "Rename it: provider",
        },
      ]);
    },
  );

  it("reports the mistakes of all files at once", async () => {
    const problems = await problemsOf({
      "evalconfig.yaml": "models:\n  small: { provider: chatt, model: m }\nbudgte: {}\n",
      "evals/one.yaml": "dataset: dd\nprompt: q\nmodel: smal\ntrails: 3\nscorers: [{ type: equl }]\n",
      "evals/two.yaml": "- a\n",
    });
    expect(problems.map(({ code, path, line }) => `${path}:${line} ${code}`)).toEqual([
      "evalconfig.yaml:2 EVALS_PROVIDER_UNKNOWN",
      "evalconfig.yaml:3 EVALS_CONFIG_UNKNOWN_KEY",
      "evals/one.yaml:1 EVALS_DATASET_UNKNOWN",
      "evals/one.yaml:2 EVALS_PROMPT_UNKNOWN",
      "evals/one.yaml:3 EVALS_MODEL_UNKNOWN",
      "evals/one.yaml:4 EVALS_SUITE_UNKNOWN_KEY",
      "evals/one.yaml:5 EVALS_SCORER_UNKNOWN",
      "evals/two.yaml:1 EVALS_SUITE_INVALID",
    ]);
  });

  it.each([
    [
      "the suite",
      { "evals/one.yaml": "dataset: d\nprompt: p\nmodel: small\ntrails: 2\nscorers: [{ type: equals }]\n" },
    ],
    ["the config", { "evalconfig.yaml": `${GOOD["evalconfig.yaml"]}budgte: {}\n` }],
  ])("reports a dataset's mistakes together with one of %s", async (_, changes) => {
    const problems = await problemsOf({ ...changes, "datasets/d.jsonl": '{"id":"a"}\nnonsense\n' });
    const places = problems.map(({ path, line }) => `${path}:${line}`);
    expect(places).toContain("datasets/d.jsonl:1");
    expect(places).toContain("datasets/d.jsonl:2");
    expect(places).toHaveLength(3);
  });

  it("needs no prompt when the provider needs none", async () => {
    const suite = "dataset: d\nmodel: plain\nscorers: [{ type: equals }]\n";
    expect((await load({ "evals/one.yaml": suite })).suites[0]?.prompt).toBeNull();
  });

  it("warns of a model name that the provider moves to newer models", async () => {
    const { warnings } = await load({
      "evalconfig.yaml": "models:\n  small: { provider: chat, model: m-latest }\n",
    });
    expect(warnings).toMatchObject([{ code: "EVALS_MODEL_FLOATING", path: "evalconfig.yaml", line: 2 }]);
  });

  it("prefers the environment to .env", async () => {
    const { env } = await load({ ".env": "A=file\nB=file\n" }, { env: { A: "process" } });
    expect(env).toEqual({ A: "process", B: "file" });
  });

  it("reports once that a model of the command line is unknown", async () => {
    const changes = { "evals/two.yaml": GOOD["evals/one.yaml"] };
    const problems = await problemsOf(changes, { overrides: { model: "smal" } });
    expect(problems).toMatchObject([{ code: "EVALS_MODEL_UNKNOWN" }]);
    expect(problems[0]?.path).toBeUndefined();
  });

  it("accepts every metric of the reference in a gate", async () => {
    const require = [
      "pass_rate",
      "'pass^2'",
      "'pass@2'",
      "score.equals",
      "flaky_rate",
      "error_rate",
      "latency_p50",
      "latency_p90",
      "latency_p95",
      "latency_p99",
      "cost_usd",
      "cost_per_trial",
      "input_tokens",
      "output_tokens",
      "refusal_rate",
      "tool_calls",
    ];
    const gate = `trials: 2\ngate:\n  require:\n${require.map((name) => `    ${name}: "<= 1"`).join("\n")}\n`;
    expect((await load({ "evals/one.yaml": GOOD["evals/one.yaml"] + gate })).suites).toHaveLength(1);
  });
});

describe("parseYaml", () => {
  const places = parseYaml("a:\n  - b: 1\n    c: {d: x}\n  - &e {f: 2}\n  - *e\n", "f.yaml").places;

  it.each([
    [["a", 0, "b"], "value", "2:8"],
    [["a", 0, "b"], "key", "2:5"],
    [["a", 0, "c", "d"], "value", "3:12"],
    [["a", 2, "f"], "value", "4:12"],
    [["a", 0, "nothing", "below"], "value", "2:5"],
    [[], "value", "1:1"],
  ] as const)("knows where %j has its %s", (path, on, expected) => {
    const { line, column } = places.at(path, on);
    expect(`${line}:${column}`).toBe(expected);
  });

  it("reads merge keys", () => {
    expect(parseYaml("x: &x {a: 1}\ny: {<<: *x, b: 2}\n", "f.yaml").value).toEqual({
      x: { a: 1 },
      y: { a: 1, b: 2 },
    });
  });

  it("reports that a template needs quotes", () => {
    const [problem] = parseYaml("body: {{ input.q }}\n", "f.yaml").problems;
    expect(problem).toMatchObject({
      code: "EVALS_YAML_SYNTAX",
      line: 1,
      fix: expect.stringContaining('"{{ input'),
    });
  });
});

describe("parseEnvFile", () => {
  it("reads quotes, comments and export", () => {
    const text =
      '# top\nexport A=1 # one\nB=\'x # y\'\nC="a\\nb"\nD = d e \nE=\nnot a line\r\nF="two\nlines"\r\nG=sk#1\r\n';
    expect(parseEnvFile(text)).toEqual({
      A: "1",
      B: "x # y",
      C: "a\nb",
      D: "d e",
      E: "",
      F: "two\nlines",
      G: "sk#1",
    });
  });
});

describe("looksSecret", () => {
  it.each([
    "sk-proj-abc123DEF456ghi789",
    "sk-ant-api03-xxxxxxxxxxxxxxxxxxxx",
    "AKIAIOSFODNN7EXAMPLE",
    `ghp_${"a1".repeat(18)}`,
    "xoxb-1234567890-abc",
    `AIza${"Sy".repeat(18)}`,
    "Bearer abcdefghijklmnopqrstuvwx",
  ])("knows %s", (text) => {
    expect(looksSecret(text)).toBe(true);
    expect(withoutSecrets(`x ${text} y`)).toBe("x [key removed] y");
  });

  it.each([
    "Bearer ${env:BOT_TOKEN}",
    "risk-assessment-of-long-words-here",
    "sk-learn",
    "task-1234567890",
    "OPENAI_API_KEY",
    "ask-me",
  ])("lets %s be", (text) => expect(looksSecret(text)).toBe(false));
});

describe("parseMetric", () => {
  it.each(["pass^0", "pass^", "pass@1.5", "score.", "constructor", "latency_p42"])(
    "does not know %s",
    (name) => {
      expect(parseMetric(name)).toBeUndefined();
    },
  );
});

describe("on the disk", () => {
  const scratch = mkdtempSync(join(tmpdir(), "evals-tree-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  const project = join(scratch, "repo/apps/bot");
  mkdirSync(join(project, "evals"), { recursive: true });
  mkdirSync(join(scratch, "repo/.git"));
  writeFileSync(join(project, "evalconfig.yaml"), "models: {}\n");

  it("finds the nearest project in the folders above, and the repository", () => {
    expect(findProjectRoot(join(project, "evals"))).toEqual({
      root: project,
      gitRoot: join(scratch, "repo"),
    });
  });

  it("does not look above the repository", () => {
    writeFileSync(join(scratch, "evalconfig.yaml"), "");
    expect(() => findProjectRoot(join(scratch, "repo"))).toThrow(/EVALS_NO_PROJECT/);
  });

  it("names the import where only a config of promptfoo is found", () => {
    const folder = join(scratch, "repo/foo/sub");
    mkdirSync(folder, { recursive: true });
    expect(() => findProjectRoot(folder)).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ fix: "evals init" })] }),
    );
    writeFileSync(join(folder, "../promptfooconfig.yaml"), "");
    expect(() => findProjectRoot(folder)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            code: "EVALS_NO_PROJECT",
            fix: "evals import promptfoo ../promptfooconfig.yaml; or evals init for a new project",
          }),
        ],
      }),
    );
  });

  it("knows which paths are outside of the repository", () => {
    const files = workTree(project, join(scratch, "repo"));
    expect([
      files.isOutside("../../data/d.jsonl"),
      files.isOutside("../../../d.jsonl"),
      files.isOutside("/etc/passwd"),
    ]).toEqual([false, true, true]);
  });

  it.skipIf(process.getuid?.() === 0)("reports that a file may not be read", () => {
    writeFileSync(join(project, "locked.yaml"), "");
    chmodSync(join(project, "locked.yaml"), 0);
    expect(() => workTree(project).read("locked.yaml")).toThrow(/EVALS_FILE_UNREADABLE/);
  });

  it("lists the contents of subfolders only when asked", () => {
    writeFileSync(join(project, "evals/a.yaml"), "");
    const files = workTree(project);
    expect(files.list(".").length).toBeGreaterThan(0);
    expect(files.list("evals").map(({ path }) => path)).toEqual(["evals/a.yaml"]);
    expect(files.list("nowhere")).toEqual([]);
  });
});
