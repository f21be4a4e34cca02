import type { Json } from "./json.ts";
import type { PartDifference } from "./report.ts";

/** One scorer as a fingerprint holds it. */
export interface ScorerPart {
  readonly name: string;
  readonly required: boolean;
  readonly hash: string;
  /** Settings, and the hash of each file that it is made of; null where only the hash is known. */
  readonly identity: Json;
}

/** Everything that a fingerprint rests on. What a side does not know is null, and is not compared. */
export interface FingerprintParts {
  readonly fingerprint: string | null;
  /** `prompt 1.2.0 · gpt-5.4-mini-2026-03-17`; for people. */
  readonly label: string;
  /** Its answers were made elsewhere: a request stands for those of a file, and nobody was asked. */
  readonly recorded: boolean;
  /** `triage@1.2.0`; undefined where nobody knows, null for a target without a prompt. */
  readonly prompt: string | null | undefined;
  /** What every request says alike: the model and its parameters. */
  readonly request: Readonly<Record<string, Json>> | null;
  /** What else the target is: provider, address, version, context, hashes of its files. */
  readonly target: Json;
  /** Path of the dataset; null where it is not known. */
  readonly dataset: string | null;
  /** Hashes of each case by its id; the request's is null where it is not known. */
  readonly cases: ReadonlyMap<string, { readonly content: string; readonly request: string | null }>;
  readonly scorers: readonly ScorerPart[];
}

/** What one run's fingerprint rests on. */
export interface ShownFingerprint {
  readonly kind: "one";
  /** Id of the run. */
  readonly run: string;
  readonly parts: FingerprintParts;
  /** One hash over all cases: equal for two runs that asked the same questions. */
  readonly contents: string;
}

/** Which parts of two runs' fingerprints differ. */
export interface ComparedFingerprints {
  readonly kind: "two";
  /** Their ids. */
  readonly runs: readonly [string, string];
  readonly fingerprints: readonly [string, string];
  readonly differences: readonly PartDifference[];
}
