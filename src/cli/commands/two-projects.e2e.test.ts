import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type Checkout,
  checkout,
  type GitProject,
  gitProject,
  isolateGit,
  projectFiles,
  promptText,
} from "../testing/git-project.ts";

isolateGit();
let a: GitProject;
let b: Checkout;

/** Makes two byte-identical projects in one repository, each with a promoted tag. */
beforeEach(async () => {
  const files = projectFiles(4, 2);
  a = gitProject(files, { folder: "apps/a" });
  b = checkout(join(a.root, "../b"));
  b.write(".gitignore", ".evals/\n");
  b.commit(files);
  await a.evals(["run"]);
  await a.evals(["promote", "--as", "v1"]);
  await b.evals(["run"]);
  await b.evals(["promote", "--as", "b/v1"]);
});

const messageOf = (tag: string): string => a.git("for-each-ref", "--format=%(contents)", `refs/tags/${tag}`);

/** Rewrites a tag as earlier versions wrote it, without the name of the project. */
function withoutProject(tag: string): void {
  const message = messageOf(tag).replace(/^project: .*\n/m, "");
  a.git("tag", "-f", "-a", "-m", message, tag, `${tag}^{commit}`);
}

describe("a tag of another project of the repository", () => {
  it.each([
    ["that names its project", false],
    ["of a version that did not name it", true],
  ])("%s is no side, no baseline and no way back", async (_name, isOld) => {
    expect(messageOf("evals/b/v1")).toContain("project: apps/b");
    if (isOld) for (const tag of ["evals/v1", "evals/b/v1"]) withoutProject(tag);
    a.commit({ "prompts/q/1.1.0.md": promptText("Answer carefully, please.") });
    const head = a.git("rev-parse", "HEAD");
    for (const words of [
      ["rollback", "b/v1"],
      ["rollback", "evals/b/v1", "--dry-run"],
      ["diff", "b/v1"],
      ["diff", "ref:b/v1"],
      ["diff", "latest", "refs/tags/evals/b/v1"],
      ["run", "--baseline", "evals/b/v1"],
    ]) {
      const { exit, document } = await a.json(words);
      expect({ words, exit, code: document.problems?.[0].code }).toEqual({
        words,
        exit: 2,
        code: "EVALS_TAG_OTHER_PROJECT",
      });
      expect(document.problems[0].what).toContain("apps/b");
    }
    expect([a.git("rev-parse", "HEAD"), a.git("status", "--porcelain")]).toEqual([head, ""]);

    expect((await a.json(["rollback", "v1"])).document).toMatchObject({
      exit: 0,
      removed: ["prompts/q/1.1.0.md"],
    });
  });

  it("is only in the log of its own project, even on a commit of the other", async () => {
    // Project b has no changes, so its tag is put on the commit of project a.
    a.commit({ "prompts/q/1.1.0.md": promptText("Answer carefully, please.") });
    await a.evals(["run", "--all-trials"]);
    await a.evals(["promote", "--as", "v2"]);
    await b.evals(["promote", "--as", "b/v2"]);
    const tags = async (one: Checkout): Promise<string[]> =>
      (await one.json(["log"])).document.entries.flatMap((entry: { tags: { name: string }[] }) =>
        entry.tags.map((tag) => tag.name),
      );
    expect(await tags(a)).toEqual(["evals/v2", "evals/v1"]);
    expect(await tags(b)).toEqual(["evals/b/v1"]);
    expect((await b.json(["rollback", "b/v2"])).exit).toBe(0);
  });
});
