import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A git repository in a temporary folder whose name contains a space. */
export interface ScratchRepository {
  readonly root: string;
  git(...args: string[]): string;
  write(path: string, text: string): void;
  read(path: string): string;
  commit(files: Readonly<Record<string, string>>, message?: string): string;
  /** Installs a hook. @param script lines of a shell script */
  hook(name: string, script: string): void;
  /** HEAD, tags, what is staged, and every file with its mode and content. */
  state(): unknown;
  remove(): void;
}

const IDENTITY = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];

export function scratchRepository(): ScratchRepository {
  const root = mkdtempSync(join(tmpdir(), "evals git "));
  const git = (...args: string[]): string =>
    execFileSync("git", [...IDENTITY, ...args], { cwd: root, encoding: "utf8", stdio: "pipe" }).trimEnd();
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  git("init", "-q", "-b", "main");
  for (const [name, value] of [
    ["user.name", "Ada"],
    ["user.email", "ada@example.com"],
    ["commit.gpgsign", "false"],
  ] as const)
    git("config", name, value);
  return {
    root,
    git,
    write,
    read: (path) => readFileSync(join(root, path), "utf8"),
    commit: (files, message = "one") => {
      for (const [path, text] of Object.entries(files)) write(path, text);
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
    hook: (name, script) => {
      const place = join(root, ".git", "hooks", name);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, `#!/bin/sh\n${script}\n`);
      chmodSync(place, 0o755);
    },
    state: () => ({
      head: git("rev-parse", "HEAD"),
      branch: git("rev-parse", "--abbrev-ref", "HEAD"),
      tags: git("tag", "--list"),
      staged: git("diff", "--cached", "--raw", "--no-abbrev"),
      status: git("status", "--porcelain", "-uall"),
      files: filesBelow(root, ""),
      leftovers: readdirSync(join(root, ".git")).filter((name) => /evals|\.lock$/.test(name)),
    }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function filesBelow(root: string, folder: string): [path: string, content: string][] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (path === ".git") return [];
    if (entry.isDirectory()) return filesBelow(root, path);
    return [[path, entry.isSymbolicLink() ? "a link" : readFileSync(join(root, path), "utf8")]];
  });
}
