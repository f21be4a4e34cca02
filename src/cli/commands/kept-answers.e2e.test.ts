import { describe, expect, it } from "vitest";
import {
  type Checkout,
  type GitProject,
  gitProject,
  isolateGit,
  preparedProject,
  projectFiles,
  promptText,
} from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;

/** Promotes with answers. @returns a fresh clone without stored runs */
async function freshClone(
  change: () => void,
  flags: readonly string[] = ["--with-answers"],
): Promise<Checkout> {
  repo = await preparedProject(projectFiles(), [["run"], ["promote", ...flags]]);
  change();
  repo.git("push", "-q", "origin", "main");
  return repo.clone("main");
}
const suiteWith =
  (scorer: string): (() => void) =>
  () => {
    repo.commit({
      "evals/s.yaml": repo.read("evals/s.yaml").replace("{ type: equals, name: exact }", scorer),
    });
  };

describe("answers stored with a baseline", () => {
  it("are rescored in a fresh clone when a scorer has changed, like answers in the store", async () => {
    const clone = await freshClone(suiteWith("{ type: contains, name: exact, against: expected }"));
    const { exit, document } = await clone.json(["run", "--all-trials"]);
    expect(exit).toBe(0);
    const { comparison, gate } = document.runs[0];
    expect(gate.verdict).toBe("no_regression");
    expect(comparison.baseline).toMatchObject({
      side: "evals/baselines/s.jsonl at HEAD, scored again",
      pass_rate: 1,
    });
    const own = (await repo.json(["run", "--all-trials"])).document.runs[0].comparison;
    expect({ ...comparison, baseline: own.baseline, candidate: own.candidate }).toEqual(own);
  });

  it("are not there without --with-answers: the comparison cannot be made", async () => {
    const clone = await freshClone(suiteWith("{ type: contains, name: exact, against: expected }"), []);
    expect(await clone.json(["run", "--all-trials"])).toMatchObject({
      exit: 3,
      document: { runs: [{ gate: { outcome: "undecided", verdict: "incomparable" } }] },
    });
  });

  it.each([
    ["{ type: latency, name: exact, max: 60s }"],
    ["{ type: module, name: exact, file: scorers/mine.mjs }"],
  ])("are left alone when a scorer reads more than the answer: %s", async (scorer) => {
    const clone = await freshClone(() => {
      repo.commit({
        "scorers/mine.mjs": "export default ({ transcript }) => transcript.tool_calls.length === 0;\n",
      });
      suiteWith(scorer)();
    });
    expect(await clone.json(["run", "--all-trials"])).toMatchObject({ exit: 3 });
  });

  it("show before and after in a fresh clone", async () => {
    const clone = await freshClone(() => repo.commit({ "prompts/q/1.1.0.md": promptText("Answer.") }));
    const { exit, document } = await clone.json(["run"]);
    expect(exit).toBe(1);
    const { examples } = document.runs[0].comparison;
    expect(examples?.[0]).toMatchObject({
      before: expect.stringMatching(/^item \d+$/),
      after: "I do not know",
    });
  });

  it("in a file that a person damaged are reported by the run", async () => {
    const clone = await freshClone(() => {
      repo.commit({ "evals/baselines/s.answers.jsonl": "nonsense\n" });
      suiteWith("{ type: contains, name: exact, against: expected }")();
    });
    expect(await clone.json(["run"])).toMatchObject({
      exit: 2,
      document: { problems: [{ code: "EVALS_ANSWERS_BROKEN" }] },
    });
  });
});

describe("the baseline's own run in the store", () => {
  it("is found even if the baseline has cached answers, and is rescored", async () => {
    repo = gitProject();
    repo.commit({
      "evalconfig.yaml": 'models:\n  bot: { provider: module, file: agents/bot.mjs, version: "1" }\n',
    });
    await repo.evals(["run", "--trials", "2"]);
    const second = (await repo.json(["run", "--all-trials"])).document.runs[0];
    expect(second.counts.cached).toBe(80);
    expect(await repo.evals(["promote", second.id])).toMatchObject({ exit: 0 });
    suiteWith("{ type: contains, name: exact, against: expected }")();
    const { comparison } = (await repo.json(["run", "--all-trials"])).document.runs[0];
    expect(comparison.baseline.side).toBe("evals/baselines/s.jsonl at HEAD, scored again");
  });
});

describe("a baseline that --add made of several runs", () => {
  const rescored = "evals/baselines/s.jsonl at HEAD, scored again";

  /** Promotes one run and adds another. @returns what the second promotion said */
  async function grown(flags: readonly string[]): Promise<string> {
    repo = await preparedProject(projectFiles(), [["run"], ["promote"], ["run", "--all-trials"]]);
    const { exit, stderr } = await repo.evals(["promote", "--add", ...flags]);
    expect(exit).toBe(0);
    return stderr;
  }

  it("is rescored from the store, where each of its runs is", async () => {
    await grown([]);
    suiteWith("{ type: contains, name: exact, against: expected }")();
    const { comparison, notes } = (await repo.json(["run", "--all-trials"])).document.runs[0];
    expect(comparison.baseline).toMatchObject({ side: rescored, pass_rate: 1 });
    expect(notes).toContain(
      "The scorers have changed since the baseline was made; its stored answers were scored again.",
    );
  });

  it("keeps the answers of all of them with --with-answers, so that a fresh clone rescores it", async () => {
    await grown(["--with-answers"]);
    const [first] = repo.read("evals/baselines/s.answers.jsonl").split("\n");
    const [, line] = repo.read("evals/baselines/s.jsonl").split("\n");
    const kept = JSON.parse(first ?? "").answers.reduce(
      (sum: number, one: { trials: number }) => sum + one.trials,
      0,
    );
    expect(kept).toBe(JSON.parse(line ?? "").trials);
    suiteWith("{ type: contains, name: exact, against: expected }")();
    repo.git("push", "-q", "origin", "main");
    const { document } = await repo.clone("main").json(["run", "--all-trials"]);
    expect(document.runs[0].comparison.baseline.side).toBe(rescored);
  });

  it("says that it keeps no answers where those of an earlier run are gone", async () => {
    repo = await preparedProject(projectFiles(), [["run"], ["promote"]]);
    repo.git("push", "-q", "origin", "main");
    const clone = repo.clone("main");
    await clone.evals(["run", "--all-trials"]);
    const { exit, stderr } = await clone.evals(["promote", "--add", "--with-answers"]);
    expect(exit).toBe(0);
    expect(stderr).toContain("s: its answers are not kept beside the baseline");
    expect(clone.git("ls-files", "evals/baselines")).toBe("evals/baselines/s.jsonl");
  });
});
