import { EvalsError } from "../../domain/problem.ts";

/** The oldest Node version that pg-boss supports. */
const NODE = [22, 12] as const;

/**
 * Checks that this process can use workers: its Node version and the packages.
 *
 * @param version `process.versions.node`
 * @throws {EvalsError} EVALS_WORKERS_NODE, EVALS_WORKERS_PACKAGES
 */
export async function requireWorkerParts(version: string): Promise<void> {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < NODE[0] || (major === NODE[0] && minor < NODE[1])) {
    throw new EvalsError({
      code: "EVALS_WORKERS_NODE",
      what: `Workers need Node ${NODE.join(".")} or later, and this is Node ${version}.`,
      why: "The workers' queue is pg-boss, which does not run on older versions of Node. All other commands of evals do.",
      fix: "Run this command with Node 24; or share the work without a queue: `evals run --shard 1/3` and `evals merge`.",
    });
  }
  try {
    await Promise.all([import("pg"), import("pg-boss")]);
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new EvalsError({
      code: "EVALS_WORKERS_PACKAGES",
      what: "Workers need the packages pg and pg-boss, which are not installed.",
      why: "evals does not install these packages, because only workers need them.",
      fix: "npm install --save-dev pg@8 pg-boss@12",
    });
  }
}
