import type { RunHeader } from "./run.ts";

/** Prefix of the alias of a run that `evals diff file:…` makes; no alias of a config can start with this prefix. */
const PREFIX = "file:";

/** The alias under which a file's answers are scored for a comparison. */
export const scoredFileAlias = (path: string): string => `${PREFIX}${path}`;

/** Whether a run was made by `evals diff file:…`: it scored a file's answers, not answers of the suite's target. */
export function isScoredFile({ header }: { readonly header: Pick<RunHeader, "alias"> }): boolean {
  return header.alias.startsWith(PREFIX);
}
