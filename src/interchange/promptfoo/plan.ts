import type { Json } from "../../domain/json.ts";
import type { Reading } from "./config-test.ts";
import type { Entry } from "./provider-spec.ts";
import type { OfferedTool } from "./provider-tools.ts";

type Vars = Readonly<Record<string, Json>>;

/** How an assertion is judged here. */
export type Plan =
  /** One of our own scorers. `operand` is what it compares with, and may be in the case. */
  | {
      readonly kind: "scorer";
      readonly entry: Entry;
      readonly operand?: Json | undefined;
      readonly not: boolean;
    }
  /** A check of the scorers' module or program, as promptfoo runs it. */
  | {
      readonly kind: "check";
      readonly language: "javascript" | "python";
      readonly spec: Entry;
      readonly file?: string | undefined;
    }
  /** A model judges it, by a file that holds its words. */
  | {
      readonly kind: "judge";
      readonly judge: JudgeDraft;
      readonly operand?: Json | undefined;
      readonly entry: Entry;
      readonly not: boolean;
    }
  | { readonly kind: "left"; readonly why: string };

/** A judge's file before it has a name. */
export interface JudgeDraft {
  readonly settings: Entry;
  /** Nunjucks, or plain text; empty for a kind that needs none. */
  readonly body: string;
  readonly model: Json | undefined;
}

/** How promptfoo's output is changed before it is judged: the test's own code, then the assertion's. */
export interface PlanContext {
  readonly vars: Vars;
  /** Code of the test or of defaultTest. */
  readonly transform?: string | undefined;
  readonly reading: Reading;
  /** The model that grades where the assertion names none. */
  readonly grader: Json | undefined;
  /** What the providers offer their models; undefined where nobody can say. */
  readonly tools: readonly OfferedTool[] | undefined;
}
