/** Beginnings of the names of all variables by which the build of a change is recognized. */
const NAMES =
  /^(?:EVALS_BASE_REF$|CI_|GITHUB_|BITBUCKET_|SYSTEM_PULLREQUEST_|BUILD_|CIRCLE_|BUILDKITE_|CHANGE_|BRANCH_NAME$|GIT_BRANCH$|ghprb|gitlab|TRAVIS_|DRONE_|SEMAPHORE_|APPVEYOR_|CODEBUILD_|GERRIT_|ZUUL_|PULL_|CIRRUS_|CF_|BITRISE|CM_|BUDDY_|bamboo_|PR_|SD_|teamcity_|VERCEL_|CONTEXT$)/i;

/**
 * Whether this may be the build of a change. Most starts are not in CI, and then the table of all CI systems is not
 * loaded.
 */
export function mayBeChange(env: Readonly<Record<string, string | undefined>>): boolean {
  return Object.keys(env).some((name) => NAMES.test(name));
}
