import { beforeEach, describe, expect, it } from "vitest";
import { type GitProject, gitProject, isolateGit, projectFiles, promptText } from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;
beforeEach(() => {
  repo = gitProject(projectFiles(3, 1));
});

interface Found {
  readonly code: string;
  readonly path: string;
  readonly line: number;
  readonly fix: string;
}
const changed = (document: { problems?: Found[] }): string[] =>
  (document.problems ?? [])
    .filter((one) => one.code === "EVALS_PROMPT_PUBLISHED")
    .map((one) => `${one.path}:${one.line}`);

describe("a published version that was edited in place", () => {
  it("fails check and run at the line that differs; the suggested command fixes it", async () => {
    repo.write("prompts/q/1.0.1.md", promptText("Not published yet."));
    repo.write("prompts/q/1.0.0.md", promptText("Answer."));
    for (const command of ["check", "run"]) {
      const { exit, document } = await repo.json([command]);
      expect([exit, changed(document)], command).toEqual([2, ["prompts/q/1.0.0.md:2"]]);
    }
    const { document } = await repo.json(["check"]);
    const command =
      /^Write it as prompts\/q\/1\.0\.2\.md: (mv .+)$/.exec(document.problems[0].fix)?.[1] ?? "";
    const { execSync } = await import("node:child_process");
    execSync(command, { cwd: repo.root });
    expect(repo.git("status", "--porcelain").split("\n")).toEqual([
      "?? prompts/q/1.0.1.md",
      "?? prompts/q/1.0.2.md",
    ]);
    expect(changed((await repo.json(["check"])).document)).toEqual([]);
  });

  it("is reported for judges and after a commit, but not when only line ends changed", async () => {
    repo.commit({ "judges/tone/1.0.0.md": "first\nsecond\nthird\n" });
    repo.git("push", "-q", "origin", "main");
    repo.commit({ "judges/tone/1.0.0.md": "first\nsecond\n3rd\n" });
    expect(changed((await repo.json(["check"])).document)).toEqual(["judges/tone/1.0.0.md:3"]);
    repo.git("config", "core.autocrlf", "true");
    repo.write("judges/tone/1.0.0.md", "first\r\nsecond\r\nthird\r\n");
    expect(changed((await repo.json(["check"])).document)).toEqual([]);
  });

  it("includes everything that the default branch ever had, also in merged branches and deleted versions", async () => {
    repo.git("switch", "-q", "-c", "side");
    repo.commit({ "prompts/q/2.0.0.md": promptText("Side.") });
    repo.git("rm", "-q", "prompts/q/2.0.0.md");
    repo.git("commit", "-q", "-m", "away again");
    repo.git("switch", "-q", "main");
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side");
    repo.git("push", "-q", "origin", "main");
    repo.write("prompts/q/2.0.0.md", promptText("Another text."));
    const { document } = await repo.json(["check"]);
    expect(changed(document)).toEqual(["prompts/q/2.0.0.md:2"]);
    expect(document.problems[0].fix).toContain("prompts/q/2.0.1.md");
  });

  it("is not published by a pushed branch, nor by an unpushed commit on the default branch", async () => {
    repo.commit({ "prompts/q/1.1.0.md": promptText("Draft.") });
    repo.git("push", "-q", "origin", "main:refs/heads/feature");
    repo.write("prompts/q/1.1.0.md", promptText("Second draft."));
    expect(changed((await repo.json(["check"])).document)).toEqual([]);
  });

  it("is published by a promoted tag if there is no remote", async () => {
    repo.git("remote", "remove", "origin");
    repo.write("prompts/q/1.0.0.md", promptText("Changed before anything was promoted."));
    expect(changed((await repo.json(["check"])).document)).toEqual([]);
    repo.commit({});
    await repo.evals(["run"]);
    await repo.evals(["promote", "--as", "v1"]);
    repo.write("prompts/q/1.0.0.md", promptText("Changed after."));
    expect(changed((await repo.json(["check"])).document)).toEqual(["prompts/q/1.0.0.md:2"]);
  });

  it("is found in CI by the base branch, whatever its name", async () => {
    repo.git("push", "-q", "origin", "main:refs/heads/trunk");
    repo.git("switch", "-q", "-c", "feature");
    repo.commit({ "prompts/q/1.0.0.md": promptText("Answer.") });
    repo.git("push", "-q", "origin", "feature");
    const ci = repo.clone("feature");
    ci.git("fetch", "-q", "--depth=1", "origin", "trunk:refs/remotes/origin/trunk");
    expect(changed((await ci.json(["check"], { GITHUB_BASE_REF: "trunk" })).document)).toEqual([
      "prompts/q/1.0.0.md:2",
    ]);
    expect(await ci.json(["run"], { GITHUB_BASE_REF: "trunk" })).toMatchObject({ exit: 2 });
  });
});

