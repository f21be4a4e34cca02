import { describe, expect, it } from "vitest";
import { baseBranchOf, baseRefs, fetchCommand } from "./base-branch.ts";

describe("the base branch of a CI build", () => {
  it.each([
    ["a laptop", {}, null],
    ["a push on GitHub", { GITHUB_ACTIONS: "true", GITHUB_BASE_REF: "" }, null],
    ["a pull request on GitHub", { GITHUB_BASE_REF: "main" }, "main"],
    ["a merge request on GitLab", { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "release/2" }, "release/2"],
    [
      "a pull request on Buildkite",
      { BUILDKITE_PULL_REQUEST: "12", BUILDKITE_PULL_REQUEST_BASE_BRANCH: "main" },
      "main",
    ],
    [
      "a push on Buildkite",
      { BUILDKITE_PULL_REQUEST: "false", BUILDKITE_PULL_REQUEST_BASE_BRANCH: "main" },
      null,
    ],
    ["a pull request on Azure", { SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/main" }, "main"],
    ["our own word, which wins", { EVALS_BASE_REF: "trunk", GITHUB_BASE_REF: "main" }, "trunk"],
  ])("%s", (_name, env, branch) => {
    expect(baseBranchOf(env)?.name ?? null).toBe(branch);
  });

  it("is looked for where remotes have it, origin first", () => {
    const github = { name: "main", variable: "GITHUB_BASE_REF" };
    expect(baseRefs(github, ["fork", "origin"])).toEqual([
      "refs/remotes/origin/main",
      "refs/remotes/fork/main",
    ]);
    expect(baseRefs(github, []), "without a remote the local branch is the branch").toEqual([
      "refs/heads/main",
    ]);
  });

  it("may be any commit when our own variable says so", () => {
    const own = (name: string) => ({ name, variable: "EVALS_BASE_REF" });
    expect(baseRefs(own("1d2c0aa"), [])).toEqual(["1d2c0aa"]);
    expect(baseRefs(own("origin/main"), ["origin"])).toEqual([
      "refs/remotes/origin/origin/main",
      "refs/remotes/origin/main",
      "origin/main",
    ]);
  });

  it("is fetched by a command that can be pasted", () => {
    const github = { name: "main", variable: "GITHUB_BASE_REF" };
    expect(fetchCommand(github, ["up", "origin"])).toBe(
      "git fetch --depth=1 origin main:refs/remotes/origin/main",
    );
    expect(fetchCommand(github, ["up"])).toBe("git fetch --depth=1 up main:refs/remotes/up/main");
  });
});
