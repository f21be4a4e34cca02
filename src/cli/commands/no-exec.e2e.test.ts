import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GitProject, gitProject, ownGit } from "../testing/git-project.ts";

/** Code at the start of every module of the project, which leaves a file behind if it is run. */
const MARK =
  "import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('../ran', import.meta.url), '');\n";
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const PLAIN = "  - type: contains\n    value: a\n";
const suite = (body: string, scorers = PLAIN): string => `${body}\nscorers:\n${scorers}`;

const FILES: Record<string, string> = {
  ".gitignore": ".evals/\nran\n",
  "evalconfig.yaml": [
    "models:",
    "  made: { provider: outputs, file: made.jsonl }",
    "  script: { provider: command, command: [node, code/bot.mjs] }",
    "  agent: { provider: module, file: code/bot.mjs }",
    "  chat: { provider: openai, model: gpt-4o-mini-2024-07-18, base_url: 'http://127.0.0.1:9/v1', api_key_env: KEY, fallback: agent }",
    "  plain: { provider: openai, model: gpt-4o-mini-2024-07-18, base_url: 'http://127.0.0.1:9/v1', api_key_env: KEY }",
    "",
  ].join("\n"),
  "made.jsonl": lines([{ case: "a", output: "a" }]),
  "datasets/d.jsonl": lines([{ id: "a", input: "a", expected: "a" }]),
  "prompts/p/1.0.0.md": "---\ndescription: Echo.\n---\nuser:\n{{ input }}\n",
  "judges/j/1.0.0.md": "---\nkind: binary\nmodel: agent\n---\nIt is polite.\n",
  "code/bot.mjs": `${MARK}export default () => 'a';\n`,
  "code/cases.mjs": `${MARK}export default [{ id: 'a', input: 'a', expected: 'a' }];\n`,
  "code/tools.mjs": `${MARK}export default { t: { description: 'T', parameters: {}, run: () => 1 } };\n`,
};

/** Every kind of setting that runs code, with a suite that has it, and the file and line of the setting. */
const FAMILY: readonly (readonly [what: string, suite: string, path: string, line: number])[] = [
  ["a command as the target", suite("dataset: d\nmodel: script"), "evalconfig.yaml", 3],
  ["a module as the target", suite("dataset: d\nmodel: agent"), "evalconfig.yaml", 4],
  ["a module that steps in", suite("dataset: d\nprompt: p\nmodel: chat"), "evalconfig.yaml", 4],
  ["a module of several models", suite("dataset: d\nmodels: [made, agent]"), "evalconfig.yaml", 4],
  ["cases that code makes", suite("dataset: { module: code/cases.mjs }\nmodel: made"), "evals/s.yaml", 1],
  [
    "a module as a scorer",
    suite("dataset: d\nmodel: made", "  - { type: module, file: code/bot.mjs }\n"),
    "evals/s.yaml",
    4,
  ],
  [
    "a command as a scorer",
    suite("dataset: d\nmodel: made", "  - { type: command, command: [node, code/bot.mjs] }\n"),
    "evals/s.yaml",
    4,
  ],
  [
    "a module within another scorer",
    suite(
      "dataset: d\nmodel: made",
      `${PLAIN}  - type: not\n    of:\n      type: any-of\n      of:\n        - { type: module, file: code/bot.mjs }\n`,
    ),
    "evals/s.yaml",
    10,
  ],
  [
    "a module as a judge's model",
    suite("dataset: d\nmodel: made", "  - { type: judge, judge: j }\n"),
    "evalconfig.yaml",
    4,
  ],
  [
    "a module of tools",
    suite("dataset: d\nprompt: p\nmodel: plain\nagent:\n  tools: [code/tools.mjs]"),
    "evals/s.yaml",
    5,
  ],
  [
    "a server of tools that is a program",
    suite(
      "dataset: d\nprompt: p\nmodel: plain\nagent:\n  tools:\n    - { mcp: { command: [node, code/bot.mjs] } }",
    ),
    "evals/s.yaml",
    6,
  ],
  [
    "a person that a module plays",
    suite("dataset: d\nprompt: p\nmodel: plain\nuser: { prompt: p, model: agent }"),
    "evalconfig.yaml",
    4,
  ],
];

let restore: () => void;
let repo: GitProject;
beforeEach(() => {
  restore = ownGit({ KEY: "unset" });
  repo = gitProject(FILES);
});
afterEach(() => {
  repo.remove();
  restore();
});

const ran = (): boolean => existsSync(join(repo.root, "ran"));

