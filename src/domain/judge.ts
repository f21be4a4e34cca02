import type { Json } from "./json.ts";
import type { ScoreInput } from "./scorer.ts";

/** What one judge said of one answer: a verdict a person could have given too. */
export interface Judged {
  readonly verdict: "pass" | "fail";
  /** In [0, 1]; 0 or 1 for a judge that knows nothing between. */
  readonly score: number;
  /** The judge's words: model output, so it is escaped wherever shown. */
  readonly reason: string;
}

/** Which judge a scorer rests on. */
export interface JudgeRef {
  readonly name: string;
  /** Exact semver. */
  readonly version: string;
  /** Hash of all that defines its verdicts: its file, its models with their settings. 64 hexadecimal digits. */
  readonly hash: string;
}

/** A judge ready to be asked. */
export interface OpenJudge extends JudgeRef {
  /** What `hash` is made of. */
  readonly identity: Json;
  /** Relative to the project root. */
  readonly path: string;
  /** Model names as their providers know them, one a member of the ensemble. */
  readonly models: readonly string[];
  /**
   * Asks, or reads back what it has said before: the same answer under the same repeat is paid for once.
   *
   * @param repeat from 1; different repeats are independent opinions of one answer
   * @throws {ScorerFailure} of kind "judge" without a usable verdict: never a pass, never a 0
   */
  judge(input: ScoreInput, repeat: number): Promise<Judged>;
  close(): Promise<void>;
}
