import { describe, expect, it } from "vitest";
import {
  type Checkout,
  type GitProject,
  gitProject,
  isolateGit,
  projectFiles,
  promptText,
} from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;

const worse = { "prompts/q/1.0.1.md": promptText("Answer.") };
const problemIn = async (where: Checkout, args: string[]) => (await where.json(args)).document.problems[0];
const problemOf = (args: string[]) => problemIn(repo, args);

describe("evals diff file:…", () => {
  it.each(["file:", "file:gone.jsonl", "file:evals"])(
    "reports %s that there is no such file",
    async (word) => {
      repo = gitProject(projectFiles(4, 2));
      expect(await problemOf(["diff", word, word])).toMatchObject({
        code: "EVALS_DIFF_SIDE_UNKNOWN",
        what: `There is no file "${word.slice(5)}".`,
      });
    },
  );
});

describe("evals diff of two files before the first run", () => {
  const outputs = (right: number): string =>
    Array.from({ length: 12 }, (_, n) => [`c${String(n).padStart(3, "0")}`, n] as const)
      .map(([id, n]) => JSON.stringify({ case: id, output: n < right ? `item ${n}` : "no" }))
      .join("\n");
  const files = { ...projectFiles(12, 1), "before.jsonl": outputs(12), "after.jsonl": outputs(2) };

  it("scores them with the one suite that there is", async () => {
    repo = gitProject(files);
    const { exit, document } = await repo.json(["diff", "file:before.jsonl", "file:after.jsonl"]);
    expect([exit, document.verdict, document.comparisons[0].suite]).toEqual([1, "regressed", "s"]);
  });

  it("compares no prompts, because the answers in the files are not from them, and says that the answers differ", async () => {
    repo = gitProject(files);
    const diff = await repo.evals(["diff", "file:before.jsonl", "file:after.jsonl"]);
    expect(diff.stdout).not.toMatch(/prompt \d|in other words|declared/);
    expect(diff.stdout).toMatch(/target +before\.jsonl → after\.jsonl/);
    expect(diff.stdout).toMatch(/target +10 cases with other answers/);
    repo.write("evalconfig.yaml", "models:\n  bot: { provider: outputs, file: before.jsonl }\n");
    const { stdout } = await repo.evals(["run"]);
    expect(stdout).toMatch(/^NOT GATED {2}s {3}before\.jsonl/);
  });

  it("creates a run that is the latest one, for diff and for promote", async () => {
    repo = gitProject(files);
    const { document } = await repo.json(["run"]);
    const { id } = document.runs[0];
    for (const time of ["first", "second"]) {
      const diff = await repo.json(["diff", "latest", "file:after.jsonl"]);
      expect(diff.document.comparisons[0].baseline.run, time).toBe(id);
      expect(diff.document.comparisons[0].cases.broken.length, time).toBeGreaterThan(0);
    }
    expect((await repo.json(["show", "latest"])).document.run.id).toBe(id);
    expect((await repo.json(["promote", "--dry-run"])).document.promoted[0].run).toBe(id);
  });

  it("asks which suite is meant where there are several", async () => {
    repo = gitProject({ ...files, "evals/other.yaml": projectFiles(12, 1)["evals/s.yaml"] ?? "" });
    expect(await problemOf(["diff", "file:before.jsonl", "file:after.jsonl"])).toMatchObject({
      code: "EVALS_DIFF_NOTHING_COMMON",
      fix: expect.stringContaining("evals run <suite>"),
    });
  });
});

