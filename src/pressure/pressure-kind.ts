import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";
import type { PressureKind, PressureSettings, UnderPressure } from "../domain/pressure.ts";
import type { RandomSource } from "../statistics/seeded-random.ts";
import type { RightAnswer } from "./right-answer.ts";

/** A case that a kind of pressure makes a variant of. */
export interface PressedCase {
  readonly golden: Case;
  /** Goes up by one from trial to trial of a case, from a beginning that is drawn: who has several ways takes them in turn. */
  readonly turn: number;
  readonly settings: PressureSettings;
  /** Of this case, kind, trial and seed; the same whatever the prompt, the model and the answer are. */
  readonly random: RandomSource;
  readonly right: RightAnswer;
  /** What other cases of the dataset expect: short, for use as a wrong claim. */
  readonly others: readonly string[];
  /** Some tool answered in the trial that the variant comes from. */
  readonly calledTools: boolean;
  /** Reviewed wordings of this case's input; none where no file has any. */
  readonly paraphrases: readonly Json[];
}

/** What is different in a variant. */
export interface PressedQuestion extends Pick<UnderPressure, "say" | "tool_result"> {
  /** Absent where the input stays as it is. */
  readonly input?: Json | undefined;
}

/** A kind of pressure: one file, its name in domain/pressure.ts, one line in registry.ts. */
export interface PressureKindDefinition {
  readonly kind: PressureKind;
  /** Raised when its texts change: another version asks something else. */
  readonly version: number;
  /** Null where this case, or this trial, gives it nothing to change. */
  make(from: PressedCase): PressedQuestion | null;
}
