import type { RunHeader } from "./run.ts";

/** How the alias of a run of `evals diff file:…` begins; no alias of a config does. */
const PREFIX = "file:";

/** The alias under which the answers of a file are scored to be compared. */
export const scoredFileAlias = (path: string): string => `${PREFIX}${path}`;

/** A run of `evals diff file:…`: answers of a file that were scored to be compared, and nothing that the suite gave. */
export function isScoredFile({ header }: { readonly header: Pick<RunHeader, "alias"> }): boolean {
  return header.alias.startsWith(PREFIX);
}