describe("evals diff ref:…", () => {
  it("reports what a commit without a result would cost, and runs it when asked to", async () => {
    repo = gitProject({
      ...projectFiles(12, 2),
      "evalconfig.yaml":
        "models:\n  bot: { provider: module, file: agents/bot.mjs, price: { input: 1000, output: 2000 } }\n",
      "agents/bot.mjs":
        'export default (input, { messages }) => ({ output: messages[0].content.includes("carefully") || input.n % 2 ? `item ${input.n}` : "no", usage: { input_tokens: 100, output_tokens: 10 } });\n',
    });
    repo.git("switch", "-q", "-c", "change");
    repo.commit(worse);
    await repo.json(["run"]);
    const missing = await problemOf(["diff", "ref:main"]);
    expect(missing).toMatchObject({
      code: "EVALS_DIFF_NOT_RUN",
      what: expect.stringMatching(
        /^There is no complete run of main \([0-9a-f]{7}\) for s, and no baseline of it\.$/,
      ),
      why: "A comparison needs two sides. Running the missing side asks for at most 24 answers, for about $2.88.",
      fix: "evals diff ref:main --run-missing    (or evals run s --at main)",
    });
    const ended = await repo.evals(["diff", "ref:main", "--run-missing"]);
    expect(ended.exit).toBe(1);
    expect(ended.stdout).toMatch(/^REGRESSED {2}s\n {2}baseline {3}run /);
    expect(ended.stderr).toContain("s   prompt 1.0.0");
    const again = await repo.json(["diff", "ref:main"]);
    expect(again.document).toMatchObject({ exit: 1, verdict: "regressed" });
    expect(again.document.comparisons[0].baseline.target).toBe("prompt 1.0.0 · agents/bot.mjs");
  });

  it("reports that a cost is unknown rather than guess it", async () => {
    repo = gitProject(projectFiles(3, 2));
    repo.git("switch", "-q", "-c", "change");
    repo.commit(worse);
    await repo.json(["run"]);
    expect((await problemOf(["diff", "main"])).why).toContain("at most 6 answers. Their cost is unknown");
  });

  it("uses the baseline in the commit, also when a tag names it, and for a single run", async () => {
    repo = gitProject(projectFiles(30, 3));
    await repo.evals(["run"]);
    await repo.evals(["promote", "--as", "v1"]);
    repo.git("push", "-q", "origin", "main");
    const fresh = repo.clone("main", 0);
    fresh.commit(worse);
    await fresh.json(["run"]);
    for (const side of ["ref:HEAD~1", "ref:v1", "evals/v1", "v1"]) {
      if (side.includes("v1")) fresh.git("fetch", "-q", repo.root, "refs/tags/*:refs/tags/*");
      const { exit, document } = await fresh.json(["diff", side]);
      expect({ side, exit, problems: document.problems }).toEqual({ side, exit: 1 });
      expect(document.comparisons[0].baseline.side).toMatch(/^evals\/baselines\/s\.jsonl at /);
    }
    const own = await fresh.json(["diff", "latest"]);
    expect(own.document.comparisons[0]).toMatchObject({
      verdict: "regressed",
      baseline: { side: "evals/baselines/s.jsonl at HEAD", run: null },
    });
  });

  it("says which of two refs with one name it takes, and how to name the other", async () => {
    repo = gitProject(projectFiles(12, 3));
    await repo.evals(["run"]);
    await repo.evals(["promote", "--as", "v1"]);
    const [promoted, start] = ["evals/v1^{commit}", "HEAD~1"].map((ref) =>
      repo.git("rev-parse", "--short=7", ref).trim(),
    );
    repo.commit(worse);
    await repo.evals(["run"]);
    const noted = async (...args: string[]): Promise<string> => {
      const { stderr } = await repo.evals(args);
      return /^.*is taken as.*$/m.exec(stderr.replace(/\n {2,}/g, " "))?.[0] ?? "";
    };
    expect(await noted("diff", "v1")).toBe("");
    // Another tag of the same commit is no other commit.
    repo.git("tag", "v1", "evals/v1");
    expect(await noted("diff", "v1")).toBe("");
    repo.git("tag", "-f", "v1", "HEAD~2");
    const tags = `"v1" is taken as the tag v1 (${start}). The promoted tag evals/v1 is another commit (${promoted}): write evals/v1 for it.`;
    expect(await noted("diff", "v1")).toContain(tags);
    expect(await noted("diff", "latest", "ref:v1")).toContain(tags);
    expect(await noted("run", "--at", "v1", "--dry-run")).toContain(tags);
    expect(await noted("diff", "evals/v1")).toBe("");
    const { document } = await repo.json(["run", "--baseline", "v1", "--no-cache"]);
    expect(document.runs?.[0]?.notes ?? document.problems).toContain(tags);
    repo.git("tag", "-d", "v1");
    repo.git("branch", "v1", "HEAD");
    expect(await noted("diff", "v1")).toMatch(
      /^.*"v1" is taken as the branch v1 \(\w{7}\)\. The promoted tag evals\/v1 is another commit \(\w{7}\): write evals\/v1 for it\.$/,
    );
    repo.git("tag", "v1", "HEAD~2");
    repo.git("tag", "-d", "evals/v1");
    expect(await noted("diff", "v1")).toMatch(
      /the tag v1 .* The branch v1 .*: write refs\/heads\/v1 for it\.$/,
    );
  });

  it("says so of a promoted tag and a branch that only the remote has", async () => {
    repo = gitProject(projectFiles(6, 2));
    await repo.evals(["run"]);
    await repo.evals(["promote", "--as", "next"]);
    repo.git("push", "-q", "origin", "main");
    repo.git("push", "-q", "origin", "HEAD~1:refs/heads/next");
    const fresh = repo.clone("main", 0);
    fresh.git("fetch", "-q", repo.root, "refs/tags/*:refs/tags/*");
    const { stderr } = await fresh.evals(["diff", "next"]);
    expect(stderr.replace(/\s+/g, " ")).toMatch(
      /"next" is taken as the promoted tag evals\/next \(\w{7}\)\. The branch origin\/next is another commit \(\w{7}\): write origin\/next for it\./,
    );
  });

  it("does not choose a candidate that is older than the baseline", async () => {
    repo = gitProject(projectFiles(6, 2));
    await repo.json(["run"]);
    repo.commit({ "README.md": "more\n" });
    await repo.json(["run", "--baseline", "none"]);
    await repo.json(["run", "--baseline", "none"]);
    for (const side of ["ref:main", "prompt:q@1.0.0"]) {
      const problem = await problemOf(["diff", side]);
      expect(problem).toMatchObject({ code: "EVALS_DIFF_SAME_RUN" });
      expect(problem.what).toMatch(/ and latest are both run 0+3\.$/);
    }
    const { document } = await repo.json(["diff", "ref:HEAD~1"]);
    expect(document.comparisons[0]).toMatchObject({
      baseline: { run: expect.stringMatching(/^0+1$/) },
      candidate: { run: expect.stringMatching(/^0+3$/) },
    });
  });

  it("compares two commits, neither of them checked out", async () => {
    repo = gitProject(projectFiles(12, 2));
    repo.commit(worse);
    repo.git("tag", "worse");
    repo.commit({ "prompts/q/1.0.2.md": promptText("Answer carefully.") });
    const { exit, document } = await repo.json(["diff", "ref:worse", "ref:main", "--run-missing"]);
    expect({ exit, verdict: document.verdict }).toEqual({ exit: 0, verdict: "improved" });
    expect(repo.git("status", "--porcelain")).toBe("");
  });

  it("runs a prompt version that has no result", async () => {
    repo = gitProject({ ...projectFiles(12, 2), ...worse });
    const missing = await problemOf(["diff", "prompt:q@1.0.0", "prompt:q@1.0.1"]);
    expect(missing).toMatchObject({
      code: "EVALS_DIFF_NOT_RUN",
      fix: "evals diff prompt:q@1.0.0 prompt:q@1.0.1 --run-missing    (or evals run s --prompt q@1.0.0)",
    });
    const { exit, document } = await repo.json(["diff", "q@1.0.0", "q@~1.0.1", "--run-missing"]);
    expect({ exit, problems: document.problems }).toEqual({ exit: 1 });
  });

  it("does not use an incomplete run as a side", async () => {
    repo = gitProject({
      ...projectFiles(3, 1),
      "agents/bot.mjs": "export default () => { throw new Error('down'); };\n",
    });
    const { exit, document } = await repo.json(["diff", "ref:main", "ref:main", "--run-missing"]);
    expect(exit).toBe(3);
    expect(document.problems[0]).toMatchObject({
      code: "EVALS_DIFF_RUN_INCOMPLETE",
      fix: "evals run s --at main --resume",
    });
  });

  it("refuses unknown words, the same run twice, and ambiguous words", async () => {
    repo = gitProject(projectFiles(2, 1));
    await repo.json(["run"]);
    expect((await problemOf(["diff", "ref:nowhere"])).code).toBe("EVALS_DIFF_SIDE_UNKNOWN");
    expect((await problemOf(["diff", "prompt:other@1.0.0"])).code).toBe("EVALS_DIFF_SIDE_UNKNOWN");
    expect((await problemOf(["diff", "ref:main"])).code).toBe("EVALS_DIFF_SAME_RUN");
    repo.git("tag", "00000001");
    expect((await problemOf(["diff", "00000001", "latest"])).code).toBe("EVALS_DIFF_SIDE_AMBIGUOUS");
  });
});

