import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EvalsError } from "../domain/problem.ts";
import { markProcess } from "../processes/process-mark.ts";
import { type CommitPlan, changeSteps, commitFiles } from "./commit-files.ts";
import { finishInterrupted } from "./finish-interrupted.ts";
import { filesAt } from "./tags.ts";
import { type ScratchRepository, scratchRepository } from "./testing/scratch-repository.ts";

let repo: ScratchRepository;
beforeEach(() => {
  vi.stubEnv("GIT_CONFIG_GLOBAL", "/dev/null");
  vi.stubEnv("GIT_CONFIG_SYSTEM", "/dev/null");
  repo = scratchRepository();
});
afterEach(() => {
  repo.remove();
  vi.unstubAllEnvs();
});

const TAG = { name: "evals/v1", message: "Promote v1\n\n# a line that is no comment\n" };

function plan(
  files: Record<string, CommitPlan["files"] extends ReadonlyMap<string, infer V> ? V : never>,
  tag: CommitPlan["tag"] = TAG,
): CommitPlan {
  return { files: new Map(Object.entries(files)), message: "Promote s\n\nbecause\n", tag };
}

async function codeOf(work: Promise<unknown>): Promise<{ code: string; what: string; fix: string }> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(EvalsError);
  const { code, what, fix } = (error as EvalsError).problems[0] ?? { code: "", what: "", fix: "" };
  return { code, what, fix };
}

