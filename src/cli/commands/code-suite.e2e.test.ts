import { beforeEach, describe, expect, it } from "vitest";
import { type GitProject, gitProject, isolateGit } from "../testing/git-project.ts";

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const OUTPUTS = { a: "a", b: "nothing" };
const FILES: Record<string, string> = {
  ".gitignore": ".evals/\n",
  "evalconfig.yaml": "models:\n  made: { provider: outputs, file: made.jsonl }\n",
  "made.jsonl": lines(Object.entries(OUTPUTS).map(([id, output]) => ({ case: id, output }))),
  "datasets/d.jsonl": lines(Object.keys(OUTPUTS).map((id) => ({ id, input: id, expected: id }))),
};
const IMPORT = 'import { defineSuite } from "git-evals";\n';
const made = (body: string): string =>
  `${IMPORT}export default defineSuite({ dataset: "d", model: "made", ${body} });\n`;
const SAME = made('scorers: [{ type: "equals" }], gate: { require: { pass_rate: ">= 0.4" } }');
const YAML =
  'dataset: d\nmodel: made\nscorers:\n  - type: equals\ngate:\n  require: { pass_rate: ">= 0.4" }\n';

isolateGit();
let repo: GitProject;
beforeEach(() => {
  repo = gitProject(FILES);
});

async function run(...args: string[]) {
  const { exit, document } = await repo.json(["run", ...args]);
  return { exit, runs: document.runs, problems: document.problems };
}
const scores = async (id: string) => (await repo.json(["show", `${id}/a`])).document.trials[0].scores;

