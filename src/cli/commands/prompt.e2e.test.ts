import { beforeEach, describe, expect, it } from "vitest";
import { type GitProject, gitProject, isolateGit, projectFiles, promptText } from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;
beforeEach(() => {
  repo = gitProject(projectFiles(6, 2));
});

const problemOf = async (args: string[]) => (await repo.json(args)).document.problems[0];

describe("evals prompt new", () => {
  it("copies the newest version byte for byte to the next number", async () => {
    const odd = `---\r\nauthor: Zoë   # as she writes it\r\n---\r\nuser:\r\n{{ input.n }}\r\n`;
    repo.write("prompts/q/1.2.0.md", odd);
    for (const [bump, version] of [
      ["patch", "1.2.1"],
      ["minor", "1.3.0"],
      ["major", "2.0.0"],
    ] as const) {
      const { exit, document } = await repo.json(["prompt", "new", "q", "--bump", bump]);
      expect({ exit, path: document.path }).toEqual({ exit: 0, path: `prompts/q/${version}.md` });
      expect(repo.read(document.path)).toBe(odd);
    }
    const ended = await repo.evals(["prompt", "new", "q", "--bump", "patch"]);
    expect(ended.stdout).toBe(
      "prompts/q/2.0.1.md\n  copied from 2.0.0\n  A patch must not change behaviour by more than the margin.\n  Edit the file, give the reason under rationale, then:  evals run --prompt q@2.0.1\n",
    );
    expect(repo.git("status", "--porcelain", "--untracked-files=all").split("\n")).toHaveLength(5);
  });

  it("refuses a version that was ever published, even if its file is gone", async () => {
    repo.commit({ "prompts/q/1.0.1.md": promptText("Answer.") });
    repo.git("push", "-q", "origin", "main");
    repo.git("rm", "-q", "prompts/q/1.0.1.md");
    repo.commit({ "README.md": "removed\n" });
    expect(await problemOf(["prompt", "new", "q", "--bump", "patch"])).toMatchObject({
      code: "EVALS_PROMPT_VERSION_TAKEN",
      fix: expect.stringContaining("cp prompts/q/1.0.0.md prompts/q/1.0.2.md"),
    });
    expect((await repo.json(["prompt", "new", "q", "--bump", "minor"])).document.path).toBe(
      "prompts/q/1.1.0.md",
    );
  });

  it("reports a misspelt name, a version in the name, and an invalid bump", async () => {
    expect((await problemOf(["prompt", "new", "qq", "--bump", "patch"])).code).toBe("EVALS_PROMPT_UNKNOWN");
    expect((await problemOf(["prompt", "new", "q@1.0.0", "--bump", "patch"])).fix).toBe(
      "evals prompt new q --bump patch",
    );
    expect((await problemOf(["prompt", "new", "q", "--bump", "small"])).code).toBe("EVALS_OPTION_INVALID");
    expect((await problemOf(["prompt", "new", "q"])).code).toBe("EVALS_USAGE");
    expect((await problemOf(["prompt", "lst"])).what).toBe(
      'Unknown command "prompt lst". Did you mean "list"?',
    );
  });
});

