import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../statistics/seeded-random.ts";
import { type GitProject, gitProject, ownGit, projectFiles, promptText } from "../testing/git-project.ts";

const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));
const PROGRAM = join(PACKAGE, "bin/evals.js");
const KILLS = 50;

let restore: () => void;
let repo: GitProject;
/** The commit at HEAD before each attempt. */
let base: string;

beforeAll(async () => {
  execFileSync(process.execPath, [join(PACKAGE, "scripts/build.mjs")], { cwd: PACKAGE });
  restore = ownGit();
  repo = gitProject(projectFiles(200, 2));
  run("run");
  run("promote", "--as", "v1");
  const later = Array.from({ length: 300 }, (_, n) => [`prompts/p${n}/1.0.0.md`, promptText(`Prompt ${n}.`)]);
  const more = `${repo.read("datasets/d.jsonl")}{"id":"more","input":{"n":1000},"expected":"item 1000"}\n`;
  repo.commit({ ...Object.fromEntries(later), "datasets/d.jsonl": more }, "later");
  run("run", "--all-trials", "--baseline", "none");
  base = repo.git("rev-parse", "HEAD");
}, 120_000);
afterAll(() => {
  repo.remove();
  restore();
});

function run(...args: string[]): { code: number | null; err: string } {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: repo.root,
    encoding: "utf8",
  });
  return { code: status, err: stderr };
}

/**
 * Starts a command and kills it, alone or with the git processes that it started.
 *
 * @returns whether it had ended by itself
 */
async function killed(args: readonly string[], after: number, wholeGroup: boolean): Promise<boolean> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: repo.root,
    stdio: "ignore",
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  await Promise.race([wait(after), ended]);
  if (child.exitCode !== null) return true;
  process.kill(wholeGroup ? -(child.pid ?? 0) : (child.pid ?? 0), "SIGKILL");
  await ended;
  return false;
}

/** Checks that the next command succeeds, possibly after the one step that its message names. */
function nextCommand(): void {
  const first = run("log");
  if (first.code === 0) return;
  const lock = /if no git is running: rm (.+)$/m.exec(first.err)?.[1];
  expect(lock, first.err).toBeDefined();
  rmSync(lock ?? "");
  expect(run("log").code).toBe(0);
}

describe.each([
  ["promote", ["promote", "--as", "v2"], "evals/v1\nevals/v2"],
  ["rollback", ["rollback", "v1"], "evals/v1"],
])("kill -9 during %s", (name, args, tags) => {
  it(`at ${KILLS} random moments leaves the old state or the new one`, { timeout: 600_000 }, async () => {
    const seed = Date.now() % 100_000;
    const random = seededRandom(`${name} ${seed}`);
    const started = performance.now();
    expect(run(...args).code).toBe(0);
    const whole = performance.now() - started;
    const subject = repo.git("log", "-1", "--format=%s");
    const tree = repo.git("rev-parse", "HEAD^{tree}");
    const seen = { old: 0, new: 0 };
    for (let attempt = 0; attempt < KILLS; attempt++) {
      repo.git("reset", "-q", "--hard", base);
      spawnSync("git", ["tag", "-d", "evals/v2"], { cwd: repo.root });
      const after = whole * (0.2 + 1.3 * random());
      const how = `${name}, seed ${seed}, attempt ${attempt}, after ${after.toFixed(1)} ms`;
      await killed(args, after, attempt % 2 === 0);
      nextCommand();
      expect(repo.git("status", "--porcelain"), how).toBe("");
      expect(existsSync(join(repo.root, ".git/evals-change.json")), how).toBe(false);
      const head = repo.git("rev-parse", "HEAD");
      if (head === base) {
        expect(repo.git("tag"), how).toBe("evals/v1");
        seen.old++;
      } else {
        expect([repo.git("rev-parse", "HEAD^"), repo.git("log", "-1", "--format=%s")], how).toEqual([
          base,
          subject,
        ]);
        expect([repo.git("rev-parse", "HEAD^{tree}"), repo.git("tag")], how).toEqual([tree, tags]);
        seen.new++;
      }
    }
    console.log(`${name}: ${JSON.stringify(seen)}, seed ${seed}, whole ${whole.toFixed(0)} ms`);
    expect(seen.old * seen.new).toBeGreaterThan(0);
  });
});
