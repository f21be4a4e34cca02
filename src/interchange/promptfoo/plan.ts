import type { Json } from "../../domain/json.ts";
import type { Reading } from "./config-test.ts";
import type { Entry } from "./provider-spec.ts";
import type { OfferedTool } from "./provider-tools.ts";

type Vars = Readonly<Record<string, Json>>;

/** How an assertion is converted. */
export type Plan =
  /** A scorer of evals. `operand` is the compared value, which may be in the case. */
  | {
      readonly kind: "scorer";
      readonly entry: Entry;
      /** The provider that the assertion or its test names for grading; for scorers that ask a model. */
      readonly grader?: Json | undefined;
      readonly operand?: Json | undefined;
      readonly not: boolean;
    }
  /**
   * A check with promptfoo's behaviour, run by the module or the Python program of checks that the import writes.
   */
  | {
      readonly kind: "check";
      readonly language: "javascript" | "python";
      readonly spec: Entry;
      readonly file?: string | undefined;
      /** Code that transforms the answer before the check, in order. */
      readonly transforms?: readonly Transform[] | undefined;
    }
  /** A judge file, by which a model judges the answer. */
  | {
      readonly kind: "judge";
      readonly judge: JudgeDraft;
      readonly operand?: Json | undefined;
      readonly entry: Entry;
      readonly not: boolean;
    }
  | { readonly kind: "left"; readonly why: string };

/** JavaScript that changes an answer: code, or the function of a file. */
export type Transform = string | { readonly file: string; readonly name?: string | undefined };

/** The content of a judge file that has no name yet. */
export interface JudgeDraft {
  readonly settings: Entry;
  /** The judge's instructions, as a Nunjucks template or plain text; empty for a kind of judge that needs none. */
  readonly body: string;
  readonly model: Json | undefined;
}

/** The data on which the conversion of an assertion depends. */
export interface PlanContext {
  readonly vars: Vars;
  /**
   * The code of the providers and of the test that transforms every answer, in order. Each element is the code
   * itself or a file://.
   */
  readonly transforms: readonly string[];
  readonly reading: Reading;
  /** The grading model for assertions without one. */
  readonly grader: Json | undefined;
  /** The tools that the providers offer; undefined when unknown. */
  readonly tools: readonly OfferedTool[] | undefined;
}
