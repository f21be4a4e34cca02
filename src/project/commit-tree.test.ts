import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EvalsError } from "../domain/problem.ts";
import { commitTree } from "./commit-tree.ts";
import type { FileSource } from "./file-source.ts";
import { workTree } from "./work-tree.ts";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "evals-tree-"));
  git("init", "-q");
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

function git(...args: string[]): string {
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...who, ...args], { cwd: top, encoding: "utf8" }).trim();
}
function write(path: string, text: string): void {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), text);
}
function link(path: string, target: string): void {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  symlinkSync(target, join(top, path));
}
function commitAll(): string {
  git("add", "-A");
  git("commit", "-q", "-m", "one");
  return git("rev-parse", "HEAD");
}
const codeOf = (read: () => unknown): string | undefined => {
  try {
    read();
  } catch (error) {
    return (error as EvalsError).problems[0]?.code;
  }
  return undefined;
};

/** Everything that a file source returns for some paths. */
function answers(files: FileSource, paths: readonly string[]) {
  return paths.map((path) => ({
    path,
    exists: files.exists(path),
    outside: files.isOutside(path),
    text: codeOf(() => files.read(path)) ?? files.read(path).toString("utf8"),
    size: files.exists(path) && codeOf(() => files.read(path)) === undefined ? files.size(path) : null,
  }));
}

describe("commitTree", () => {
  it("reads from a clean commit what it reads from the work tree, whatever the project's folder", async () => {
    write("beside/cases.jsonl", '{"id":"a"}\n');
    write("app/evalconfig.yaml", "models: {}\n");
    write("app/evals/größe und mehr.yaml", "dataset: x\n");
    write("app/prompts/support/1.0.0.md", "user:\nhello\n");
    write("app/datasets/deep/er/b.jsonl", "b\n");
    write("app/datasets/a.jsonl", "a\n");
    write("app/datasets/日本.jsonl", "日本\n");
    link("app/datasets/linked.jsonl", "../../beside/cases.jsonl");
    link("app/datasets/nowhere.jsonl", "missing.jsonl");
    link("app/datasets/loop.jsonl", "loop.jsonl");
    link("app/linked-folder", "datasets/deep");
    const root = join(top, "app");
    const then = await commitTree(root, commitAll());
    const now = workTree(root, top);
    const paths = [
      ...["evalconfig.yaml", "evals/größe und mehr.yaml", "prompts/support/1.0.0.md", "datasets/日本.jsonl"],
      ...["datasets/linked.jsonl", "datasets/nowhere.jsonl", "datasets/loop.jsonl", "datasets", "missing"],
      ...["linked-folder/er/b.jsonl", "../beside/cases.jsonl", "../../elsewhere", "datasets/a.jsonl/b"],
      ...["datasets/../evalconfig.yaml", "../../x/../y"],
    ];
    expect(answers(then, paths)).toEqual(answers(now, paths));
    for (const folder of ["datasets", "evals", "linked-folder", "prompts", "none"]) {
      expect(then.list(folder), folder).toEqual(now.list(folder));
      expect(then.list(folder, { recursive: true }), folder).toEqual(now.list(folder, { recursive: true }));
    }
    expect(codeOf(() => then.list("evalconfig.yaml"))).toBe(codeOf(() => now.list("evalconfig.yaml")));
  });

  it("reads the commit and not the changed work tree", async () => {
    write("datasets/a.jsonl", "then\n");
    const commit = commitAll();
    write("datasets/a.jsonl", "now, and longer\n");
    write("datasets/b.jsonl", "new\n");
    const files = await commitTree(top, commit);
    expect(files.read("datasets/a.jsonl").toString()).toBe("then\n");
    expect(files.size("datasets/a.jsonl")).toBe(5);
    expect(files.exists("datasets/b.jsonl")).toBe(false);
    const bytes = files.openBytes("datasets/a.jsonl");
    expect([bytes.size, bytes.readAt(2, 2).toString(), bytes.readAt(3, 99).toString()]).toEqual([
      5,
      "en",
      "n\n",
    ]);
  });

  it("does not follow a link out of the commit", async () => {
    writeFileSync(`${top}-secret`, "secret");
    link("datasets/absolute.jsonl", `${top}-secret`);
    link("datasets/up.jsonl", `../../${top.split("/").at(-1)}-secret`);
    write("datasets/real.jsonl", "{}\n");
    link("datasets/rooted.jsonl", "/real.jsonl");
    const files = await commitTree(top, commitAll());
    rmSync(`${top}-secret`);
    for (const path of ["datasets/absolute.jsonl", "datasets/up.jsonl", "datasets/rooted.jsonl"]) {
      expect(files.exists(path)).toBe(false);
      expect(codeOf(() => files.read(path))).toBe("EVALS_FILE_MISSING");
    }
  });
});