describe("commitFiles", () => {
  it("makes one commit of its own files and an annotated tag", async () => {
    const before = repo.commit({ "a.txt": "a", "gone/b.txt": "b" });
    const commit = await commitFiles(
      repo.root,
      plan({ "evals/baselines/s.jsonl": "new\n", "gone/b.txt": null }),
    );
    expect(repo.git("rev-parse", "HEAD")).toBe(commit);
    expect(repo.git("rev-parse", "HEAD^")).toBe(before);
    expect(repo.git("show", "--name-status", "--format=%s|%b", "HEAD")).toBe(
      "Promote s|because\n\n\nA\tevals/baselines/s.jsonl\nD\tgone/b.txt",
    );
    expect(repo.git("for-each-ref", "--format=%(objecttype) %(contents)", "refs/tags")).toBe(
      "tag Promote v1\n\n# a line that is no comment",
    );
    expect(repo.git("status", "--porcelain")).toBe("");
    expect(existsSync(join(repo.root, "gone"))).toBe(false);
    expect(repo.state()).toMatchObject({ leftovers: [] });
  });

  it("leaves other staged, changed or untracked files alone", async () => {
    repo.commit({ "staged.txt": "1", "changed.txt": "1", "both.txt": "1" });
    repo.write("staged.txt", "2");
    repo.write("new.txt", "n");
    repo.write("both.txt", "2");
    repo.git("add", "staged.txt", "new.txt", "both.txt");
    repo.write("both.txt", "3");
    repo.write("changed.txt", "2");
    repo.write("loose.txt", "l");
    const before = repo.git("status", "--porcelain");
    await commitFiles(repo.root, plan({ "base.jsonl": "x\n" }));
    expect(repo.git("status", "--porcelain")).toBe(before);
    expect(repo.git("diff", "--name-only", "HEAD^", "HEAD")).toBe("base.jsonl");
  });

  it("returns null when HEAD has the files already, and still tags", async () => {
    const head = repo.commit({ "a.txt": "a\n" });
    expect(await commitFiles(repo.root, plan({ "a.txt": "a\n" }))).toBeNull();
    expect(repo.git("rev-parse", "HEAD", "evals/v1^{commit}").split("\n")).toEqual([head, head]);
  });

  it("restores the modes and links of a commit, not only the texts", async () => {
    repo.write("run.sh", "#!/bin/sh\n");
    chmodSync(join(repo.root, "run.sh"), 0o755);
    symlinkSync("run.sh", join(repo.root, "link"));
    const then = repo.commit({});
    rmSync(join(repo.root, "link"));
    rmSync(join(repo.root, "run.sh"));
    repo.commit({ "run.sh": "changed\n" });
    const files = await filesAt(repo.root, then, ["."]);
    await commitFiles(repo.root, { files, message: "back", tag: null });
    expect(repo.git("diff", "--raw", then, "HEAD")).toBe("");
    expect(repo.git("status", "--porcelain")).toBe("");
    expect(statSync(join(repo.root, "run.sh")).mode & 0o777).toBe(0o755);
  });

  it("turns a file into a folder and back", async () => {
    const then = repo.commit({ "data/x": "file\n" });
    rmSync(join(repo.root, "data/x"));
    repo.commit({ "data/x/inner": "deep\n" });
    const back = new Map([...(await filesAt(repo.root, then, ["."])), ["data/x/inner", null]] as const);
    await commitFiles(repo.root, { files: back, message: "back", tag: null });
    expect(repo.read("data/x")).toBe("file\n");
    expect(repo.git("status", "--porcelain")).toBe("");
  });

  it.each([
    "with blank.jsonl",
    "Größe – 表.jsonl",
    "quote\"and'.jsonl",
    "-dash.jsonl",
    ":(top)x.jsonl",
    "tab\there.jsonl",
  ])("takes the file name %j", async (name) => {
    repo.commit({ "a.txt": "a" });
    await commitFiles(repo.root, plan({ [`evals/${name}`]: "1\n" }, null));
    await commitFiles(repo.root, plan({ [`evals/${name}`]: "2\n" }, null));
    expect(repo.read(`evals/${name}`)).toBe("2\n");
    expect(repo.git("status", "--porcelain")).toBe("");
  });

  it("stores and writes line ends as the repository is configured", async () => {
    repo.git("config", "core.autocrlf", "true");
    repo.commit({ "a.txt": "a\n" });
    await commitFiles(repo.root, plan({ "base.jsonl": "1\n2\n" }));
    expect(repo.read("base.jsonl")).toBe("1\r\n2\r\n");
    expect(repo.git("cat-file", "blob", "HEAD:base.jsonl")).toBe("1\n2");
    expect(repo.git("status", "--porcelain")).toBe("");
  });

  it("works from a subfolder of the repository, also on files outside of it", async () => {
    repo.commit({ "project/a.txt": "a", "sibling/s.txt": "1" });
    await commitFiles(join(repo.root, "project"), plan({ "b.txt": "b\n", "../sibling/s.txt": "2\n" }));
    expect(repo.git("show", "--name-only", "--format=", "HEAD").split("\n")).toEqual([
      "project/b.txt",
      "sibling/s.txt",
    ]);
    expect(repo.git("status", "--porcelain")).toBe("");
  });

  it("works in a linked worktree", async () => {
    repo.commit({ "a.txt": "a" });
    const other = join(repo.root, "..", `${Date.now()} linked`);
    repo.git("worktree", "add", "-q", "-b", "side", other);
    await commitFiles(other, plan({ "b.txt": "b\n" }));
    expect(repo.git("show", "--name-only", "--format=", "side")).toBe("b.txt");
    expect(repo.git("-C", other, "status", "--porcelain")).toBe("");
    rmSync(other, { recursive: true, force: true });
  });

  it("works on a detached HEAD", async () => {
    const head = repo.commit({ "a.txt": "a" });
    repo.git("checkout", "-q", "--detach");
    await commitFiles(repo.root, plan({ "b.txt": "b\n" }));
    expect(repo.git("rev-parse", "HEAD^", "main").split("\n")).toEqual([head, head]);
  });

  it("works inside a hook, whose environment names another index", async () => {
    repo.commit({ "a.txt": "a" });
    vi.stubEnv("GIT_INDEX_FILE", join(repo.root, ".git", "not-this-one"));
    vi.stubEnv("GIT_DIR", "/nowhere");
    await commitFiles(repo.root, plan({ "b.txt": "b\n" }));
    vi.stubEnv("GIT_INDEX_FILE", undefined);
    vi.stubEnv("GIT_DIR", undefined);
    expect(repo.git("show", "--name-only", "--format=", "HEAD")).toBe("b.txt");
  });
});

