import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HISTORY_FILE } from "../../store/history-file.ts";
import { type GitProject, gitProject, isolateGit, projectFiles, promptText } from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;

const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("evals-at-"));
const rateOf = (document: { runs: { metrics: { pass_rate: { value: number } } }[] }): number | undefined =>
  document.runs[0]?.metrics.pass_rate.value;

describe("evals run --at", () => {
  it.each([["."], ["packages/größe"]])(
    "runs prompts, dataset, scorers and modules of the commit (project in %s)",
    async (folder) => {
      repo = gitProject(projectFiles(10, 2), { folder });
      const first = repo.git("rev-parse", "HEAD");
      repo.git("tag", "-a", "evals/v1", "-m", "first");
      const there = await repo.json(["run"]);
      expect(there.document.problems).toBeUndefined();
      repo.commit({
        "prompts/q/2.0.0.md": promptText("Answer."),
        "datasets/d.jsonl": '{"id":"other","input":{"n":1},"expected":"item 1"}\n',
        "agents/bot.mjs": "export default () => 'nothing';\n",
      });
      repo.write("evals/s.yaml", "not: a suite\n");
      const before = leftovers();
      const ran = await repo.json(["run", "--at", "v1", "--no-cache"]);
      expect(ran.exit).toBe(0);
      const [now, then] = [ran.document.runs[0], there.document.runs[0]];
      expect(now).toMatchObject({ commit: first, dirty: false, fingerprint: then.fingerprint });
      expect(now.counts.answered).toBe(20);
      expect(rateOf(ran.document)).toBe(1);
      expect(leftovers()).toEqual(before);
      expect(repo.git("status", "--porcelain", "--", ".").trim()).toMatch(/^M .*evals\/s\.yaml"?$/);
      expect(existsSync(join(repo.root, HISTORY_FILE))).toBe(true);
    },
  );

  it("finds what a module imports, from the repository and from the packages that are installed", async () => {
    const files = {
      ...projectFiles(4, 1),
      ".gitignore": ".evals/\nnode_modules/\n.env\n",
      "agents/bot.mjs":
        'import { say } from "./say.mjs";\nimport lib from "lib";\nexport default (input) => say(lib(input.n));\n',
      "agents/say.mjs": "export const say = (text) => text;\n",
    };
    repo = gitProject(files);
    const library = join(repo.root, "node_modules/lib");
    mkdirSync(library, { recursive: true });
    writeFileSync(join(library, "package.json"), '{"name":"lib","type":"module","exports":"./index.js"}');
    writeFileSync(join(library, "index.js"), "export default (n) => `item ${n}`;\n");
    repo.commit({ "agents/say.mjs": "export const say = () => 'broken';\n" });
    expect(rateOf((await repo.json(["run", "--at", "HEAD~1"])).document)).toBe(1);
    expect(rateOf((await repo.json(["run", "--at", "HEAD"])).document)).toBe(0);
    expect(existsSync(join(library, "index.js"))).toBe(true);
  });

  it("reads keys from the .env of the work tree, which is not in git", async () => {
    repo = gitProject({
      ...projectFiles(2, 1),
      ".gitignore": ".evals/\n.env\n",
      "evalconfig.yaml":
        'models:\n  bot:\n    provider: command\n    command: [node, bot.mjs]\n    env: { TOKEN: "${env:TOKEN}" }\n',
      "bot.mjs":
        'let text = ""; for await (const part of process.stdin) text += part;\nconst { input } = JSON.parse(text);\nprocess.stdout.write(process.env.TOKEN === "s3cret" ? `item ${input.n}` : "no token");\n',
    });
    repo.write(".env", "TOKEN=s3cret\n");
    expect(rateOf((await repo.json(["run", "--at", "main"])).document)).toBe(1);
  });

  it("reports a mistake with its commit, and leaves nothing behind", async () => {
    repo = gitProject();
    repo.commit({ "evals/s.yaml": "dataset: nowhere\nmodel: bot\nscorers: [{ type: equals }]\n" });
    const before = leftovers();
    const { exit, document } = await repo.json(["run", "--at", "main"]);
    expect(exit).toBe(2);
    expect(document.problems[0]).toMatchObject({ code: "EVALS_DATASET_UNKNOWN", path: "main:evals/s.yaml" });
    expect((await repo.json(["run", "--at", "nope"])).document.problems[0]).toMatchObject({
      code: "EVALS_REF_UNKNOWN",
      fix: expect.stringContaining("git fetch origin nope:refs/remotes/origin/nope"),
    });
    expect((await repo.json(["run", "--at", "main", "--record"])).document.problems[0].code).toBe(
      "EVALS_OPTION_CONFLICT",
    );
    expect(leftovers()).toEqual(before);
  });

  it("reports a commit in which the project did not exist", async () => {
    repo = gitProject({ "README.md": "soon\n" });
    repo.commit(projectFiles(2, 1));
    const { exit, document } = await repo.json(["run", "--at", "HEAD~1"]);
    expect(exit).toBe(2);
    expect(document.problems[0].code).toBe("EVALS_REF_NO_PROJECT");
  });

  it("resumes only a run of that commit", async () => {
    repo = gitProject(projectFiles(4, 1));
    await repo.json(["run"]);
    repo.commit({ "README.md": "more\n" });
    const again = await repo.json(["run", "--at", "main", "--resume"]);
    expect(again.document.runs[0].id).not.toBe("00000001");
    expect((await repo.json(["run", "--at", "main", "--resume"])).document.runs[0].id).toBe(
      again.document.runs[0].id,
    );
  });

  it("compares with the baseline in the commit, never with that of HEAD", async () => {
    repo = gitProject(projectFiles(20, 2));
    await repo.evals(["run"]);
    await repo.evals(["promote"]);
    repo.git("tag", "promoted");
    repo.git("rm", "-q", "-r", "evals/baselines");
    repo.commit({ "README.md": "no baseline\n" });
    expect(
      (await repo.json(["run", "--at", "promoted", "--no-cache"])).document.runs[0].comparison.baseline.side,
    ).toBe("evals/baselines/s.jsonl at promoted");
    expect((await repo.json(["run", "--at", "HEAD"])).document.runs[0].comparison).toBeNull();
  });

  it("refuses a commit that edits a published prompt", async () => {
    repo = gitProject();
    repo.git("switch", "-q", "-c", "edit");
    repo.commit({ "prompts/q/1.0.0.md": promptText("Answer carefully, now.") });
    repo.git("switch", "-q", "main");
    const { exit, document } = await repo.json(["run", "--at", "edit"]);
    expect(exit).toBe(2);
    expect(document.problems[0]).toMatchObject({
      code: "EVALS_PROMPT_PUBLISHED",
      path: "edit:prompts/q/1.0.0.md",
    });
  });

  it("reads a dataset through a link", async () => {
    repo = gitProject(projectFiles(3, 1));
    repo.git("mv", "datasets/d.jsonl", "datasets/real.jsonl");
    symlinkSync("real.jsonl", join(repo.root, "datasets/d.jsonl"));
    repo.commit({ "README.md": "linked\n" });
    expect(rateOf((await repo.json(["run", "--at", "main"])).document)).toBe(1);
  });
});
