import { describe, expect, it } from "vitest";
import { CI_SYSTEMS, changeBuildOf } from "./change-build.ts";

const noFiles = () => null;
const branchIn = (env: Record<string, string>, read: (path: string) => string | null = noFiles) => {
  const build = changeBuildOf(env, read);
  return build.kind === "into" ? build.base.name : build.kind;
};

/** Values of CI variables that identify the build of a change. */
const EXAMPLES = [
  "pull_request",
  "merge_request_event",
  "PullRequest",
  "PR-7",
  "pull-request",
  "PULL_REQUEST_UPDATED",
  "pr/7",
  "main:1a,7:2b",
  "deploy-preview",
];

/** For each CI system: its variables in the build of a change, and in the build of a push. */
const BUILDS: readonly [system: string, change: Record<string, string>, push: Record<string, string>][] = [
  [
    "GitHub Actions",
    {
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_BASE_REF: "main",
      GITHUB_HEAD_REF: "x",
      GITHUB_REF: "refs/pull/7/merge",
    },
    { GITHUB_EVENT_NAME: "push", GITHUB_BASE_REF: "", GITHUB_HEAD_REF: "", GITHUB_REF: "refs/heads/main" },
  ],
  [
    "GitLab CI",
    {
      CI_PIPELINE_SOURCE: "merge_request_event",
      CI_MERGE_REQUEST_IID: "7",
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    },
    { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" },
  ],
  [
    "a merge train of GitLab",
    {
      CI_MERGE_REQUEST_EVENT_TYPE: "merge_train",
      CI_MERGE_REQUEST_REF_PATH: "refs/merge-requests/7/train",
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    },
    { CI_PIPELINE_SOURCE: "schedule", CI_COMMIT_BRANCH: "main" },
  ],
  [
    "GitLab CI for another host",
    {
      CI_PIPELINE_SOURCE: "external_pull_request_event",
      CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME: "main",
    },
    { CI_PIPELINE_SOURCE: "web" },
  ],
  [
    "Bitbucket Pipelines",
    { BITBUCKET_PR_ID: "7", BITBUCKET_PR_DESTINATION_BRANCH: "main", BITBUCKET_BRANCH: "x" },
    { BITBUCKET_BRANCH: "main" },
  ],
  [
    "Azure Pipelines",
    {
      BUILD_REASON: "PullRequest",
      SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
      SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/main",
      BUILD_SOURCEBRANCH: "refs/pull/7/merge",
    },
    { BUILD_REASON: "IndividualCI", SYSTEM_PULLREQUEST_TARGETBRANCH: "$(System.PullRequest.TargetBranch)" },
  ],
  [
    "Buildkite",
    { BUILDKITE_PULL_REQUEST: "7", BUILDKITE_PULL_REQUEST_BASE_BRANCH: "main", BUILDKITE_BRANCH: "x" },
    { BUILDKITE_PULL_REQUEST: "false", BUILDKITE_PULL_REQUEST_BASE_BRANCH: "main", BUILDKITE_BRANCH: "main" },
  ],
  [
    "Buildkite in GitHub's merge queue",
    { BUILDKITE_PULL_REQUEST: "false", BUILDKITE_MERGE_QUEUE_BASE_BRANCH: "main" },
    { BUILDKITE_PULL_REQUEST: "false" },
  ],
  [
    "Jenkins (multibranch)",
    { CHANGE_ID: "7", CHANGE_TARGET: "main", BRANCH_NAME: "PR-7" },
    { BRANCH_NAME: "main" },
  ],
  [
    "Jenkins (GitHub pull request builder)",
    { ghprbPullId: "7", ghprbTargetBranch: "main" },
    { GIT_BRANCH: "origin/main" },
  ],
  ["Jenkins (GitLab)", { gitlabMergeRequestIid: "7", gitlabTargetBranch: "main" }, { GIT_BRANCH: "main" }],
  [
    "Travis CI",
    { TRAVIS_EVENT_TYPE: "pull_request", TRAVIS_PULL_REQUEST: "7", TRAVIS_BRANCH: "main" },
    { TRAVIS_EVENT_TYPE: "push", TRAVIS_PULL_REQUEST: "false", TRAVIS_BRANCH: "main" },
  ],
  [
    "Drone",
    { DRONE_BUILD_EVENT: "pull_request", DRONE_PULL_REQUEST: "7", DRONE_TARGET_BRANCH: "main" },
    { DRONE_BUILD_EVENT: "push", DRONE_TARGET_BRANCH: "main", DRONE_BRANCH: "main" },
  ],
  [
    "Woodpecker",
    { CI_PIPELINE_EVENT: "pull_request", CI_COMMIT_PULL_REQUEST: "7", CI_COMMIT_TARGET_BRANCH: "main" },
    { CI_PIPELINE_EVENT: "push", CI_COMMIT_TARGET_BRANCH: "main", CI_COMMIT_BRANCH: "main" },
  ],
  [
    "Semaphore",
    { SEMAPHORE_GIT_REF_TYPE: "pull-request", SEMAPHORE_GIT_PR_NUMBER: "7", SEMAPHORE_GIT_BRANCH: "main" },
    { SEMAPHORE_GIT_REF_TYPE: "branch", SEMAPHORE_GIT_BRANCH: "main" },
  ],
  [
    "AppVeyor",
    { APPVEYOR_PULL_REQUEST_NUMBER: "7", APPVEYOR_REPO_BRANCH: "main" },
    { APPVEYOR_REPO_BRANCH: "main" },
  ],
  [
    "AWS CodeBuild",
    {
      CODEBUILD_WEBHOOK_EVENT: "PULL_REQUEST_UPDATED",
      CODEBUILD_WEBHOOK_TRIGGER: "pr/7",
      CODEBUILD_WEBHOOK_BASE_REF: "refs/heads/main",
    },
    {
      CODEBUILD_WEBHOOK_EVENT: "PUSH",
      CODEBUILD_WEBHOOK_TRIGGER: "branch/main",
      CODEBUILD_WEBHOOK_BASE_REF: "refs/heads/main",
    },
  ],
  [
    "Gerrit",
    { GERRIT_CHANGE_NUMBER: "1234", GERRIT_BRANCH: "main", GERRIT_REFSPEC: "refs/changes/34/1234/1" },
    { GERRIT_EVENT_TYPE: "ref-updated", GERRIT_BRANCH: "main", GERRIT_REFNAME: "main" },
  ],
  [
    "Zuul",
    { ZUUL_CHANGE: "1234", ZUUL_BRANCH: "main", ZUUL_PIPELINE: "gate" },
    { ZUUL_PIPELINE: "post", ZUUL_BRANCH: "main" },
  ],
  [
    "Prow",
    { JOB_TYPE: "presubmit", PULL_NUMBER: "7", PULL_BASE_REF: "main", PULL_REFS: "main:1a,7:2b" },
    { JOB_TYPE: "postsubmit", PULL_BASE_REF: "main", PULL_REFS: "main:1a" },
  ],
  [
    "a batch of Prow",
    { JOB_TYPE: "batch", PULL_BASE_REF: "main", PULL_REFS: "main:1a,7:2b,8:3c" },
    { JOB_TYPE: "periodic" },
  ],
  [
    "Cirrus CI",
    { CIRRUS_PR: "7", CIRRUS_BASE_BRANCH: "main", CIRRUS_BRANCH: "pull/7" },
    { CIRRUS_BRANCH: "main" },
  ],
  [
    "Codefresh",
    { CF_PULL_REQUEST_NUMBER: "7", CF_PULL_REQUEST_TARGET: "main" },
    { CF_BASE_BRANCH: "main", CF_BRANCH: "main" },
  ],
  [
    "Bitrise",
    { BITRISE_PULL_REQUEST: "7", BITRISEIO_GIT_BRANCH_DEST: "main" },
    { BITRISE_GIT_BRANCH: "main" },
  ],
  ["Codemagic", { CM_PULL_REQUEST: "true", CM_PULL_REQUEST_DEST: "main" }, { CM_PULL_REQUEST: "false" }],
  [
    "Xcode Cloud",
    { CI_PULL_REQUEST_NUMBER: "7", CI_PULL_REQUEST_TARGET_BRANCH: "main" },
    { CI_BRANCH: "main" },
  ],
  ["Buddy", { BUDDY_RUN_PR_NO: "7", BUDDY_RUN_PR_BASE_BRANCH: "main" }, { BUDDY_RUN_BRANCH: "main" }],
  [
    "Bamboo",
    { bamboo_repository_pr_key: "7", bamboo_repository_pr_targetBranch: "main" },
    { bamboo_planRepository_branchName: "main" },
  ],
  ["Screwdriver", { SD_PULL_REQUEST: "7", PR_BASE_BRANCH_NAME: "main" }, { SD_PULL_REQUEST: "" }],
  [
    "TeamCity",
    { teamcity_pullRequest_number: "7", teamcity_pullRequest_target_branch: "main" },
    { TEAMCITY_VERSION: "2025.07" },
  ],
  [
    "a merge queue of GitHub on any system",
    { CIRCLE_BRANCH: "gh-readonly-queue/main/pr-7-0a1b2c" },
    { CIRCLE_BRANCH: "main" },
  ],
];

describe("the build of a change", () => {
  it.each(BUILDS)("on %s has its base branch, and the build of a push has none", (_system, change, push) => {
    expect(branchIn({ CI: "true", ...change })).toBe("main");
    expect(branchIn({ CI: "true", ...push })).toBe("none");
  });

  it("is read from every system that names a base branch", () => {
    const covered = new Set(BUILDS.flatMap(([, change]) => Object.keys(change)));
    for (const { name, base } of CI_SYSTEMS)
      expect(base.length === 0 || base.some((variable) => covered.has(variable)), name).toBe(true);
  });

  it.each(
    CI_SYSTEMS.flatMap((system) => [
      ...system.change.map((variable): [string, string, string] => [system.name, variable, "7"]),
      ...(system.when ?? []).map(([variable, pattern]): [string, string, string] => [
        system.name,
        variable,
        EXAMPLES.find((one) => pattern.test(one)) ?? "",
      ]),
    ]),
  )("on %s is recognized by %s alone, without a base branch", (name, variable, pattern) => {
    expect(pattern).not.toBe("");
    expect(changeBuildOf({ [variable]: pattern }, noFiles)).toMatchObject({ kind: "unknown", variable });
    expect(name).not.toBe("");
  });

  it.each([
    ["GitHub's merge queue, without the event's file", { GITHUB_EVENT_NAME: "merge_group" }],
    ["Mergify", { GITHUB_REF: "refs/heads/mergify/merge-queue/0a1b2c" }],
    ["Graphite", { CIRCLE_BRANCH: "gtmq_spec_0a1b" }],
    ["Trunk", { BUILDKITE_BRANCH: "trunk-merge/pr-7/0a1b" }],
    ["Aviator", { GITHUB_REF: "refs/heads/mq-bot-7-main" }],
    ["rust's bors", { GITHUB_REF: "refs/heads/automation/bors/auto" }],
    ["a ref of a change", { BUILD_SOURCEBRANCH: "refs/pull/7/merge" }],
    ["a merge train's ref", { CI_COMMIT_REF_NAME: "refs/merge-requests/7/train" }],
  ])("of %s is recognized though no base branch is named", (_name, env) => {
    expect(branchIn(env as Record<string, string>)).toBe("unknown");
  });

  it("of a merge queue whose base branch has slashes has that branch", () => {
    expect(branchIn({ GITHUB_REF: "refs/heads/gh-readonly-queue/release/2.x/pr-7-0a1b" })).toBe(
      "release/2.x",
    );
  });

  it("is read from the file of GitHub's event", () => {
    const event = (text: string) => (path: string) => (path === "/event.json" ? text : null);
    const env = { GITHUB_EVENT_PATH: "/event.json" };
    const queue = { ...env, GITHUB_EVENT_NAME: "merge_group", GITHUB_BASE_REF: "" };
    expect(branchIn(queue, event('{"merge_group":{"base_ref":"refs/heads/release/2"}}'))).toBe("release/2");
    expect(branchIn(queue, event("cut off"))).toBe("unknown");
    const review = { ...env, GITHUB_EVENT_NAME: "pull_request_review" };
    expect(branchIn(review, event('{"pull_request":{"base":{"ref":"main"}}}'))).toBe("main");
    const after = '{"workflow_run":{"event":"pull_request","pull_requests":[{"base":{"ref":"main"}}]}}';
    expect(branchIn({ ...env, GITHUB_EVENT_NAME: "workflow_run" }, event(after))).toBe("main");
    expect(branchIn({ ...env, GITHUB_EVENT_NAME: "push" }, event('{"base_ref":null}'))).toBe("none");
  });

  it("is read from the parameters of TeamCity", () => {
    const files: Record<string, string> = {
      "/build": "teamcity.configuration.properties.file=/configuration\n",
      "/configuration":
        "teamcity.pullRequest.number=7\nteamcity.pullRequest.target.branch=refs\\/heads\\/main\n",
    };
    const env = { TEAMCITY_BUILD_PROPERTIES_FILE: "/build" };
    expect(branchIn(env, (path) => files[path] ?? null)).toBe("main");
    expect(branchIn(env, (path) => (path === "/build" ? "teamcity.pullRequest.number=7\n" : null))).toBe(
      "unknown",
    );
    expect(branchIn(env)).toBe("none");
  });

  it("of bors-ng is recognized only with its config file, because other projects have a branch staging too", () => {
    const env = { TRAVIS_BRANCH: "staging" };
    expect(branchIn(env)).toBe("none");
    expect(branchIn(env, (path) => (path === "bors.toml" ? "" : null))).toBe("unknown");
  });

  it("has the base branch of EVALS_BASE_REF, whatever other variables say", () => {
    for (const [, change] of BUILDS) expect(branchIn({ ...change, EVALS_BASE_REF: "trunk" })).toBe("trunk");
    expect(branchIn({ CIRCLE_PULL_REQUEST: "https://x/7", CHANGE_TARGET: "main" })).toBe("main");
  });

  it("is none on a laptop", () => {
    expect(branchIn({})).toBe("none");
    expect(branchIn({ JOB_TYPE: "batch", CONTEXT: "production", BRANCH_NAME: "feature" })).toBe("none");
  });
});
