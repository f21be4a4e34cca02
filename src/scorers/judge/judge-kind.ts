import type { JudgeMessage, JudgeScope } from "../../domain/judge.ts";
import type { JudgeSettings, Scale } from "../../domain/judge-settings.ts";
import type { Fence } from "./fence.ts";
import type { Reading, ReplyForm } from "./reply-form.ts";

/** The texts of one answer that a question uses. */
export interface JudgedTexts {
  readonly output: string;
  readonly question: string;
  /** The expected answer; undefined when the case has none. */
  readonly reference: string | undefined;
  /** The retrieved texts, numbered from 1; undefined when the case has none. */
  readonly sources: string | undefined;
  /** Messages and tool calls as JSON; undefined when the transcript has none. */
  readonly conversation: string | undefined;
}

/** One question about an answer. */
export interface KindQuestion {
  readonly form: ReplyForm;
  /**
   * The form for a case with this number of retrieved texts, used instead of `form` to read the reply. It only checks
   * more; the instructions to the judge are those of `form`.
   */
  formFor?(sources: number): ReplyForm;
  /** Template variables that only the prompt of this question has, besides those of `judgeScope`. */
  scope?(texts: JudgedTexts, fence: Fence): JudgeScope;
}

/** One kind of judge. To add a kind: one file, and one line in `kinds/registry.ts`. */
export interface JudgeKind {
  readonly kind: string;
  /** What it judges and how it scores, in one to three sentences; an editor shows them through judge.schema.json. */
  readonly about: string;
  /**
   * Increase when the same judge file starts to give other verdicts. Existing calibrations then count as made by
   * another judge.
   */
  readonly version: number;
  /**
   * The parts that a file of this kind must contain. `body`: text below the front matter; `prompt`: text with role
   * lines.
   */
  readonly needs: {
    readonly body: "optional" | "required" | "prompt";
    readonly criteria: "none" | "optional" | "required";
    readonly scale: "none" | "optional" | "required";
  };
  /** The parts that a case must have: an expected answer, retrieved texts. */
  readonly reads: readonly ("reference" | "sources")[];
  /** The default score from which an answer passes; `required`: no default, so the file or the suite must set it. */
  threshold(settings: JudgeSettings): number | "required";
  /** Whether one opinion can only score 0 or 1. */
  binary(settings: JudgeSettings): boolean;
  /** Default scale. */
  readonly scale?: Scale;
  /** Default prompt. It uses plain variables only, which need no template engine. */
  messages(settings: JudgeSettings): readonly JudgeMessage[];
  questions(settings: JudgeSettings): readonly KindQuestion[];
  /** Combines the readings, in the order of the questions, into one opinion. */
  conclude(readings: readonly Reading[], settings: JudgeSettings): Reading;
}

/** The only reading of a judge kind that asks a single question. @throws when there is none */
export function only(readings: readonly Reading[]): Reading {
  const [reading] = readings;
  if (reading === undefined) throw new Error("one question was asked");
  return reading;
}