describe("a change that is refused", () => {
  const refusals: [string, () => void, string, RegExp][] = [
    [
      "a pre-commit hook",
      () => repo.hook("pre-commit", "echo 'no baselines on Friday' >&2; exit 1"),
      "EVALS_GIT_REFUSED",
      /no baselines on Friday/,
    ],
    [
      "a commit-msg hook",
      () => repo.hook("commit-msg", "printf '\\033[31mno ticket number\\033[0m' >&2; exit 1"),
      "EVALS_GIT_REFUSED",
      /: no ticket number\.$/,
    ],
    [
      "a signing policy",
      () => {
        repo.git("config", "commit.gpgsign", "true");
        repo.git("config", "gpg.program", "false");
      },
      "EVALS_GIT_REFUSED",
      /gpg/,
    ],
    [
      "a signing policy for tags",
      () => {
        repo.git("config", "tag.gpgsign", "true");
        repo.git("config", "gpg.program", "false");
      },
      "EVALS_GIT_REFUSED",
      /git did not make the tag evals\/v1/,
    ],
    [
      "a missing e-mail address",
      () => {
        repo.git("config", "user.useConfigOnly", "true");
        repo.git("config", "--unset", "user.email");
      },
      "EVALS_GIT_REFUSED",
      /email/,
    ],
    ["a tag of that name", () => void repo.git("tag", "evals/v1"), "EVALS_TAG_EXISTS", /evals\/v1 exists/],
    ["a tag below that name", () => void repo.git("tag", "evals/v1/x"), "EVALS_GIT_REFUSED", /evals\/v1/],
    [
      "a merge under way",
      () => writeFileSync(join(repo.root, ".git/MERGE_HEAD"), repo.git("rev-parse", "HEAD")),
      "EVALS_GIT_UNFINISHED",
      /merge is under way/,
    ],
    [
      "a rebase under way",
      () => mkdirSync(join(repo.root, ".git/rebase-merge")),
      "EVALS_GIT_UNFINISHED",
      /rebase is under way/,
    ],
    [
      "a locked index",
      () => writeFileSync(join(repo.root, ".git/index.lock"), ""),
      "EVALS_GIT_LOCKED",
      /index\.lock/,
    ],
    [
      "a file where a folder is needed",
      () => {
        repo.write("evals/baselines", "a file");
      },
      "EVALS_GIT_REFUSED",
      /folder is needed/,
    ],
  ];
  it.each(refusals)("by %s leaves everything as it was", async (name, prepare, code, words) => {
    repo.commit({ "a.txt": "a\n", "gone.txt": "g\n", "staged.txt": "1" });
    repo.write("staged.txt", "2");
    repo.git("add", "staged.txt");
    repo.write("old.jsonl", "mine, not committed\n");
    prepare();
    const before = repo.state();
    const files = {
      "a.txt": "b\n",
      "gone.txt": null,
      "evals/baselines/s.jsonl": "x\n",
      "old.jsonl": "new\n",
    };
    const problem = await codeOf(commitFiles(repo.root, plan(files)));
    expect(problem, name).toMatchObject({ code, what: expect.stringMatching(words) });
    expect(repo.state()).toEqual(before);
  });

  it("names the command that sets a missing name", async () => {
    repo.commit({ "a.txt": "a" });
    repo.git("config", "user.useConfigOnly", "true");
    repo.git("config", "--unset", "user.email");
    expect((await codeOf(commitFiles(repo.root, plan({ "b.txt": "b" })))).fix).toMatch(
      /^git config user\.name/,
    );
  });

  it("names git's lock file and the command that removes it", async () => {
    repo.commit({ "a.txt": "a" });
    writeFileSync(join(repo.root, ".git/index.lock"), "");
    expect((await codeOf(commitFiles(repo.root, plan({ "b.txt": "b" })))).fix).toContain(
      `rm ${join(repo.root, ".git/index.lock")}`,
    );
  });
});

describe("two changes at once", () => {
  it("one is made, the other is asked to wait, and nothing is mixed", async () => {
    repo.commit({ "a.txt": "a" });
    const outcomes = await Promise.allSettled([
      commitFiles(repo.root, plan({ "one.txt": "1" }, null)),
      commitFiles(repo.root, plan({ "two.txt": "2" }, null)),
    ]);
    const refusedOnes = outcomes.filter((one) => one.status === "rejected");
    expect(refusedOnes.length).toBeLessThanOrEqual(1);
    for (const { reason } of refusedOnes) expect(reason.problems[0].code).toBe("EVALS_GIT_BUSY");
    expect(repo.git("rev-list", "--count", "HEAD")).toBe(String(3 - refusedOnes.length));
    expect(repo.git("status", "--porcelain")).toBe("");
    expect(repo.state()).toMatchObject({ leftovers: [] });
  });

  it("a change that another process makes right now is not touched", async () => {
    repo.commit({ "a.txt": "a" });
    const steps = changeSteps(repo.root, plan({ "one.txt": "1" }));
    for (let step = await steps.next(); step.value !== "wrote one.txt"; step = await steps.next());
    expect(await finishInterrupted(repo.root)).toBeNull();
    expect((await codeOf(commitFiles(repo.root, plan({ "two.txt": "2" })))).code).toBe("EVALS_GIT_BUSY");
    while ((await steps.next()).done !== true);
    expect(repo.git("show", "--name-only", "--format=", "HEAD")).toBe("one.txt");
  });
});

