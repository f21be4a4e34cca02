import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { starterFiles } from "../../operations/project/starter-project.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

describe("evals init", () => {
  let repo: Scenario;
  beforeEach(() => {
    repo = scenario(null);
  });
  afterEach(() => repo.remove());
  const files = (): string[] =>
    readdirSync(repo.root, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(repo.root, path)), { recursive: true });
    repo.write(path, text);
  };

  it("makes a project that passes check and runs without a key", async () => {
    expect((await repo.evals("init")).exit).toBe(0);
    expect((await repo.evals("check")).exit).toBe(0);
    expect((await repo.evals("run")).exit).toBe(0);
    repo.matches("init-in-an-empty-directory");
  });

  it("ends in the command that shows a prompt edit being blocked", async () => {
    const { stdout } = await repo.evals("init");
    const last = stdout.trimEnd().split("\n").at(-1)?.trim() ?? "";
    expect(last).toMatch(
      /^npx evals run --prompt ticket-queue@1\.1\.0 --baseline prompt:ticket-queue@1\.0\.0$/,
    );
    expect((await repo.evals("run")).exit).toBe(0);
    const blocked = await repo.evals(last.replace("npx evals ", ""));
    expect(blocked.exit).toBe(1);
    expect(blocked.stdout).toMatch(/^FAILED {2}ticket-queue.*prompt 1\.1\.0[\s\S]*regressed/);
  });

  it.each(["a-file", "a-file/inner"])("reports that %s cannot be a project, and why", async (folder) => {
    repo.write("a-file", "mine");
    const { exit, stderr } = await repo.evals(`init ${folder}`);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/a file is where its folder should be[\s\S]*EVALS_INIT_UNWRITABLE/);
    expect(repo.read("a-file")).toBe("mine");
  });

  it("overwrites nothing the second time", async () => {
    await repo.evals("init");
    for (const path of Object.keys(starterFiles())) repo.write(path, `mine: ${path}`);
    const { exit } = await repo.evals("init");
    expect(exit).toBe(0);
    for (const path of Object.keys(starterFiles())) expect(repo.read(path)).toBe(`mine: ${path}`);
    expect(repo.read(".gitignore")).toBe(".evals/\n.env\n");
    repo.matches("init-twice");
  });

  it("adds no example to an existing project, which passes check and runs as before", async () => {
    put("evalconfig.yaml", "models:\n  mine: { provider: outputs, file: fixtures/mine.jsonl }\n");
    put("fixtures/mine.jsonl", '{"case":"a","output":"b"}\n');
    put("datasets/mine.jsonl", '{"id":"a","input":"q","expected":"b"}\n');
    put("evals/mine.yaml", "dataset: mine\nmodel: mine\nscorers:\n  - type: equals\n");
    const before = files();
    const { exit, stdout } = await repo.evals("init");
    expect([exit, stdout]).toEqual([0, expect.stringContaining("There is already a project here")]);
    expect(files().filter((path) => !before.includes(path))).toEqual([join(repo.root, ".gitignore")]);
    expect([(await repo.evals("check")).exit, (await repo.evals("run")).exit]).toEqual([0, 0]);
  });

  it("makes a second project within the folder of a first one, and neither affects the other", async () => {
    await repo.evals("init");
    expect((await repo.evals("init packages/shop")).exit).toBe(0);
    for (const command of ["check", "run", "check -C packages/shop", "run -C packages/shop"])
      expect((await repo.evals(command)).exit, command).toBe(0);
  });

  it.each(["evals", "prompts/deep", "datasets"])(
    "refuses %s/ of a project, where it would break it",
    async (folder) => {
      await repo.evals("init");
      const before = files();
      const { exit, stderr } = await repo.evals(`init ${folder}`);
      expect([exit, stderr]).toEqual([2, expect.stringContaining("EVALS_INIT_INSIDE")]);
      expect(files()).toEqual(before);
    },
  );

  it("refuses when there is an evalconfig.yml, which is a misspelt name", async () => {
    repo.write("evalconfig.yml", "models: {}\n");
    const { exit, stderr } = await repo.evals("init");
    expect([exit, stderr]).toEqual([2, expect.stringContaining("mv evalconfig.yml evalconfig.yaml")]);
  });

  it.each([
    ["evals/ticket-queue.yml", "dataset: x\n"],
    ["datasets/ticket-queue.csv", "id,input\na,b\n"],
    ["prompts/ticket-queue/2.0.0.md", "user:\nHello.\n"],
    ["fixtures/ticket-queue.jsonl", "{}\n"],
  ])("takes another name where %s is there, and leaves it alone", async (path, text) => {
    put(path, text);
    await repo.evals("init");
    expect(repo.read(path)).toBe(text);
    expect((await repo.evals("run ticket-queue-2")).exit).toBe(0);
  });

  it("reports that existing files in evals/ are read from now on, and names a command that runs in spite of them", async () => {
    put("evals/of-another-tool.yaml", "prompts: [a]\nproviders: [b]\n");
    const { stdout } = await repo.evals("init");
    expect(stdout).toContain("The files that were already in evals/ are now part of this project");
    const [, command = ""] =
      /npx evals (run .*?) {2,}/.exec(stdout) ?? /npx evals (run \S+)/.exec(stdout) ?? [];
    expect([command, (await repo.evals(command)).exit]).toEqual(["run ticket-queue", 0]);
  });

  it("continues after it was interrupted: the config is written last", async () => {
    const [first, ...rest] = Object.entries(starterFiles());
    for (const [path, text] of rest.slice(0, 2)) put(path, text);
    expect([first?.[0], rest.at(-1)?.[0]]).toEqual(["evals/ticket-queue.yaml", "evalconfig.yaml"]);
    expect((await repo.evals("init")).exit).toBe(0);
    expect((await repo.evals("run")).exit).toBe(0);
  });

  it("adds its lines to a .gitignore that is there, once", async () => {
    writeFileSync(join(repo.root, ".gitignore"), "node_modules");
    await repo.evals("init");
    await repo.evals("init");
    expect(repo.read(".gitignore")).toBe("node_modules\n.evals/\n.env\n");
  });

  it("keeps installed packages out of git when it creates the .gitignore", async () => {
    mkdirSync(join(repo.root, "node_modules"));
    await repo.evals("init");
    expect(repo.read(".gitignore")).toBe(".evals/\n.env\nnode_modules/\n");
  });

  it("creates the given directory, and nothing outside of it", async () => {
    await repo.evals("init deep/inside");
    expect(files().every((path) => path.startsWith(join(repo.root, "deep/inside")))).toBe(true);
    expect((await repo.evals("run -C deep/inside")).exit).toBe(0);
  });

  it("does not suggest git init inside a repository", async () => {
    mkdirSync(join(repo.root, ".git"));
    expect((await repo.evals("init")).stdout).not.toContain("git init");
  });
});
