import { chmodSync, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type GitProject,
  ownGit,
  preparedProject,
  projectFiles,
  promptText,
} from "../testing/git-project.ts";

let restore: () => void;
let repo: GitProject;
beforeEach(() => {
  restore = ownGit();
});
afterEach(() => {
  repo.remove();
  restore();
});

async function promoted(files = projectFiles(4, 2)): Promise<void> {
  repo = await preparedProject(files, [["run"], ["promote", "--as", "v1", "--message", "first"]]);
}
const CHANGED = { "prompts/q/1.1.0.md": promptText("Answer."), "evals/later.yaml": "dataset: none\n" };

describe("rollback", () => {
  it("restores scorers, schemas and modules that are outside the usual folders, with their modes", async () => {
    await promoted({
      ...projectFiles(4, 2),
      "evals/s.yaml":
        "dataset: d\nprompt: q\nmodel: bot\ntrials: 2\nscorers:\n  - { type: module, name: mine, file: scorers/mine.mjs }\n",
      "scorers/mine.mjs":
        'import { limit } from "../lib/limit.mjs";\nexport default ({ output }) => output.length > limit;\n',
      "lib/limit.mjs": "export const limit = 1;\n",
      "notes.md": "not covered\n",
    });
    chmodSync(join(repo.root, "scorers/mine.mjs"), 0o755);
    repo.commit({ "lib/limit.mjs": "export const limit = 2;\n", "notes.md": "changed\n" }, "later");
    const back = await repo.json(["rollback", "v1"]);
    expect(back).toMatchObject({
      exit: 0,
      document: { restored: ["lib/limit.mjs", "scorers/mine.mjs"], removed: [], proofs: [{ equal: true }] },
    });
    expect(repo.read("notes.md")).toBe("changed\n");
    expect(statSync(join(repo.root, "scorers/mine.mjs")).mode & 0o111).toBe(0);
    expect(repo.git("status", "--porcelain")).toBe("");
  });

  it("does not touch staged or changed files that the tag does not cover", async () => {
    await promoted();
    repo.commit({ ...CHANGED, "notes.md": "1\n" });
    repo.write("notes.md", "2\n");
    repo.git("add", "notes.md");
    repo.write("notes.md", "3\n");
    expect(await repo.evals(["rollback", "v1"])).toMatchObject({ exit: 0 });
    expect(repo.git("status", "--porcelain")).toBe("MM notes.md");
    expect(repo.git("show", "--name-only", "--format=", "HEAD").split("\n")).toEqual(
      Object.keys(CHANGED).sort(),
    );
  });

  it("does nothing when nothing has changed since, and proves that too", async () => {
    await promoted();
    const ended = await repo.evals(["rollback", "evals/v1"]);
    expect(ended).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(
        /nothing was changed\.\n {2}s {2}verified: fingerprint \w{12} equals the promoted one/,
      ),
    });
  });

  it("is in the log although no baseline changed, and again as a rollback of the rollback", async () => {
    await promoted();
    repo.commit(CHANGED);
    await repo.evals(["rollback", "v1"]);
    const { entries } = (await repo.json(["log"])).document;
    expect(entries.map((one: { subject: string }) => one.subject)).toEqual([
      "Roll back to evals/v1",
      "Promote s",
    ]);
    expect(entries[1].tags[0]).toMatchObject({
      name: "evals/v1",
      why: "first",
      moved: false,
      suites: [{ suite: "s", metrics: { pass_rate: "1 (0.283126 to 1)" } }],
    });
  });

  it("reports which suites cannot be verified, and why", async () => {
    await promoted({ ...projectFiles(4, 2), ".gitignore": ".evals/\ndatasets/d.csv\n" });
    repo.commit(CHANGED);
    repo.write("datasets/d.csv", "id,input\nx,1\n");
    const ended = await repo.evals(["rollback", "v1"]);
    expect(ended.exit).toBe(1);
    expect(ended.stdout).toMatch(/^Rolled back to evals\/v1: 0 files restored, 2 removed/);
    expect(ended.stdout).toMatch(/\n {2}s {2}not verified: .*datasets\/d\./);
  });
});

