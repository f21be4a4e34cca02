import type { RunHeader } from "./run.ts";
import { isScoredFile } from "./scored-file.ts";

/**
 * Whether a run is not an ordinary run of its suite, but a scored file of answers or a run of a drift series. Such a
 * run never counts as the suite's newest run, and is never promoted.
 */
export function isAside(run: { readonly header: Pick<RunHeader, "alias" | "drift"> }): boolean {
  return isScoredFile(run) || run.header.drift !== undefined;
}
