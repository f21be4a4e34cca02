import { conflictLine, conflictProblem, decodeText } from "../domain/file-text.ts";
import { EvalsError } from "../domain/problem.ts";
import type { FileSource } from "./file-source.ts";
import { parseEnvFile } from "./parse-env-file.ts";

const FILE = ".env";

/**
 * The variables in the project root's `.env`; empty when there is no such file.
 *
 * @throws {EvalsError} for an unreadable file, another encoding, or a merge conflict
 */
export function readEnvFile(files: FileSource): Record<string, string> {
  if (!files.exists(FILE)) return {};
  const text = decodeText(files.read(FILE), FILE);
  const conflict = conflictLine(text);
  if (conflict !== undefined) throw new EvalsError(conflictProblem(FILE, conflict));
  return parseEnvFile(text);
}
