import type { Json } from "./json.ts";
import type { PartDifference } from "./report.ts";

/** One scorer in a fingerprint. */
export interface ScorerPart {
  readonly name: string;
  readonly required: boolean;
  readonly hash: string;
  /** The scorer's settings and the hashes of its files; null when only the hash is known. */
  readonly identity: Json;
}

/** Everything in a fingerprint. An unknown value is null, and is not compared. */
export interface FingerprintParts {
  readonly fingerprint: string | null;
  /** The target as a text for people: `prompt 1.2.0 · gpt-5.4-mini-2026-03-17`. */
  readonly label: string;
  /**
   * Whether the target's answers were made elsewhere and are read from a file. Then the hash of a request is the hash
   * of the answers in that file.
   */
  readonly recorded: boolean;
  /**
   * Name and version of the prompt, such as `triage@1.2.0`; undefined when unknown, null for a target without a
   * prompt.
   */
  readonly prompt: string | null | undefined;
  /** The part common to all requests: the model and its parameters. */
  readonly request: Readonly<Record<string, Json>> | null;
  /** The rest of the target: provider, address, version, context, hashes of its files. */
  readonly target: Json;
  /** Path of the dataset; null when unknown. */
  readonly dataset: string | null;
  /** Hashes of each case by id; the request's hash is null when unknown. */
  readonly cases: ReadonlyMap<string, { readonly content: string; readonly request: string | null }>;
  readonly scorers: readonly ScorerPart[];
}

/** The parts of one run's fingerprint. */
export interface ShownFingerprint {
  readonly kind: "one";
  /** Id of the run. */
  readonly run: string;
  readonly parts: FingerprintParts;
  /** Hash of all cases: equal for two runs with the same questions. */
  readonly contents: string;
}

/** The parts in which two runs' fingerprints differ. */
export interface ComparedFingerprints {
  readonly kind: "two";
  /** Ids of the two runs. */
  readonly runs: readonly [string, string];
  readonly fingerprints: readonly [string, string];
  readonly differences: readonly PartDifference[];
}
