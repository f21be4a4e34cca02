import type { BaseBranch } from "./base-branch.ts";

/** The kind of the current build, according to the CI environment. */
export type ChangeBuild =
  /** A local run, or a CI build of a push or schedule. */
  | { readonly kind: "none" }
  /** A build of a change that will be merged into this branch. */
  | { readonly kind: "into"; readonly base: BaseBranch }
  /** A build of a change with an unknown target branch. */
  | { readonly kind: "unknown"; readonly ci: string; readonly variable: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a file that the CI system wrote; null for a file that does not exist. */
export type ReadText = (path: string) => string | null;

/** How to recognize the build of a change in a CI system. */
interface CiSystem {
  readonly name: string;
  /** Variables with the target branch, the most reliable first. */
  readonly base: readonly string[];
  /** Variables that are set only in the build of a change. If one of them is set, the build is of a change. */
  readonly change: readonly string[];
  /** Variables that identify the build of a change if their value matches the pattern. */
  readonly when?: readonly (readonly [variable: string, pattern: RegExp])[];
}

/**
 * All known CI systems. A variable that is also set in builds of a push (`TRAVIS_BRANCH`, `PULL_BASE_REF`) counts
 * only together with another variable that identifies the build of a change.
 */
export const CI_SYSTEMS: readonly CiSystem[] = [
  {
    name: "GitHub Actions",
    base: ["GITHUB_BASE_REF"],
    change: ["GITHUB_HEAD_REF"],
    when: [["GITHUB_EVENT_NAME", /^pull_request/]],
  },
  {
    name: "GitLab CI",
    base: ["CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"],
    change: ["CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_EVENT_TYPE", "CI_EXTERNAL_PULL_REQUEST_IID"],
    when: [["CI_PIPELINE_SOURCE", /^(?:merge_request_event|external_pull_request_event)$/]],
  },
  {
    name: "Bitbucket Pipelines",
    base: ["BITBUCKET_PR_DESTINATION_BRANCH"],
    change: ["BITBUCKET_PR_ID"],
  },
  {
    name: "Azure Pipelines",
    base: ["SYSTEM_PULLREQUEST_TARGETBRANCH", "SYSTEM_PULLREQUEST_TARGETBRANCHNAME"],
    change: ["SYSTEM_PULLREQUEST_PULLREQUESTID", "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"],
    when: [["BUILD_REASON", /^PullRequest$/]],
  },
  {
    name: "CircleCI",
    base: [],
    change: ["CIRCLE_PULL_REQUEST", "CIRCLE_PULL_REQUESTS", "CIRCLE_PR_NUMBER"],
  },
  {
    name: "Buildkite",
    base: ["BUILDKITE_MERGE_QUEUE_BASE_BRANCH"],
    change: [],
  },
  {
    name: "Buildkite",
    base: ["BUILDKITE_PULL_REQUEST_BASE_BRANCH"],
    change: ["BUILDKITE_PULL_REQUEST"],
  },
  {
    name: "Jenkins (multibranch)",
    base: ["CHANGE_TARGET"],
    change: ["CHANGE_ID"],
    when: [["BRANCH_NAME", /^(?:PR|MR)-\d+(?:-(?:head|merge))?$/]],
  },
  {
    name: "Jenkins (GitHub pull request builder)",
    base: ["ghprbTargetBranch"],
    change: ["ghprbPullId"],
  },
  {
    name: "Jenkins (GitLab)",
    base: ["gitlabTargetBranch"],
    change: ["gitlabMergeRequestIid"],
  },
  {
    name: "Travis CI",
    base: ["TRAVIS_BRANCH"],
    change: ["TRAVIS_PULL_REQUEST"],
    when: [["TRAVIS_EVENT_TYPE", /^pull_request$/]],
  },
  {
    name: "Drone",
    base: ["DRONE_TARGET_BRANCH"],
    change: ["DRONE_PULL_REQUEST"],
    when: [["DRONE_BUILD_EVENT", /^pull_request$/]],
  },
  {
    name: "Woodpecker",
    base: ["CI_COMMIT_TARGET_BRANCH"],
    change: ["CI_COMMIT_PULL_REQUEST"],
    when: [
      ["CI_PIPELINE_EVENT", /^pull_request/],
      ["CI_BUILD_EVENT", /^pull_request$/],
    ],
  },
  {
    name: "Semaphore",
    base: ["SEMAPHORE_GIT_BRANCH"],
    change: ["SEMAPHORE_GIT_PR_NUMBER"],
    when: [["SEMAPHORE_GIT_REF_TYPE", /^pull-request$/]],
  },
  {
    name: "AppVeyor",
    base: ["APPVEYOR_REPO_BRANCH"],
    change: ["APPVEYOR_PULL_REQUEST_NUMBER"],
  },
  {
    name: "AWS CodeBuild",
    base: ["CODEBUILD_WEBHOOK_BASE_REF"],
    change: [],
    when: [
      ["CODEBUILD_WEBHOOK_EVENT", /^PULL_REQUEST_/],
      ["CODEBUILD_WEBHOOK_TRIGGER", /^pr\/\d+$/],
      ["CODEBUILD_SOURCE_VERSION", /^pr\/\d+$/],
    ],
  },
  {
    name: "Gerrit",
    base: ["GERRIT_BRANCH"],
    change: ["GERRIT_PATCHSET_REVISION", "GERRIT_CHANGE_NUMBER"],
  },
  {
    name: "Zuul",
    base: ["ZUUL_BRANCH"],
    change: ["ZUUL_CHANGE"],
  },
  {
    name: "Prow",
    base: ["PULL_BASE_REF"],
    change: ["PULL_NUMBER", "PULL_PULL_SHA"],
    when: [["PULL_REFS", /,\d+:/]],
  },
  {
    name: "Cirrus CI",
    base: ["CIRRUS_BASE_BRANCH"],
    change: ["CIRRUS_PR"],
  },
  {
    name: "Codefresh",
    base: ["CF_PULL_REQUEST_TARGET", "CF_BASE_BRANCH"],
    change: ["CF_PULL_REQUEST_NUMBER"],
  },
  {
    name: "Bitrise",
    base: ["BITRISEIO_GIT_BRANCH_DEST"],
    change: ["BITRISE_PULL_REQUEST"],
  },
  {
    name: "Codemagic",
    base: ["CM_PULL_REQUEST_DEST"],
    change: ["CM_PULL_REQUEST"],
  },
  {
    name: "Xcode Cloud",
    base: ["CI_PULL_REQUEST_TARGET_BRANCH"],
    change: ["CI_PULL_REQUEST_NUMBER"],
  },
  {
    name: "Buddy",
    base: ["BUDDY_RUN_PR_BASE_BRANCH", "BUDDY_EXECUTION_PULL_REQUEST_BASE_BRANCH"],
    change: ["BUDDY_RUN_PR_NO", "BUDDY_EXECUTION_PULL_REQUEST_NO"],
  },
  {
    name: "Bamboo",
    base: ["bamboo_repository_pr_targetBranch"],
    change: ["bamboo_repository_pr_key"],
  },
  {
    name: "Screwdriver",
    base: ["PR_BASE_BRANCH_NAME"],
    change: ["SD_PULL_REQUEST"],
  },
  {
    name: "TeamCity",
    base: ["teamcity_pullRequest_target_branch"],
    change: ["teamcity_pullRequest_number"],
  },
  {
    name: "Vercel",
    base: [],
    change: ["VERCEL_GIT_PULL_REQUEST_ID"],
  },
  {
    name: "Netlify",
    base: [],
    change: [],
    when: [["CONTEXT", /^deploy-preview$/]],
  },
];

/** Variables with the ref that is built. Merge-queue branches and refs of changes are recognized by name. */
export const BUILT_REF = [
  "GITHUB_REF",
  "CI_COMMIT_BRANCH",
  "CI_COMMIT_REF_NAME",
  "BITBUCKET_BRANCH",
  "BUILD_SOURCEBRANCH",
  "CIRCLE_BRANCH",
  "BUILDKITE_BRANCH",
  "BRANCH_NAME",
  "GIT_BRANCH",
  "TRAVIS_BRANCH",
  "DRONE_BRANCH",
  "SEMAPHORE_GIT_BRANCH",
  "APPVEYOR_REPO_BRANCH",
  "CODEBUILD_WEBHOOK_HEAD_REF",
  "CODEBUILD_SOURCE_VERSION",
  "CIRRUS_BRANCH",
  "CF_BRANCH",
  "BITRISE_GIT_BRANCH",
  "TEAMCITY_BUILD_BRANCH",
  "GERRIT_REFSPEC",
  "ZUUL_REF",
] as const;

/** Branch names of merge queues; the first group is the target branch, if the name contains it. */
const QUEUES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["GitHub's merge queue", /^gh-readonly-queue\/(.+)\/pr-\d+-[0-9a-z]+$/],
  ["Mergify's merge queue", /^mergify\/(?:merge-queue|bors|trains?)\/()/],
  ["Graphite's merge queue", /^gtmq_()/],
  ["Trunk's merge queue", /^trunk-(?:merge|temp)\/()/],
  ["Aviator's merge queue", /^mq-bot-()/],
  ["Bors", /^(?:bors\/(?:staging|trying|auto|try)|automation\/bors\/(?:auto|try))()(?:\.tmp)?$/],
];