describe("a suite in TypeScript", () => {
  it("runs as the same suite in YAML does, with the same fingerprint", async () => {
    repo.write("evals/s.yaml", YAML);
    const yaml = await run();
    repo.git("rm", "-q", "--cached", "--ignore-unmatch", "evals/s.yaml");
    await repo.evals(["run"]);
    repo.write("evals/s.yaml", "");
    const { rmSync } = await import("node:fs");
    rmSync(`${repo.root}/evals/s.yaml`);
    repo.write("evals/s.ts", SAME);
    const typed = await run();
    expect([typed.exit, typed.problems]).toEqual([0, undefined]);
    expect(typed.runs[0].fingerprint).toBe(yaml.runs[0].fingerprint);
    expect(typed.runs[0].metrics.pass_rate.value).toBe(0.5);
  });

  it("scores by functions that are written in it, by their names, inside others and with settings", async () => {
    repo.write(
      "evals/s.ts",
      made(`scorers: [
        { type: "equals", required: false },
        function tone({ output }) { return !output.includes("!"); },
        { name: "near", threshold: 0.5, config: { scale: 2 }, score: ({ config }) => ({ score: 1 / config.scale, reason: "half" }) },
        { type: "not", name: "loud", of: ({ output }) => output.toUpperCase() === output },
      ]`),
    );
    const { exit, runs } = await run();
    expect(exit).toBe(0);
    expect(await scores(runs[0].id)).toMatchObject([
      { pass: true },
      { pass: true, reason: "true" },
      { pass: true, score: 0.5, reason: "half" },
      { pass: true },
    ]);
    expect(Object.keys(runs[0].metrics).filter((name) => name.startsWith("score."))).toEqual([
      "score.equals",
      "score.tone",
      "score.near",
      "score.loud",
    ]);
  });

  it("hashes its functions with all that they import, and is checked, promoted and run at a commit", async () => {
    repo.commit({
      "evals/s.ts": `${IMPORT}import { isShort } from "../lib/short.ts";\nexport default defineSuite({ dataset: "d", model: "made", scorers: [({ output }) => isShort(output)] });\n`,
      "lib/short.ts": "export const isShort = (text: string): boolean => text.length < 100;\n",
    });
    expect((await repo.json(["check"])).exit).toBe(0);
    const first = await run();
    expect((await repo.evals(["promote"])).exit).toBe(0);
    repo.write("lib/short.ts", "export const isShort = (text: string): boolean => text.length < 50;\n");
    const second = await run();
    expect(second.runs[0].fingerprint).not.toBe(first.runs[0].fingerprint);
    const promoted = await repo.evals(["promote"]);
    expect([promoted.exit, promoted.stderr]).toEqual([2, expect.stringContaining("lib/short.ts")]);
    const at = await run("--at", "HEAD", "--baseline", "none");
    expect(at.runs[0].fingerprint).toBe(first.runs[0].fingerprint);
  });

  it("is compared with a commit by a run at that commit; without one, the message names the command", async () => {
    const suite = (most: number): string =>
      `${IMPORT}export default defineSuite({ dataset: "d", model: "made", scorers: [({ output }) => output.length < ${most}] });\n`;
    repo.commit({ "evals/s.ts": suite(100) });
    repo.commit({ "evals/s.ts": suite(50) });
    expect((await run()).exit).toBe(0);
    const bare = await repo.evals(["diff", "HEAD~1"]);
    expect(bare.exit).toBe(2);
    expect(bare.stderr).toMatch(/^HEAD~1:evals\/s\.ts:1:1\nerror: The suite of this commit is made by code/);
    expect(bare.stderr).toContain("evals run --at <commit>");
    expect((await run("--at", "HEAD~1", "--baseline", "none")).exit).toBe(0);
    expect((await repo.evals(["diff", "HEAD~1"])).exit).not.toBe(2);
  });

  it.each([
    ["a syntax error", `${IMPORT}export default defineSuite({ dataset: "d",, });\n`, 2, "Unexpected token"],
    [
      "a missing import",
      `${IMPORT}\nimport x from "./none.ts";\nexport default defineSuite(x);\n`,
      3,
      "./none.ts",
    ],
    [
      "an error of its own",
      `${IMPORT}throw new Error("no key");\nexport default defineSuite({});\n`,
      1,
      "no key",
    ],
  ])("reports where it cannot be loaded, and why: %s", async (_, text, line, why) => {
    repo.write("evals/s.ts", text);
    const { exit, stderr } = await repo.evals(["check"]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(new RegExp(`^evals/s\\.ts:${line}:\\d+\\nerror: This module makes no suite: `));
    expect(stderr).toContain(why);
    expect(stderr).toContain("Correct the module: evals check loads it again.");
    expect(stderr).not.toContain(repo.root);
  });

  it("is a suite only if it calls defineSuite; tests and declarations in the folder are not suites", async () => {
    repo.write("evals/s.ts", SAME);
    repo.write("evals/helper.ts", "export const one = 1;\n");
    repo.write("evals/s.test.ts", SAME);
    expect((await run()).runs.map(({ suite }: { suite: string }) => suite)).toEqual(["s"]);
  });

  it.each([
    [
      "a key that no suite has",
      made('trails: 3, scorers: [{ type: "equals" }]'),
      "EVALS_SUITE_UNKNOWN_KEY",
      2,
    ],
    ["a scorer that nobody has", made('\n\n  scorers: [{ type: "equls" }]'), "EVALS_SCORER_UNKNOWN", 4],
    [
      "a model that nobody has",
      made('scorers: [{ type: "equals" }]').replace('"made"', '"mad"'),
      "EVALS_MODEL_UNKNOWN",
      2,
    ],
    [
      "a function in another place",
      made('description: () => "x", scorers: [{ type: "equals" }]'),
      "EVALS_SUITE_MODULE",
      1,
    ],
    ["no suite", `${IMPORT}export const a = defineSuite;\ndefineSuite ("x");\n`, "EVALS_SUITE_MODULE", 1],
    ["a module that throws", `${IMPORT}throw new Error("no");\ndefineSuite({});\n`, "EVALS_SUITE_MODULE", 1],
    [
      "a module that is no TypeScript",
      `${IMPORT}export default defineSuite({ dataset: );\n`,
      "EVALS_SUITE_MODULE",
      2,
    ],
  ])("is refused at its place: %s", async (_what, text, code, line) => {
    repo.write("evals/s.ts", text);
    const { exit, problems } = await run();
    expect([exit, problems[0].code, problems[0].path, problems[0].line]).toEqual([
      2,
      code,
      "evals/s.ts",
      line,
    ]);
  });

  it("has one file: a second file with the same name is a mistake", async () => {
    repo.write("evals/s.ts", SAME);
    repo.write("evals/s.yaml", YAML);
    expect((await run()).problems[0].code).toBe("EVALS_SUITE_DUPLICATE");
  });

  it("is code: --no-exec refuses it", async () => {
    repo.write("evals/s.ts", SAME);
    for (const command of ["run", "check"]) {
      const { exit, document } = await repo.json([command, "--no-exec"]);
      expect([exit, document.problems[0].code, document.problems[0].path]).toEqual([
        2,
        "EVALS_NO_EXEC",
        "evals/s.ts",
      ]);
    }
  });
});

describe("evals init --ts", () => {
  it("makes a project whose first runs pass and whose edit is blocked, without a key", async () => {
    expect((await repo.evals(["init", "new", "--ts"])).exit).toBe(0);
    const inside = (...args: string[]) => repo.evals([...args, "-C", "new"]);
    expect(repo.read("new/evals/ticket-queue.ts")).toContain("defineSuite({");
    repo.git("add", "-A");
    repo.git("commit", "-q", "-m", "begin");
    for (const command of ["check", "run", "promote", "run"]) {
      const { exit, stderr } = await inside(command);
      expect([command, exit, stderr]).toEqual([command, 0, expect.any(String)]);
    }
    const blocked = await inside(
      "run",
      "--prompt",
      "ticket-queue@1.1.0",
      "--baseline",
      "prompt:ticket-queue@1.0.0",
    );
    expect(blocked.exit).toBe(1);
  });
});
