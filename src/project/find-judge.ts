import type { JudgeFile } from "../domain/judge.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { collect, collectAsync } from "./file-problems.ts";
import type { FileSource } from "./file-source.ts";
import { parseJudge, readJudge } from "./parse-judge.ts";
import { readText } from "./read-text.ts";
import { findVersion, JUDGES, listVersions, type VersionFile } from "./version-files.ts";

/**
 * Loads the version for a spec: `name` (the newest), `name@1.2.0`, or `name@^1` (the newest that matches).
 *
 * @throws {EvalsError} EVALS_JUDGE_UNKNOWN, EVALS_JUDGE_NO_VERSION without a location; or the file's own mistakes
 */
export async function findJudge(files: FileSource, spec: string): Promise<JudgeFile> {
  const file = await findVersion(files, JUDGES, spec);
  const { judge, problems } = readJudge(readText(files, file.path), file);
  const { settings } = judge;
  if (problems.length === 0 && settings !== undefined) return { ...judge, settings };
  const { compileJudge } = await import("./compile-judge.ts");
  const all = [...problems];
  await collectAsync(all, () => compileJudge(judge, null));
  throw new EvalsError(all);
}

/** All readable versions of every judge, and the problems of the versions that cannot be read. */
export function listJudges(files: FileSource): {
  readonly judges: readonly JudgeFile[];
  readonly problems: readonly Problem[];
} {
  const { versions, problems } = listVersions(files, JUDGES);
  const all = [...problems];
  const judges = versions.flatMap((file) => collect(all, () => readJudgeFile(files, file)) ?? []);
  return { judges, problems: all };
}

function readJudgeFile(files: FileSource, file: VersionFile): JudgeFile {
  return parseJudge(readText(files, file.path), file);
}
