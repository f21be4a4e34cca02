import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readHead } from "./repository.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-git-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync(
    "git",
    ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", ...args],
    {
      cwd: root,
      encoding: "utf8",
    },
  ).trim();
const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
function commitAll(): string {
  git("add", "-A");
  git("commit", "-q", "-m", "one");
  return git("rev-parse", "HEAD");
}

describe("readHead", () => {
  it("is null outside a repository", async () => {
    expect(await readHead(root)).toBeNull();
  });

  it("has no commit before the first one", async () => {
    git("init", "-q", "-b", "trunk");
    write("a.txt", "a");
    expect(await readHead(root)).toEqual({ commit: null, branch: "trunk", dirty: true });
  });

  it("is clean right after a commit", async () => {
    git("init", "-q", "-b", "trunk");
    write("a.txt", "a");
    expect(await readHead(root)).toMatchObject({ dirty: true });
    expect(await readHead(root)).toMatchObject({ commit: null });
    const commit = commitAll();
    expect(await readHead(root)).toEqual({ commit, branch: "trunk", dirty: false });
    git("checkout", "-q", "--detach");
    expect(await readHead(root)).toMatchObject({ commit, branch: null });
  });

  it.each([
    ["changed", () => write("a.txt", "b")],
    ["added", () => write("b.txt", "b")],
    ["removed", () => rmSync(join(root, "a.txt"))],
    [
      "staged",
      () => {
        write("a.txt", "b");
        git("add", "-A");
      },
    ],
  ])("is dirty when a file is %s", async (_what, change) => {
    git("init", "-q");
    write("a.txt", "a");
    commitAll();
    change();
    expect(await readHead(root)).toMatchObject({ dirty: true });
  });

  it("does not mind ignored files, such as the history", async () => {
    git("init", "-q");
    write(".gitignore", ".evals/\n");
    commitAll();
    mkdirSync(join(root, ".evals"));
    write(".evals/history.db", "x");
    expect(await readHead(root)).toMatchObject({ dirty: false });
  });

  it("looks at the project's folder alone in a larger repository", async () => {
    git("init", "-q");
    mkdirSync(join(root, "project"));
    write("project/a.txt", "a");
    commitAll();
    write("elsewhere.txt", "b");
    expect(await readHead(join(root, "project"))).toMatchObject({ dirty: false });
    write("project/a.txt", "b");
    expect(await readHead(join(root, "project"))).toMatchObject({ dirty: true });
  });
});
