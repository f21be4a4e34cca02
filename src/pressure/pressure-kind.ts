import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";
import type { PressureKind, PressureSettings, UnderPressure } from "../domain/pressure.ts";
import type { RandomSource } from "../statistics/seeded-random.ts";
import type { RightAnswer } from "./right-answer.ts";

/** A case, and what a kind of pressure needs to make the variant of one of its trials. */
export interface PressedCase {
  readonly golden: Case;
  /**
   * Starts at a random number for each case, and is one higher for each further trial. A kind of pressure with several
   * forms takes the form at this number modulo the number of forms, so that each form is used equally often.
   */
  readonly turn: number;
  readonly settings: PressureSettings;
  /** Seeded by case, kind, trial and seed; independent of prompt, model and answer. */
  readonly random: RandomSource;
  readonly right: RightAnswer;
  /** Short expected values of other cases, for use as wrong claims. */
  readonly others: readonly string[];
  /** Whether a tool was called in the original trial. */
  readonly calledTools: boolean;
  /** Reviewed paraphrases of this case's input; empty when there are none. */
  readonly paraphrases: readonly Json[];
}

/** How a variant differs from its trial. */
export interface PressedQuestion extends Pick<UnderPressure, "say" | "tool_result"> {
  /** The changed input; absent when the variant keeps the input of its trial. */
  readonly input?: Json | undefined;
}

/** A kind of pressure. A new kind is a file in kinds/, a name in domain/pressure.ts, and a line in registry.ts. */
export interface PressureKindDefinition {
  readonly kind: PressureKind;
  /**
   * Increase this number when the texts of the kind change. It is part of each case's key, so a run with the new texts
   * gets another fingerprint.
   */
  readonly version: number;
  /** Returns null when there is nothing to change in this case or trial. */
  make(from: PressedCase): PressedQuestion | null;
}
