import { beforeEach, describe, expect, it } from "vitest";
import {
  type GitProject,
  isolateGit,
  preparedProject,
  projectFiles,
  promptText,
} from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;
beforeEach(async () => {
  repo = await preparedProject(projectFiles(20, 2), [["run"], ["promote"]]);
});

const PATH = "evals/baselines/s.jsonl";
const WORSE = { "prompts/q/2.0.0.md": promptText("Answer.") };

interface LogEntry {
  readonly subject: string;
  readonly kind: string;
  readonly squashed: boolean;
  readonly suites: string[];
  readonly baselines: readonly { readonly gate: string | null; readonly run: string | null }[];
}
const entries = async (): Promise<LogEntry[]> => (await repo.json(["log"])).document.entries;
/** The newest entry of the log, reduced to what the tests compare. */
const newest = async () => {
  const [{ kind, squashed, suites, baselines } = {} as LogEntry] = await entries();
  return { kind, squashed, suites, gate: baselines[0]?.gate ?? null };
};

async function acceptWorse(): Promise<void> {
  repo.commit(WORSE);
  await repo.evals(["run", "--all-trials"]);
  await repo.evals(["promote", "--accept", "half the price"]);
}

async function addTrials(): Promise<void> {
  await repo.evals(["run", "--all-trials"]);
  await repo.evals(["promote", "--add"]);
}

const edit = (from: string, to: string): void =>
  void repo.commit({ [PATH]: repo.read(PATH).replace(from, to) }, "tidy");

describe("evals log", () => {
  const CHANGES: readonly [name: string, change: () => unknown, kind: string, gate: string | null][] = [
    ["a promotion", () => undefined, "promotion", "not_gated"],
    ["more trials", addTrials, "addition", "passed"],
    ["an accepted regression", acceptWorse, "accepted regression", "failed"],
    ["a count that was edited", () => edit('"pass":2', '"pass":1'), "edit by hand", null],
    [
      "a line that was deleted",
      () => edit(/\{"case":"c003".*\n/.exec(repo.read(PATH))?.[0] ?? "", ""),
      "edit by hand",
      null,
    ],
    ["a file that was cut", () => edit(repo.read(PATH).slice(-40), ""), "edit by hand", null],
    [
      "a file that was moved",
      () => {
        repo.git("mv", PATH, "evals/baselines/t.jsonl");
        repo.git("commit", "-q", "-m", "move");
      },
      "edit by hand",
      null,
    ],
    [
      "a rollback",
      async () => {
        await repo.evals(["promote", "--as", "v1"]);
        await acceptWorse();
        await repo.evals(["rollback", "v1"]);
      },
      "rollback",
      null,
    ],
    [
      "a revert",
      async () => {
        await acceptWorse();
        repo.git("revert", "--no-edit", "HEAD");
      },
      "rollback",
      null,
    ],
    [
      "a merge that decided something",
      async () => {
        repo.git("switch", "-q", "-c", "one");
        edit('"pass":2', '"pass":1');
        repo.git("switch", "-q", "main");
        edit('"pass":2', '"pass":0');
        expect(() => repo.git("merge", "-q", "one")).toThrow();
        repo.commit({ [PATH]: repo.read(PATH).replace(/<<<<<<<[\s\S]*>>>>>>> one\n/, "") }, "merge");
      },
      "merge",
      null,
    ],
  ];
  it.each(CHANGES)("reports %s as the right kind of change", async (_name, change, kind, gate) => {
    await change();
    expect(await newest()).toEqual({ kind, squashed: false, suites: ["s"], gate });
    expect((await repo.evals(["log"])).stdout).toContain(`  ${kind}: s`);
    expect((await repo.evals(["log"])).stdout).not.toContain("Evals-Promotion");
  });

  it.each([
    ["a squash that keeps the messages", true],
    ["a squash that keeps none", false],
  ])("reports a promotion after %s", async (_name, keeps) => {
    for (const [promote, kind, gate] of [
      [acceptWorse, "accepted regression", "failed"],
      [addTrials, "addition", "passed"],
    ] as const) {
      const branch = kind.replace(" ", "-");
      repo.git("switch", "-q", "-c", branch, "main");
      await promote();
      const message = repo.git("log", "--format=* %s%n%n%b", "main..HEAD");
      repo.git("switch", "-q", "main");
      repo.git("merge", "-q", "--squash", branch);
      repo.git("commit", "-q", "-m", keeps ? `Change (#7)\n\n${message}` : "Change (#7)");
      expect(await newest()).toEqual({ kind, squashed: true, suites: ["s"], gate });
      repo.git("reset", "-q", "--hard", "HEAD~1");
    }
  });

  it("reports a promotion after a rebase onto another one", async () => {
    repo.git("switch", "-q", "-c", "one");
    repo.commit({
      "datasets/d.jsonl": `${repo.read("datasets/d.jsonl")}{"id":"z","input":{"n":2},"expected":"item 2"}\n`,
    });
    await repo.evals(["run", "--all-trials"]);
    await repo.evals(["promote"]);
    repo.git("switch", "-q", "main");
    edit('"pass":2', '"pass":1');
    repo.git("switch", "-q", "one");
    repo.git("rebase", "-q", "main");
    expect((await entries()).map((one) => one.kind)).toEqual(["promotion", "edit by hand", "promotion"]);
  });

  it.each([
    ["an amended promotion", () => repo.git("commit", "-q", "-a", "--amend", "--no-edit")],
    [
      "a squash of a promotion with an edit",
      () => {
        repo.git("commit", "-q", "-a", "-m", "tidy");
        const message = repo.git("log", "--format=* %s%n%n%b", "HEAD~2..HEAD");
        repo.git("reset", "-q", "--soft", "HEAD~2");
        repo.git("commit", "-q", "-m", `Change (#7)\n\n${message}`);
      },
    ],
  ])("reports %s whose counts were edited as an edit by hand", async (_name, commit) => {
    await addTrials();
    expect(await newest()).toMatchObject({ kind: "addition" });
    repo.write(PATH, repo.read(PATH).replace(/"pass":\d+/, '"pass":0'));
    commit();
    expect(await newest()).toMatchObject({ kind: "edit by hand" });
  });

  it("reports promotions made by versions that wrote no record", async () => {
    const old = repo.git("log", "-1", "--format=%B").replace(/^Evals-Promotion: .*$/m, "");
    repo.git("commit", "-q", "--amend", "-m", old);
    expect(await newest()).toMatchObject({ kind: "promotion", squashed: false });
    edit('"pass":2', '"pass":1');
    expect(await newest()).toMatchObject({ kind: "edit by hand" });
  });
});
