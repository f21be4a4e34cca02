import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { starterFiles } from "../project/starter-project.ts";
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

  it("makes a project that checks and runs without a key", async () => {
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

  it.each(["a-file", "a-file/inner"])("says that %s cannot be a project, and why", async (folder) => {
    repo.write("a-file", "mine");
    const { exit, stderr } = await repo.evals(`init ${folder}`);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/a file stands where its folder should be[\s\S]*EVALS_INIT_UNWRITABLE/);
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

  it("adds its lines to a .gitignore that is there, once", async () => {
    writeFileSync(join(repo.root, ".gitignore"), "node_modules");
    await repo.evals("init");
    await repo.evals("init");
    expect(repo.read(".gitignore")).toBe("node_modules\n.evals/\n.env\n");
  });

  it("keeps installed packages out of git where it makes the .gitignore", async () => {
    mkdirSync(join(repo.root, "node_modules"));
    await repo.evals("init");
    expect(repo.read(".gitignore")).toBe(".evals/\n.env\nnode_modules/\n");
  });

  it("makes the directory it is given, and nothing beside it", async () => {
    await repo.evals("init deep/inside");
    expect(files().every((path) => path.startsWith(join(repo.root, "deep/inside")))).toBe(true);
    expect((await repo.evals("run -C deep/inside")).exit).toBe(0);
  });

  it("does not speak of git init inside a repository", async () => {
    mkdirSync(join(repo.root, ".git"));
    expect((await repo.evals("init")).stdout).not.toContain("git init");
  });
});