/**
 * Refs that stand for a change under review, not for a branch: `refs/pull/7/merge`, `refs/merge-requests/7/train`,
 * `refs/changes/34/1234/1`.
 */
const CHANGE_REF =
  /^(?:refs\/)?(?:(?:pull|pull-requests)\/\d+(?:\/|$)|merge-requests\/\d+\/|changes\/\d+\/\d+\/)/;

/**
 * Finds out if this is the build of a change, and into which branch the change will be merged. `EVALS_BASE_REF` takes
 * precedence over CI variables.
 */
export function changeBuildOf(env: Environment, read: ReadText): ChangeBuild {
  const own = value(env, "EVALS_BASE_REF");
  if (own !== null) return into(own, "EVALS_BASE_REF");
  const all = [
    ...eventOnGitHub(env, read),
    ...CI_SYSTEMS.flatMap((system) => buildsOfSystem(system, env)),
    ...buildsOnTeamCity(env, read),
    ...BUILT_REF.flatMap((variable) => buildsOfRef(variable, env)),
    ...branchOfBors(env, read),
  ];
  return all.find((one) => one.kind === "into") ?? all[0] ?? { kind: "none" };
}

/** The value of a variable; null when it is empty, `false` or an unexpanded macro. */
function value(env: Environment, name: string): string | null {
  const text = env[name]?.trim();
  return text === undefined || text === "" || text === "false" || text.startsWith("$(") ? null : text;
}

