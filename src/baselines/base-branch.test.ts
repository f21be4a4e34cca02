import { describe, expect, it } from "vitest";
import { baseRefs } from "./base-branch.ts";

describe("the base branch in a clone", () => {
  it("is looked for where remotes have it, origin first", () => {
    const github = { name: "main", variable: "GITHUB_BASE_REF" };
    expect(baseRefs(github, ["fork", "origin"])).toEqual([
      "refs/remotes/origin/main",
      "refs/remotes/fork/main",
    ]);
    expect(baseRefs(github, []), "without a remote, the local branch is the base").toEqual([
      "refs/heads/main",
    ]);
  });

  it("may be any commit that EVALS_BASE_REF names", () => {
    const own = (name: string) => ({ name, variable: "EVALS_BASE_REF" });
    expect(baseRefs(own("1d2c0aa"), [])).toEqual(["1d2c0aa"]);
    expect(baseRefs(own("origin/main"), ["origin"])).toEqual([
      "refs/remotes/origin/origin/main",
      "refs/remotes/origin/main",
      "origin/main",
    ]);
  });
});
