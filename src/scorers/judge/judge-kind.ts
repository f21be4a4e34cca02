import type { JudgeMessage, JudgeScope } from "../../domain/judge.ts";
import type { JudgeSettings, Scale } from "../../domain/judge-settings.ts";
import type { Fence } from "./fence.ts";
import type { Reading, ReplyForm } from "./reply-form.ts";

/** The texts of one answer that a question is made of. */
export interface JudgedTexts {
  readonly output: string;
  readonly question: string;
  /** Undefined where the case has none. */
  readonly reference: string | undefined;
  readonly sources: string | undefined;
  readonly conversation: string | undefined;
}

/** One thing that a judge is asked about an answer. */
export interface KindQuestion {
  readonly form: ReplyForm;
  /** Its form for a case with so many retrieved texts; the instructions use the same words. */
  formFor?(sources: number): ReplyForm;
  /** What its prompt may speak of beside the texts. */
  scope?(texts: JudgedTexts, fence: Fence): JudgeScope;
}

/** One way to judge: one file, and one line of `kinds/registry.ts`. */
export interface JudgeKind {
  readonly kind: string;
  /** One or two sentences for the reference. */
  readonly about: string;
  /** Raised when the same file begins to give other verdicts: calibrations made before then count as made by another judge. */
  readonly version: number;
  /** What a file of this kind must hold. `body`: text below the front matter; `prompt`: text with role lines. */
  readonly needs: {
    readonly body: "optional" | "required" | "prompt";
    readonly criteria: "none" | "optional" | "required";
    readonly scale: "none" | "optional" | "required";
  };
  /** What a case must have: what it expects, retrieved texts. */
  readonly reads: readonly ("reference" | "sources")[];
  /** Score from which on an answer passes, unless the file or the suite says; `required`: one of them must. */
  threshold(settings: JudgeSettings): number | "required";
  /** Knows nothing between 0 and 1. */
  binary(settings: JudgeSettings): boolean;
  /** Its scale, where a file has none of its own. */
  readonly scale?: Scale;
  /** Its prompt, where a file has none of its own. Plain variables only: they need no template engine. */
  messages(settings: JudgeSettings): readonly JudgeMessage[];
  questions(settings: JudgeSettings): readonly KindQuestion[];
  /** Makes one opinion of the readings, in the order of the questions. */
  conclude(readings: readonly Reading[], settings: JudgeSettings): Reading;
}

/** A kind with one question says what its one reply says. */
export function only(readings: readonly Reading[]): Reading {
  const [reading] = readings;
  if (reading === undefined) throw new Error("one question was asked");
  return reading;
}