describe("evals prompt diff", () => {
  it("shows words, variables, roles and pins", async () => {
    repo.write(
      "prompts/q/1.0.1.md",
      "---\nmodel: small\nparams: { temperature: 0.2 }\nrationale: shorter\n---\nsystem:\nAnswer very carefully.\ndeveloper:\n{{ input.n }} {{ input.history | json }}\n",
    );
    const ended = await repo.evals(["prompt", "diff", "q@1.0.0", "1.0.1"]);
    expect(ended).toMatchObject({ exit: 0, stderr: "" });
    expect(
      ended.stdout,
    ).toBe(`q 1.0.0 → 1.0.1   declared a patch; variables: input.history is new: this needs a major version

  variable     input.history is new
  role         user → developer
  pinned       model: unset → small
  pinned       params.temperature: unset → 0.2
  front matter rationale: unset → shorter

  system:
  Answer {+very +}carefully.

  developer:
  {{ input.n }}{+ {{ input.history | json }}+}
`);
    expect((await repo.json(["prompt", "diff", "q@1.0.0"])).document).toMatchObject({
      declared: "patch",
      variables: { added: ["input.history"], removed: [] },
      major: [{ what: "variables" }],
    });
  });

  it("with only a name compares the last two versions, and refuses a prompt with one version", async () => {
    expect((await problemOf(["prompt", "diff", "q"])).code).toBe("EVALS_PROMPT_ONE_VERSION");
    repo.write("prompts/q/1.0.1.md", promptText("Answer."));
    repo.write("prompts/q/1.0.2.md", promptText("Answer it."));
    for (const words of [["q"], ["q@1.0.1"], ["q@1.0.2"]])
      expect((await repo.evals(["prompt", "diff", ...words])).stdout).toMatch(/^q 1\.0\.1 → 1\.0\.2 /);
    expect((await repo.evals(["prompt", "diff", "q@1.0.0"])).stdout).toMatch(/^q 1\.0\.0 → 1\.0\.2 /);
  });

  it("takes two versions as a name with two versions or as two specifications, and refuses a third", async () => {
    repo.write("prompts/q/1.0.1.md", promptText("Answer."));
    repo.write("prompts/q/1.1.0.md", promptText("Answer it."));
    for (const [words, title] of [
      [["q", "1.0.0", "1.0.1"], /^q 1\.0\.0 → 1\.0\.1 /],
      [["q@1.0.0", "1.0.1"], /^q 1\.0\.0 → 1\.0\.1 /],
      [["q@1.0.0", "q@1.0.1"], /^q 1\.0\.0 → 1\.0\.1 /],
      [["q", "1.0.1", "1.0.0"], /^q 1\.0\.1 → 1\.0\.0/],
      [["q", "1.0.1"], /^q 1\.0\.1 → 1\.1\.0 /],
      [["q", "^1.0", "q@1.0.0"], /^q 1\.1\.0 → 1\.0\.0/],
    ] as const)
      expect((await repo.evals(["prompt", "diff", ...words])).stdout, words.join(" ")).toMatch(title);
    for (const words of [
      ["q@1.0.0", "1.0.1", "9.9.9"],
      ["q", "1.0.0", "1.0.1", "1.1.0"],
      ["q", "q@1.0.0", "1.0.1"],
    ]) {
      expect(await problemOf(["prompt", "diff", ...words]), words.join(" ")).toMatchObject({
        code: "EVALS_USAGE",
        fix: expect.stringContaining("evals prompt diff q 1.0.0 1.1.0"),
      });
    }
  });

  it("reports it when two versions are the same", async () => {
    expect((await repo.evals(["prompt", "diff", "q", "q"])).stdout).toBe(
      "q 1.0.0 → 1.0.0\n\n  The messages are the same.\n",
    );
  });
});

describe("evals prompt list", () => {
  it("lists for every version who, why, whether published, where used, and what it last measured", async () => {
    await repo.json(["run"]);
    repo.commit({ "prompts/q/1.0.1.md": promptText("Answer.") });
    repo.git("push", "-q", "origin", "main");
    repo.git("rm", "-q", "prompts/q/1.0.1.md");
    repo.write(
      "prompts/q/1.1.0.md",
      `---\nauthor: dana@example.com\nrationale: shorter\n---\n${promptText("Answer.")}`,
    );
    const ended = await repo.evals(["prompt", "list"]);
    expect(ended.stdout).toBe(`q
  1.1.0   draft       dana@example.com
      shorter
      used by s (q)
  1.0.1   removed
  1.0.0   published                      s 100.0 % (47.6 – 100.0)
`);
    const { document } = await repo.json(["prompt", "list", "q"]);
    expect(
      document.prompts.map((one: { version: string; state: string }) => [one.version, one.state]),
    ).toEqual([
      ["1.1.0", "draft"],
      ["1.0.1", "removed"],
      ["1.0.0", "published"],
    ]);
    expect(document.prompts[2].measured).toMatchObject([
      { suite: "s", run: "00000001", pass_rate: { value: 1 } },
    ]);
    repo.write("prompts/q/1.0.0.md", promptText("Answer carefully!"));
    expect((await repo.json(["prompt", "list"])).document.prompts[2].state).toBe("edited");
  });

  it("lists what it can even if a suite is broken, and reports an unknown name", async () => {
    repo.write("evals/s.yaml", "nonsense: true\n");
    const ended = await repo.evals(["prompt", "list"]);
    expect(ended.exit).toBe(0);
    expect(ended.stderr).toContain("evals check");
    expect(await problemOf(["prompt", "list", "p"])).toMatchObject({ code: "EVALS_PROMPT_UNKNOWN" });
  });
});