describe("a change that is killed", () => {
  const JOURNAL = ".git/evals-change.json";
  const dead = (): { pid: number; started: string | null } => {
    const { pid } = spawnSync("true");
    return { pid, started: "0" };
  };
  /** Writes a dead process into the journal, as if the process that made the change had been killed. */
  function die(): void {
    const place = join(repo.root, JOURNAL);
    if (!existsSync(place)) return;
    const journal = JSON.parse(readFileSync(place, "utf8"));
    writeFileSync(place, JSON.stringify({ ...journal, owner: dead(), git: journal.git && dead() }));
  }
  const wanted = (): CommitPlan =>
    plan({ "a.txt": "A\n", "b/b.txt": "B\n", "gone.txt": null, "new/n.txt": "n\n", "dirty.jsonl": "ours\n" });
  function start(): void {
    repo.commit({ "a.txt": "a\n", "b/b.txt": "b\n", "gone.txt": "g\n", "staged.txt": "1" });
    repo.write("staged.txt", "2");
    repo.git("add", "staged.txt");
    repo.write("dirty.jsonl", "mine, not committed\n");
  }

  it("after any of its steps is undone or completed", async () => {
    const seen: string[] = [];
    for (let count = 1; ; count++) {
      start();
      const before = repo.state();
      const steps = changeSteps(repo.root, wanted());
      let step = await steps.next();
      for (let n = 1; n < count && step.done !== true; n++) step = await steps.next();
      if (step.done === true) break;
      seen.push(step.value);
      die();
      const finished = await finishInterrupted(repo.root);
      const isCommitted = seen.includes("commit");
      expect(finished, step.value).toEqual({
        subject: "Promote s",
        how: isCommitted ? "completed" : "undone",
      });
      if (!isCommitted) expect(repo.state(), step.value).toEqual(before);
      else {
        expect(repo.git("log", "-1", "--format=%s"), step.value).toBe("Promote s");
        expect(repo.git("rev-parse", "evals/v1^{commit}"), step.value).toBe(repo.git("rev-parse", "HEAD"));
        expect(repo.git("status", "--porcelain"), step.value).toBe("M  staged.txt");
        expect(repo.state()).toMatchObject({ leftovers: [] });
      }
      expect(await finishInterrupted(repo.root)).toBeNull();
      repo.remove();
      repo = scratchRepository();
    }
    expect(seen).toEqual([
      "journal",
      "index",
      "removed gone.txt",
      "wrote a.txt",
      "wrote b/b.txt",
      "wrote new/n.txt",
      "wrote dirty.jsonl",
      "commit",
      "own index",
      "tag",
    ]);
  });
  async function killedAt(name: string): Promise<void> {
    start();
    const steps = changeSteps(repo.root, wanted());
    for (let step = await steps.next(); step.value !== name; step = await steps.next());
    die();
  }

  it("never undoes what the user has written since", async () => {
    await killedAt("wrote b/b.txt");
    repo.write("a.txt", "written by hand\n");
    await finishInterrupted(repo.root);
    expect([repo.read("a.txt"), repo.read("b/b.txt"), repo.read("gone.txt")]).toEqual([
      "written by hand\n",
      "b\n",
      "g\n",
    ]);
  });

  it("is left alone when the user has made another commit since", async () => {
    await killedAt("wrote new/n.txt");
    repo.git("commit", "-q", "-m", "by hand");
    const before = repo.git("status", "--porcelain");
    expect(await finishInterrupted(repo.root)).toMatchObject({ how: "left" });
    expect(repo.git("status", "--porcelain")).toBe(before);
  });

  it("gets its tag even if other commits follow its own", async () => {
    await killedAt("commit");
    const own = repo.git("rev-parse", "HEAD");
    repo.git("commit", "-q", "--allow-empty", "-m", "later");
    await finishInterrupted(repo.root);
    expect(repo.git("rev-parse", "evals/v1^{commit}")).toBe(own);
  });

  it("waits for its git process if that is still running", async () => {
    await killedAt("index");
    const place = join(repo.root, JOURNAL);
    const journal = JSON.parse(readFileSync(place, "utf8"));
    const { spawn } = await import("node:child_process");
    const left = spawn("sleep", ["0.4"]);
    writeFileSync(place, JSON.stringify({ ...journal, git: markProcess(left.pid ?? 0) }));
    let isOver = false;
    left.on("exit", () => {
      isOver = true;
    });
    await finishInterrupted(repo.root);
    expect(isOver).toBe(true);
  });

  it("with a journal that cannot be read is forgotten", async () => {
    repo.commit({ "a.txt": "a" });
    writeFileSync(join(repo.root, JOURNAL), "");
    expect(await finishInterrupted(repo.root)).toBeNull();
    expect(existsSync(join(repo.root, JOURNAL))).toBe(false);
  });

  it("is repaired by the next change, which is then made", async () => {
    await killedAt("wrote a.txt");
    await commitFiles(repo.root, plan({ "next.txt": "n" }, null));
    expect(repo.git("show", "--name-only", "--format=", "HEAD")).toBe("next.txt");
    expect(repo.read("a.txt")).toBe("a\n");
  });
});