describe("evals --no-exec", () => {
  it.each(FAMILY)("refuses %s, at its place, and runs none of it", async (_what, text, path, line) => {
    repo.write("evals/s.yaml", text);
    for (const args of [
      ["run", "--no-exec"],
      ["--no-exec", "run", "--dry-run"],
      ["check", "--no-exec"],
    ]) {
      const { exit, document } = await repo.json(args);
      const found = document.problems.filter((one: { code: string }) => one.code === "EVALS_NO_EXEC");
      expect(
        [exit, found.map((one: { path: string; line: number }) => [one.path, one.line]), ran()],
        args.join(" "),
      ).toEqual([2, [[path, line]], false]);
    }
  });

  it("reports all places of all suites at once", async () => {
    for (const [index, [, text]] of FAMILY.entries()) repo.write(`evals/s${index}.yaml`, text);
    const { exit, document } = await repo.json(["run", "--no-exec"]);
    const places = document.problems.map(
      ({ path, line }: { path: string; line: number }) => `${path}:${line}`,
    );
    expect(exit).toBe(2);
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(places.map((place: string) => place.split(":")[0])).size).toBe(
      FAMILY.filter(([, , path]) => path !== "evalconfig.yaml").length + 1,
    );
    expect(ran()).toBe(false);
  });

  it("reports them beside a suite that is code itself", async () => {
    repo.write(
      "evals/made.ts",
      'import { defineSuite } from "git-evals";\nexport default defineSuite({});\n',
    );
    repo.write("evals/s.yaml", suite("dataset: { module: code/cases.mjs }\nmodel: agent"));
    for (const command of ["run", "check"]) {
      const { exit, document } = await repo.json([command, "--no-exec"]);
      const places = document.problems.map(
        ({ path, line }: { path: string; line: number }) => `${path}:${line}`,
      );
      expect([exit, places.sort(), ran()]).toEqual([
        2,
        ["evalconfig.yaml:4", "evals/made.ts:1", "evals/s.yaml:1"],
        false,
      ]);
    }
  });

  it("runs what needs no code, beside models of the config that are not used", async () => {
    repo.write("evals/s.yaml", suite("dataset: d\nmodel: made"));
    expect((await repo.json(["run", "--no-exec"])).exit).toBe(0);
    expect((await repo.json(["check", "--no-exec"])).exit).toBe(0);
    expect(ran()).toBe(false);
  });

  it("refuses a replay of a module too, because its fingerprint needs the module", async () => {
    repo.write("evals/s.yaml", suite("dataset: d\nmodel: agent"));
    expect((await repo.evals(["run", "--record"])).exit).toBe(0);
    expect(ran()).toBe(true);
    rmSync(join(repo.root, "ran"));
    const { exit, document } = await repo.json(["run", "--no-exec", "--replay"]);
    expect([exit, document.problems[0].path, document.problems[0].line, ran()]).toEqual([
      2,
      "evalconfig.yaml",
      4,
      false,
    ]);
  });

  it("can also be set by an environment variable, which a project's .env cannot override", async () => {
    repo.write("evals/s.yaml", suite("dataset: d\nmodel: agent"));
    repo.write(".env", "EVALS_NO_EXEC=\n");
    expect((await repo.evals(["run"], { EVALS_NO_EXEC: "1" })).exit).toBe(2);
    expect((await repo.evals(["run", "--no-exec"])).exit).toBe(2);
    expect(ran()).toBe(false);
  });

  it.each([
    ["rescore", "latest"],
    ["power", "s"],
    ["label", "s"],
  ])("holds where evals %s would run code", async (...args) => {
    repo.write("evals/s.yaml", suite("dataset: d\nmodel: made"));
    await repo.evals(["run"]);
    repo.write(
      "evals/s.yaml",
      suite("dataset: { module: code/cases.mjs }\nmodel: made", "  - { type: module, file: code/bot.mjs }\n"),
    );
    await repo.evals([...args, "--no-exec", ...(args[0] === "label" ? ["--no-open", "--port", "0"] : [])]);
    expect(ran()).toBe(false);
  });
});

describe("a dataset", () => {
  it("is never code when only its name is given", async () => {
    for (const ending of ["ts", "mjs", "js"])
      repo.write(`datasets/made.${ending}`, FILES["code/cases.mjs"] ?? "");
    repo.write("evals/s.yaml", suite("dataset: made\nmodel: made"));
    const { exit, document } = await repo.json(["run"]);
    expect([exit, document.problems[0].path, document.problems[0].line, ran()]).toEqual([
      2,
      "evals/s.yaml",
      1,
      false,
    ]);
  });
});

/** Checks that every file which starts code of a project calls `refuseCode`, including files added later. */
describe("code that runs code of a project", () => {
  const ROOT = fileURLToPath(new URL("../../", import.meta.url));
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !path.includes(".test.") && !path.includes("testing/"),
  );
  const opens = files.filter((path) => {
    if (/^(?:modules|processes)\//.test(path)) return false;
    return /\b(?:openUserModule|new ProgramPool|new ProgramTransport|new ProcessTree)\(/.test(
      readFileSync(join(ROOT, path), "utf8"),
    );
  });

  it("is found by this test", () => {
    expect(opens.length).toBeGreaterThanOrEqual(6);
  });

  it.each(opens.filter((path) => path !== "agents/mcp-program.ts"))("checks --no-exec: %s", (path) => {
    expect(readFileSync(join(ROOT, path), "utf8")).toMatch(/\brefuseCode\(/);
  });
});
