import { describe, expect, it } from "vitest";
import {
  type GitProject,
  isolateGit,
  preparedProject,
  projectFiles,
  promptText,
} from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;

const CI = {
  GitHub: { GITHUB_ACTIONS: "true", GITHUB_BASE_REF: "main" },
  GitLab: { GITLAB_CI: "true", CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" },
  Buildkite: { BUILDKITE_PULL_REQUEST: "7", BUILDKITE_PULL_REQUEST_BASE_BRANCH: "main" },
  Azure: { SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/main" },
  "any other": { EVALS_BASE_REF: "main" },
} as const;
const FETCH = ["fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main"];

async function promoteFirst(): Promise<void> {
  repo = await preparedProject(projectFiles(), [["run"], ["promote", "--as", "v1", "--message", "first"]]);
  repo.git("push", "-q", "origin", "main", "--tags");
}

function worseOnBranch(): void {
  repo.git("switch", "-q", "-c", "feature");
  repo.commit({ "prompts/q/1.0.1.md": promptText("Answer.") }, "shorter prompt");
  repo.git("push", "-q", "origin", "feature");
}

describe("a change in a fresh shallow clone without a history", () => {
  it.each(Object.entries(CI))("is gated against the base branch: %s", async (_name, env) => {
    await promoteFirst();
    worseOnBranch();
    const ci = repo.clone("feature");
    const blind = await ci.evals(["run"], env);
    expect(blind.exit).toBe(2);
    expect(blind.stderr).toContain("EVALS_BASE_BRANCH_MISSING");
    const command = /git fetch --depth=1 origin main:refs\/remotes\/origin\/main/.exec(blind.stderr)?.[0];
    expect(command?.split(" ").slice(1)).toEqual(["fetch", ...FETCH.slice(2)]);
    expect(await ci.evals(["run", "--baseline", "none"], env)).toMatchObject({ exit: 0 });
    ci.git(...FETCH);
    const { exit, document } = await ci.json(["run"], env);
    expect(exit).toBe(1);
    expect(document.runs[0].gate).toMatchObject({ outcome: "failed", verdict: "regressed" });
    expect(document.runs[0].comparison.baseline.side).toBe("evals/baselines/s.jsonl at main");

    repo.commit({ "prompts/q/1.0.2.md": promptText("Answer carefully.") }, "as before");
    repo.git("push", "-q", "origin", "feature");
    const fixed = repo.clone("feature");
    fixed.git(...FETCH);
    expect(await fixed.json(["run"], env)).toMatchObject({
      exit: 0,
      document: { runs: [{ gate: { outcome: "passed", verdict: "no_regression" } }] },
    });
  });
});

describe("a regression that is wanted", () => {
  it("passes as accepted once the change carries a promotion that says why", async () => {
    await promoteFirst();
    worseOnBranch();
    expect(await repo.evals(["run", "--all-trials"])).toMatchObject({ exit: 1 });
    expect(await repo.evals(["promote", "--accept", "half the price"])).toMatchObject({ exit: 0 });
    repo.git("push", "-q", "origin", "feature");
    const ci = repo.clone("feature");
    ci.git(...FETCH);
    const ended = await ci.evals(["run"], CI.GitHub);
    expect(ended.exit).toBe(0);
    expect(ended.stdout.replace(/\s+/g, " ")).toContain("regressed, accepted: half the price");
  });

  it("is not accepted by editing the baseline alone, and the edit is reported", async () => {
    await promoteFirst();
    worseOnBranch();
    const baseline = "evals/baselines/s.jsonl";
    repo.commit({ [baseline]: repo.read(baseline).replace(/"(pass|exact)":\d+/g, '"$1":0') });
    repo.git("push", "-q", "origin", "feature");
    const ci = repo.clone("feature");
    ci.git(...FETCH);
    const ended = await ci.evals(["run"], CI.GitHub);
    expect(ended.exit).toBe(1);
    expect(ended.stdout.replace(/\s+/g, " ")).toContain("This change edits evals/baselines/s.jsonl itself");
  });

  it("is accepted relative to the base branch's baseline, even after an earlier promotion on the branch", async () => {
    await promoteFirst();
    worseOnBranch();
    await repo.evals(["run", "--all-trials"]);
    expect(await repo.evals(["promote", "--accept", "a first step"])).toMatchObject({ exit: 0 });
    repo.commit({ "prompts/q/1.0.2.md": promptText("Answer now.") }, "worse again");
    await repo.evals(["run", "--all-trials"]);
    expect(await repo.evals(["promote", "--accept", "speed"])).toMatchObject({ exit: 0 });
    repo.git("push", "-q", "origin", "feature");
    const ci = repo.clone("feature");
    ci.git(...FETCH);
    expect(await ci.evals(["run"], CI.GitHub)).toMatchObject({ exit: 0 });
  });

  it("is not accepted for a result that differs from the promoted one, which is reported", async () => {
    await promoteFirst();
    worseOnBranch();
    await repo.evals(["run", "--all-trials"]);
    await repo.evals(["promote", "--accept", "half the price"]);
    repo.commit({ "prompts/q/1.0.2.md": promptText("Answer now.") }, "and another change");
    repo.git("push", "-q", "origin", "feature");
    const ci = repo.clone("feature");
    ci.git(...FETCH);
    const ended = await ci.evals(["run"], CI.GitHub);
    expect(ended.exit).toBe(1);
    expect(ended.stdout.replace(/\s+/g, " ")).toContain(
      "The change accepts another result than that of this run.",
    );
  });
});

describe("log and rollback", () => {
  it("show the promotions, restore everything in one commit and prove it", async () => {
    await promoteFirst();
    repo.commit({ "prompts/q/1.1.0.md": promptText("Answer."), "datasets/more.jsonl": "" }, "worse on main");
    expect(await repo.evals(["run"])).toMatchObject({ exit: 1 });
    const dry = await repo.evals(["rollback", "v1", "--dry-run"]);
    expect(dry.stdout).toContain("remove   prompts/q/1.1.0.md");
    expect(repo.git("log", "-1", "--format=%s")).toBe("worse on main");
    const back = await repo.json(["rollback", "v1", "--message", "customers complained"]);
    expect(back).toMatchObject({ exit: 0, document: { proofs: [{ suite: "s", equal: true }] } });
    expect(repo.git("status", "--porcelain")).toBe("");
    expect(repo.git("diff", "--stat", "evals/v1", "--", "prompts", "evals", "datasets")).toBe("");
    expect(repo.git("rev-list", "--count", "evals/v1..HEAD")).toBe("2");
    const again = await repo.json(["run"]);
    expect(again).toMatchObject({ exit: 0, document: { runs: [{ gate: { verdict: "no_regression" } }] } });

    const { stdout } = await repo.evals(["log"]);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const order = ["Roll back to evals/v1", "customers complained", "Promote s", "tag evals/v1: first"];
    const indexes = order.map((text) => stdout.indexOf(text));
    expect(indexes).not.toContain(-1);
    expect([...indexes].sort((a, b) => a - b)).toEqual(indexes);
    expect(stdout).toContain("Ada <ada@example.com>");
  });

  it("keep the version number of a prompt that a rollback removed as taken", async () => {
    await promoteFirst();
    repo.commit({ "prompts/q/1.1.0.md": promptText("Answer.") }, "worse on main");
    repo.git("push", "-q", "origin", "main");
    await repo.evals(["rollback", "v1"]);
    repo.write("prompts/q/1.1.0.md", promptText("Another text under the same version."));
    const checked = await repo.evals(["check"]);
    expect(checked.exit).toBe(2);
    expect(checked.stderr).toContain("prompts/q/1.1.1.md");
  });
});
