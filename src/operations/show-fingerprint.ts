import type {
  ComparedFingerprints,
  FingerprintParts,
  ShownFingerprint,
} from "../domain/fingerprint-parts.ts";
import { hashJson } from "../domain/json.ts";
import { differingParts } from "../run/fingerprint-parts.ts";
import type { Environment } from "./environment.ts";
import { findRun } from "./project/find-run.ts";
import { locate } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { partsOfRun } from "./sides/run-parts.ts";

export interface ShowFingerprintInput {
  readonly directory?: string | undefined;
  /** A word that means the run, as for `findRun`. */
  readonly run: string;
  /** A word that means a second run, to compare the first with; undefined to show only the first. */
  readonly other: string | undefined;
}

/**
 * The parts of a run's fingerprint; with a second run, the parts that differ.
 *
 * @throws {EvalsError} like `findRun`
 */
export async function showFingerprint(
  io: Environment,
  { directory, run: word, other }: ShowFingerprintInput,
): Promise<ShownFingerprint | ComparedFingerprints> {
  const { root } = locate(io, directory);
  const store = await openStoredHistory(root, io);
  try {
    const run = await findRun(store, word);
    const second = other === undefined ? null : await findRun(store, other);
    const parts = await partsOfRun(store, run);
    if (second === null) return { kind: "one", run: run.header.id, parts, contents: contentsOf(parts) };
    return {
      kind: "two",
      runs: [run.header.id, second.header.id],
      fingerprints: [run.header.fingerprint, second.header.fingerprint],
      differences: differingParts(parts, await partsOfRun(store, second)),
    };
  } finally {
    store.close();
  }
}

function contentsOf({ cases }: FingerprintParts): string {
  return hashJson([...cases].map(([id, { content }]) => [id, content]).sort());
}
