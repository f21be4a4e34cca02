import type { RunHeader } from "./run.ts";
import { isScoredFile } from "./scored-file.ts";

/** A run that its suite did not make by itself: it is never the newest, and no baseline is made of it. */
export function isAside(run: { readonly header: Pick<RunHeader, "alias" | "drift"> }): boolean {
  return isScoredFile(run) || run.header.drift !== undefined;
}