const into = (name: string, variable: string): ChangeBuild => ({
  kind: "into",
  base: { name: name.replace(/^refs\/heads\//, ""), variable },
});

function buildsOfSystem({ name, base, change, when = [] }: CiSystem, env: Environment): ChangeBuild[] {
  const variable =
    change.find((one) => value(env, one) !== null) ??
    when.find(([one, pattern]) => pattern.test(value(env, one) ?? ""))?.[0];
  if (variable === undefined && !isProofItself(base, change, env)) return [];
  const named = base.find((one) => value(env, one) !== null);
  if (named !== undefined) return [into(value(env, named) ?? "", named)];
  return variable === undefined ? [] : [{ kind: "unknown", ci: name, variable }];
}

/**
 * Whether a variable is set that names a target branch and that is never set in the build of a push. Such a variable
 * alone identifies the build of a change, unless one of the `change` variables says `false`.
 */
function isProofItself(base: readonly string[], change: readonly string[], env: Environment): boolean {
  const also = base.filter((one) => !ALSO_IN_PUSHES.has(one));
  return also.some((one) => value(env, one) !== null) && !change.some((one) => env[one]?.trim() === "false");
}

/** Variables that name a branch in builds of a push too. */
const ALSO_IN_PUSHES = new Set([
  "TRAVIS_BRANCH",
  "DRONE_TARGET_BRANCH",
  "CI_COMMIT_TARGET_BRANCH",
  "SEMAPHORE_GIT_BRANCH",
  "APPVEYOR_REPO_BRANCH",
  "GERRIT_BRANCH",
  "ZUUL_BRANCH",
  "PULL_BASE_REF",
  "CF_BASE_BRANCH",
  "CODEBUILD_WEBHOOK_BASE_REF",
]);

/**
 * The build as GitHub's event file describes it. For a merge queue and for events other than `pull_request`, only
 * this file contains the target branch.
 */
function eventOnGitHub(env: Environment, read: ReadText): ChangeBuild[] {
  const path = value(env, "GITHUB_EVENT_PATH");
  const event = path === null ? null : parsed(read(path));
  const buildsInto = (name: unknown): ChangeBuild[] =>
    typeof name === "string" && name !== "" ? [into(name, "GITHUB_EVENT_PATH")] : [];
  if (value(env, "GITHUB_EVENT_NAME") === "merge_group" || event?.merge_group !== undefined) {
    const named = buildsInto(event?.merge_group?.base_ref);
    return named.length > 0
      ? named
      : [{ kind: "unknown", ci: "GitHub's merge queue", variable: "GITHUB_EVENT_NAME" }];
  }
  return [
    ...buildsInto(event?.pull_request?.base?.ref),
    ...(event?.workflow_run?.event?.startsWith("pull_request") === true
      ? buildsInto(event.workflow_run.pull_requests?.[0]?.base?.ref)
      : []),
  ];
}

interface GitHubEvent {
  readonly merge_group?: { readonly base_ref?: unknown };
  readonly pull_request?: { readonly base?: { readonly ref?: unknown } };
  readonly workflow_run?: {
    readonly event?: string;
    readonly pull_requests?: readonly { readonly base?: { readonly ref?: unknown } }[];
  };
}

function parsed(text: string | null): GitHubEvent | null {
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/** The build as TeamCity describes it. The build's parameters are in a file whose path is in another file. */
function buildsOnTeamCity(env: Environment, read: ReadText): ChangeBuild[] {
  const place = value(env, "TEAMCITY_BUILD_PROPERTIES_FILE");
  const build = properties(place === null ? null : read(place));
  const configuration = build.get("teamcity.configuration.properties.file");
  const all = new Map([...build, ...properties(configuration === undefined ? null : read(configuration))]);
  const target = all.get("teamcity.pullRequest.target.branch");
  if (target !== undefined && target !== "") return [into(target, "teamcity.pullRequest.target.branch")];
  return all.has("teamcity.pullRequest.number")
    ? [{ kind: "unknown", ci: "TeamCity", variable: "teamcity.pullRequest.number" }]
    : [];
}

function properties(text: string | null): Map<string, string> {
  const lines = Array.from((text ?? "").matchAll(/^\s*([^#!\s=:]+)\s*[=:]\s*(.*)$/gm));
  return new Map(lines.map(([, key = "", text = ""]) => [key, text.trim().replace(/\\(.)/g, "$1")]));
}

/** The build of a merge queue's branch or of a change's ref, recognized by the name of the ref. */
function buildsOfRef(variable: (typeof BUILT_REF)[number], env: Environment): ChangeBuild[] {
  const ref = value(env, variable);
  if (ref === null) return [];
  const branch = ref.replace(/^refs\/heads\//, "").replace(/^origin\//, "");
  for (const [ci, pattern] of QUEUES) {
    const found = pattern.exec(branch);
    if (found === null) continue;
    return [found[1] ? into(found[1], variable) : { kind: "unknown", ci, variable }];
  }
  return CHANGE_REF.test(ref) ? [{ kind: "unknown", ci: "The CI system", variable }] : [];
}

/**
 * The build of a branch of bors-ng, a merge bot. Its branches have ordinary names (`staging`, `trying`), so the
 * config file of bors-ng must exist, too.
 */
function branchOfBors(env: Environment, read: ReadText): ChangeBuild[] {
  const variable = BUILT_REF.find((one) =>
    /^(?:refs\/heads\/|origin\/)?(?:staging|trying)(?:\.tmp)?$/.test(value(env, one) ?? ""),
  );
  if (variable === undefined) return [];
  const isBors = ["bors.toml", ".github/bors.toml"].some((path) => read(path) !== null);
  return isBors ? [{ kind: "unknown", ci: "Bors", variable }] : [];
}
