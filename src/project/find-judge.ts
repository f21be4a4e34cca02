import type { JudgeFile, UnreadJudge } from "../domain/judge.ts";
import { EvalsError } from "../domain/problem.ts";
import type { ListedJudges } from "../domain/project.ts";
import type { FileSource } from "./file-source.ts";
import { readText } from "./read-text.ts";
import { findVersion, JUDGES, listVersions, type VersionFile } from "./version-files.ts";

/**
 * Loads the version for a spec: `name` (the newest), `name@1.2.0`, or `name@^1` (the newest that matches).
 *
 * @throws {EvalsError} EVALS_JUDGE_UNKNOWN, EVALS_JUDGE_NO_VERSION; neither names a file and line. Or like `parseJudge`
 */
export async function findJudge(files: FileSource, spec: string): Promise<JudgeFile> {
  return readJudgeFile(files, await findVersion(files, JUDGES, spec));
}

/**
 * All versions of every judge: those that can be read, the mistakes of those that can be read in part, and all other
 * problems.
 */
export async function listJudges(files: FileSource): Promise<ListedJudges> {
  const { versions, problems } = listVersions(files, JUDGES);
  if (versions.length === 0) return { judges: [], unread: [], problems };
  const { UnreadJudge } = await import("../domain/judge.ts");
  const all = [...problems];
  const judges: JudgeFile[] = [];
  const unread: UnreadJudge[] = [];
  for (const file of versions) {
    try {
      judges.push(await readJudgeFile(files, file));
    } catch (error) {
      if (error instanceof UnreadJudge) unread.push(error);
      else if (error instanceof EvalsError) all.push(...error.problems);
      else throw error;
    }
  }
  return { judges, unread, problems: all };
}

/** The code that reads judges is loaded only for a project with judges. */
async function readJudgeFile(files: FileSource, file: VersionFile): Promise<JudgeFile> {
  const { parseJudge } = await import("./parse-judge.ts");
  return parseJudge(readText(files, file.path), file);
}