describe("rollback refuses", () => {
  const refusals: [string, () => void, string, string, RegExp][] = [
    ["a name that is no tag", () => undefined, "v2", "EVALS_TAG_UNKNOWN", /v1/],
    [
      "a tag that no promotion made",
      () => void repo.git("tag", "v9"),
      "v9",
      "EVALS_TAG_NOT_PROMOTED",
      /evals log/,
    ],
    [
      "a tag that was moved",
      () => {
        const text = repo.git("for-each-ref", "--format=%(contents)", "refs/tags/evals/v1");
        repo.commit({
          "datasets/d.jsonl": '{"id":"x","input":{"n":1}}\n',
          "evals/baselines/s.jsonl": repo.read("evals/baselines/s.jsonl").split("\n").slice(0, 2).join("\n"),
        });
        writeFileSync(join(repo.root, "..", "text"), text);
        repo.git("tag", "-f", "-a", "-F", "../text", "evals/v1");
      },
      "v1",
      "EVALS_TAG_MOVED",
      /git fetch origin --tags --force/,
    ],
    [
      "changes that are not committed",
      () => repo.write("prompts/q/1.0.0.md", promptText("Mine.")),
      "v1",
      "EVALS_ROLLBACK_UNCOMMITTED",
      /git stash/,
    ],
    [
      "files that are not tracked",
      () => repo.write("prompts/q/2.0.0.md", promptText("Mine.")),
      "v1",
      "EVALS_ROLLBACK_UNCOMMITTED",
      /git stash/,
    ],
    [
      "a merge under way",
      () => writeFileSync(join(repo.root, ".git/MERGE_HEAD"), repo.git("rev-parse", "HEAD")),
      "v1",
      "EVALS_GIT_UNFINISHED",
      /git merge --abort/,
    ],
  ];
  it.each(refusals)("%s, and changes nothing", async (_name, prepare, word, code, fix) => {
    await promoted();
    repo.commit(CHANGED);
    prepare();
    const head = repo.git("rev-parse", "HEAD");
    const status = repo.git("status", "--porcelain");
    const refused = await repo.json(["rollback", word]);
    expect(refused).toMatchObject({ exit: 2, document: { problems: [{ code }] } });
    expect(refused.document.problems[0].fix).toMatch(fix);
    expect([repo.git("rev-parse", "HEAD"), repo.git("status", "--porcelain")]).toEqual([head, status]);
  });

  it("when a hook refuses, with every file as it was", async () => {
    await promoted();
    repo.commit(CHANGED);
    writeFileSync(join(repo.root, ".git/hooks/pre-commit"), "#!/bin/sh\necho no >&2\nexit 1\n");
    chmodSync(join(repo.root, ".git/hooks/pre-commit"), 0o755);
    expect(await repo.json(["rollback", "v1"])).toMatchObject({
      exit: 2,
      document: { problems: [{ code: "EVALS_GIT_REFUSED" }] },
    });
    expect(repo.git("status", "--porcelain")).toBe("");
    expect(existsSync(join(repo.root, "prompts/q/1.1.0.md"))).toBe(true);
  });

  it("shows a moved tag in the log", async () => {
    await promoted();
    const text = repo.git("for-each-ref", "--format=%(contents)", "refs/tags/evals/v1");
    repo.commit({ "datasets/d.jsonl": '{"id":"x","input":{"n":1},"expected":"item 1"}\n' });
    await repo.evals(["run", "--baseline", "none"]);
    await repo.evals(["promote"]);
    writeFileSync(join(repo.root, "..", "text"), text);
    repo.git("tag", "-f", "-a", "-F", "../text", "evals/v1");
    expect((await repo.evals(["log"])).stdout).toContain(
      "tag evals/v1: first   the tag was moved to this commit",
    );
  });
});

describe("an interrupted promotion or rollback", () => {
  it("is undone and reported by the next command, whatever it is", async () => {
    await promoted();
    repo.commit(CHANGED);
    const { changeSteps } = await import("../../git/commit-files.ts");
    const steps = changeSteps(repo.root, {
      files: new Map([
        ["prompts/q/1.1.0.md", null],
        ["evalconfig.yaml", null],
      ]),
      message: "Roll back to evals/v1",
      tag: null,
    });
    for (
      let step = await steps.next();
      !String(step.value).includes("evalconfig");
      step = await steps.next()
    );
    expect(existsSync(join(repo.root, "evalconfig.yaml"))).toBe(false);
    const place = join(repo.root, ".git/evals-change.json");
    const journal = JSON.parse(repo.read(".git/evals-change.json"));
    writeFileSync(place, JSON.stringify({ ...journal, owner: { pid: 1, started: "not this one" } }));
    const ended = await repo.evals(["log"]);
    expect(ended).toMatchObject({
      exit: 0,
      stderr: 'The change "Roll back to evals/v1" had been interrupted; it was undone.\n',
    });
    expect(repo.git("status", "--porcelain")).toBe("");
    rmSync(place, { force: true });
  });
});