describe("a suite with several models", () => {
  it("has a side for each, from runs and from baselines", async () => {
    const files = projectFiles(10, 2);
    repo = gitProject({
      ...files,
      "evalconfig.yaml":
        "models:\n  a: { provider: module, file: agents/bot.mjs }\n  b: { provider: module, file: agents/bot.mjs, context: b }\n",
      "evals/s.yaml": (files["evals/s.yaml"] ?? "").replace("model: bot", "models: [a, b]"),
    });
    await repo.evals(["run"]);
    await repo.evals(["promote", "--as", "v1"]);
    repo.commit({ "README.md": "more\n" });
    repo.git("push", "-q", "origin", "main");
    const fresh = repo.clone("main", 0);
    fresh.git("fetch", "-q", repo.root, "refs/tags/*:refs/tags/*");
    expect(await problemIn(fresh, ["diff", "v1", "ref:main"])).toMatchObject({ code: "EVALS_DIFF_SAME_RUN" });
    await fresh.evals(["run", "--all-trials"]);
    const { exit, document } = await fresh.json(["diff", "v1", "ref:main"]);
    expect(exit).toBe(0);
    expect(document.comparisons.map((one: { baseline: { side: string } }) => one.baseline.side)).toEqual([
      "evals/baselines/s.a.jsonl at v1",
      "evals/baselines/s.b.jsonl at v1",
    ]);
  });
});
