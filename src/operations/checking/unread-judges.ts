import { EvalsError, type Problem } from "../../domain/problem.ts";
import { listJudges } from "../../project/find-judge.ts";
import { workTree } from "../../project/work-tree.ts";
import type { Environment } from "../environment.ts";
import { locate } from "../project/open-project.ts";

/** Checks the judge files as far as that is possible when the project cannot be read. */
export async function unreadJudges(io: Environment, directory: string | undefined): Promise<Problem[]> {
  try {
    const { root, gitRoot } = locate(io, directory);
    const { unread, problems } = await listJudges(workTree(root, gitRoot ?? root));
    return [...problems, ...unread.flatMap((one) => one.problems)];
  } catch (error) {
    // The caller has already reported why the project cannot be found.
    if (error instanceof EvalsError) return [];
    throw error;
  }
}