describe("evals check in a clone that cannot know what was published", () => {
  const warned = (document: { warnings: Found[] }): string[] =>
    document.warnings.filter((one) => one.code === "EVALS_PUBLISHED_UNKNOWN").map((one) => one.fix);

  beforeEach(() => {
    repo.git("switch", "-q", "-c", "feature");
    repo.commit({ "prompts/q/1.0.0.md": promptText("Edited in place.") });
    repo.git("push", "-q", "origin", "feature");
  });

  it.each([
    ["shallow, on a laptop", 1, {}],
    ["shallow, in CI", 1, { GITHUB_BASE_REF: "main" }],
    ["of one branch, in CI", 0, { GITHUB_BASE_REF: "main" }],
    ["of one branch, on a laptop", 0, {}],
  ])("%s, warns and names the command after which it is known", async (_, depth, env) => {
    const ci = repo.clone("feature", depth);
    if (depth === 0) {
      ci.git("remote", "set-branches", "origin", "feature");
      ci.git("update-ref", "-d", "refs/remotes/origin/main");
      ci.git("symbolic-ref", "-d", "refs/remotes/origin/HEAD");
    }
    const { exit, document } = await ci.json(["check"], env);
    const [fix = ""] = warned(document);
    expect([exit, changed(document), warned(document).length]).toEqual([0, [], 1]);
    const { execSync } = await import("node:child_process");
    execSync(fix.replace(/ {8}.*$/, ""), { cwd: ci.root, stdio: "ignore" });
    const known = await ci.json(["check"], env);
    expect([known.exit, changed(known.document)]).toEqual([2, ["prompts/q/1.0.0.md:2"]]);
    expect(warned(known.document)).toEqual([]);
  });

  it("does not warn in a full clone, before anything was pushed, or without any version", async () => {
    expect(warned((await repo.clone("main", 0).json(["check"])).document)).toEqual([]);
    expect(warned((await repo.json(["check"])).document)).toEqual([]);
    repo.git("update-ref", "-d", "refs/remotes/origin/main");
    repo.git("update-ref", "-d", "refs/remotes/origin/feature");
    expect(warned((await repo.json(["check"])).document)).toEqual([]);
  });
});

describe("evals check and the baselines", () => {
  const PATH = "evals/baselines/s.jsonl";
  const codes = async (): Promise<string[]> => {
    const { document } = await repo.json(["check"]);
    return [...document.problems, ...document.warnings].map(
      (one: Found) => `${one.code} ${one.path}:${one.line}`,
    );
  };
  beforeEach(async () => {
    await repo.evals(["run"]);
    await repo.evals(["promote", "--with-answers"]);
  });

  it("reports nothing about files that promote wrote", async () => {
    expect(await codes()).toEqual([]);
  });

  it("reports the markers of a real merge conflict, and its command restores the file", async () => {
    const text = repo.read(PATH);
    repo.git("switch", "-q", "-c", "feature");
    repo.commit({ [PATH]: text.replaceAll('"pass":1', '"pass":0') });
    repo.git("switch", "-q", "main");
    repo.commit({ [PATH]: text.replaceAll('"trials":1', '"trials":2') });
    expect(() => repo.git("merge", "-q", "feature")).toThrow();
    expect(await codes()).toEqual([`EVALS_BASELINE_CONFLICT ${PATH}:2`]);
    const { document } = await repo.json(["check"]);
    const command = /^(git checkout .+?), finish/.exec(document.problems[0].fix)?.[1] ?? "";
    const { execSync } = await import("node:child_process");
    execSync(command, { cwd: repo.root, stdio: "ignore" });
    repo.git("commit", "-q", "--no-edit");
    expect(await codes()).toEqual([]);
    expect(await repo.evals(["run", "--all-trials"])).toMatchObject({ exit: 0 });
    expect(await repo.evals(["promote"])).toMatchObject({ exit: 0 });
  });

  it("reports a truncated file, one of a newer version, damaged answers, and one without its suite", async () => {
    const text = repo.read(PATH);
    repo.write(PATH, text.slice(0, -20));
    repo.write("evals/baselines/s.answers.jsonl", "nonsense\n");
    repo.write("evals/baselines/new.jsonl", text.replace("baseline/1", "baseline/3"));
    repo.write("evals/baselines/old.jsonl", text.replace('"suite":"s"', '"suite":"old"'));
    expect(await codes()).toEqual([
      "EVALS_BASELINE_VERSION evals/baselines/new.jsonl:1",
      "EVALS_ANSWERS_BROKEN evals/baselines/s.answers.jsonl:1",
      `EVALS_BASELINE_BROKEN ${PATH}:4`,
      "EVALS_BASELINE_SUITE_GONE evals/baselines/old.jsonl:1",
    ]);
  });

  it("reports a line in the middle that is not a case", async () => {
    repo.write(PATH, repo.read(PATH).replace('"trials":1', '"trials":"1"'));
    expect(await codes()).toEqual([`EVALS_BASELINE_BROKEN ${PATH}:2`]);
  });

  it("are reported by a run too, for the committed file, and nothing is asked", async () => {
    repo.commit({ [PATH]: repo.read(PATH).slice(0, -20) });
    expect(await repo.json(["run"])).toMatchObject({
      exit: 2,
      document: { problems: [{ code: "EVALS_BASELINE_BROKEN", path: PATH, line: 4 }] },
    });
  });
});
