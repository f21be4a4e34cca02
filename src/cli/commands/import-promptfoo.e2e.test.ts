import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
beforeEach(() => {
  repo = scenario(null);
  mkdirSync(join(repo.root, "old"));
});
afterEach(() => repo.remove());

const CONFIG = `description: A lamp shop
prompts: ['Answer {{name}}: {{question}}']
providers: [{ id: openai:gpt-4o-mini-2024-07-18, label: small }]
defaultTest:
  vars: { name: Ada }
  assert:
    - { type: not-icontains, value: lawsuit }
tests:
  - description: greets by name
    vars: { question: Hello }
    assert:
      - { type: contains, value: "{{name}}" }
      - type: javascript
        value: output.length < context.vars.question.length * 4
  - vars: { question: [One, Two] }
    threshold: 0.5
    assert:
      - { type: icontains, value: "{{question}}" }
      - { type: regex, value: '^(?!.*sorry)', weight: 1 }
  - vars: { question: Anything }
    asert: [{ type: contains, value: x }]
`;

const brought = async (args = "") => {
  const { exit, stdout, stderr } = await repo.evals(
    `import promptfoo old/promptfooconfig.yaml ${args} --json`,
  );
  return { exit, stderr, document: JSON.parse(stdout) };
};

describe("evals import promptfoo", () => {
  beforeEach(() => repo.write("old/promptfooconfig.yaml", CONFIG));

  it("writes a project that passes check, and reports the result for each assertion", async () => {
    const { exit, document } = await brought();
    expect(exit).toBe(0);
    expect(document).toMatchObject({ schema: "evals.import/1", exit: 0 });
    expect(document.written).toEqual([
      "evals/a-lamp-shop.yaml",
      "datasets/a-lamp-shop.jsonl",
      "prompts/a-lamp-shop/1.0.0.md",
      "scorers/promptfoo-checks.mjs",
      "scorers/a-lamp-shop.mjs",
      "evalconfig.yaml",
    ]);
    expect(document.taken).toMatchObject({ suites: 1, cases: 4, prompts: 1, models: 1 });
    expect(document.kept).toContainEqual(
      expect.objectContaining({ line: 12, scorer: "contains", case: "greets-by-name" }),
    );
    expect(document.left).toEqual([
      expect.objectContaining({ line: 21, what: "asert: is not a key of a test" }),
    ]);
    expect((await repo.evals("check")).exit).toBe(0);
    expect(repo.read("prompts/a-lamp-shop/1.0.0.md")).toContain(
      "Answer {{ input.name }}: {{ input.question }}",
    );
  });

  it("runs, and the same assertions pass as in promptfoo", async () => {
    await brought();
    const answers = {
      "greets-by-name": "Hi Ada!",
      "test-2": "sorry, one",
      "test-2-2": "sorry",
      "test-3": "LAWSUIT",
    };
    mkdirSync(join(repo.root, "fixtures"));
    repo.write(
      "fixtures/out.jsonl",
      Object.entries(answers)
        .map(([id, output]) => `${JSON.stringify({ case: id, output })}\n`)
        .join(""),
    );
    repo.write(
      "evalconfig.yaml",
      `${repo.read("evalconfig.yaml")}  recorded: { provider: outputs, file: fixtures/out.jsonl }\n`,
    );
    const { stdout } = await repo.evals("run --model recorded --baseline none --json");
    const { id } = JSON.parse(stdout).runs[0];
    const passed: Record<string, boolean> = {};
    for (const name of Object.keys(answers)) {
      const shown = JSON.parse((await repo.evals(`show ${id} --case ${name} --json`)).stdout);
      passed[name] = shown.trials[0].pass;
    }
    expect(passed).toEqual({ "greets-by-name": true, "test-2": true, "test-2-2": false, "test-3": false });
  });

  it("gives the same bytes every time, and changes nothing the second time", async () => {
    await brought("--out one");
    await brought("--out two");
    const files = readdirSync(join(repo.root, "one"), { recursive: true, encoding: "utf8" }).filter((path) =>
      /\.\w+$/.test(path),
    );
    expect(files.length).toBeGreaterThan(4);
    for (const path of files) expect(repo.read(`two/${path}`)).toBe(repo.read(`one/${path}`));
    expect((await brought("--out one")).document.written).toEqual([]);
  });

  it("lists files and losses for a person, and writes none on a dry run", async () => {
    const { stdout } = await repo.evals("import promptfoo old/promptfooconfig.yaml --dry-run");
    expect(stdout).toContain("  would write  evals/a-lamp-shop.yaml\n");
    expect(stdout).toContain("Would import: 1 suite, 4 cases, 7 scorers, 1 prompt, 1 model\n");
    expect(stdout).toContain(
      'old/promptfooconfig.yaml:21  asert: is not a key of a test\n      promptfoo ignores this key silently, so the key never had an effect. Did you mean "assert"?',
    );
    expect(existsSync(join(repo.root, "evals"))).toBe(false);
  });
});

describe("what cannot be imported", () => {
  const refused = async (text: string, file = "promptfooconfig.yaml") => {
    repo.write(`old/${file}`, text);
    const { exit, stdout } = await repo.evals(`import promptfoo old/${file} --json`);
    const document = JSON.parse(stdout);
    expect(exit).toBe(2);
    expect(document).toMatchObject({ schema: "evals.import/1", exit: 2, written: [] });
    return document;
  };

  it.each([
    ["a config of attacks alone", "redteam:\n  plugins: [pii]\n", "EVALS_IMPORT_NOTHING"],
    ["another tool's file", "services:\n  web: {}\n", "EVALS_IMPORT_FORMAT"],
    ["a broken file", "prompts: [a\ntests: }\n", "EVALS_IMPORT_SYNTAX"],
    ["an empty file", "", "EVALS_IMPORT_FORMAT"],
  ])("%s", async (_, text, code) => {
    expect((await refused(text)).problems[0].code).toBe(code);
  });

  it("a config that is code, with a command that writes the named file as JSON", async () => {
    expect((await refused("export default {};\n", "promptfooconfig.js")).problems[0]).toMatchObject({
      code: "EVALS_IMPORT_CODE",
      fix: expect.stringContaining('import c from "./old/promptfooconfig.js"'),
    });
    expect((await refused("CONFIG = {}\n", "config.py")).problems[0]).toMatchObject({
      code: "EVALS_IMPORT_CODE",
      fix: expect.not.stringContaining("node"),
    });
  });

  it("a file that is not there", async () => {
    expect((await brought()).document.problems[0]).toMatchObject({
      code: "EVALS_FILE_MISSING",
      path: "old/promptfooconfig.yaml",
    });
  });
});
