import type { RunHeader } from "./run.ts";
import { isScoredFile } from "./scored-file.ts";

/** Whether a run was not started as an ordinary run of its suite: it never counts as the newest, and is never promoted. */
export function isAside(run: { readonly header: Pick<RunHeader, "alias" | "drift"> }): boolean {
  return isScoredFile(run) || run.header.drift !== undefined;
}
