import type * as z from "zod";
import type { Case } from "./case.ts";
import type { FailureClass } from "./failure.ts";
import type { Json } from "./json.ts";
import type { JudgeHost, JudgeRef } from "./judge.ts";
import type { ModuleEvents } from "./module-events.ts";
import type { Redaction } from "./redaction.ts";
import type { Score } from "./score.ts";
import type { ScoreInput } from "./score-input.ts";

/** The values and functions that a scorer needs from its environment. */
export interface ScorerHost {
  /** Absolute path of the project root. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Trials in flight at once; determines the size of process pools. */
  readonly concurrency: number;
  /** Removes secrets from a stored reason or error; absent when there are none. */
  readonly clean?: ((text: string) => string) | undefined;
  /** Removes personal data from a stored reason or error; absent when the project has no redaction. */
  readonly redaction?: Redaction | undefined;
  /**
   * Handlers for what users' modules print and throw. Absent: those of `ownProcess` are used, which are for a process
   * that runs only this program.
   */
  readonly modules?: ModuleEvents | undefined;
  /** Location of the turns in a case, as set by `user.turns` of the suite. Absent for the default location. */
  readonly turns?: string | undefined;
  /** The functions that judges need from their environment. */
  readonly judges?: JudgeHost | undefined;
}

/** A tool that a scorer names. */
export interface NamedTool {
  readonly name: string;
  /** Whether a call of the tool is expected. The tool must then be offered to the model. */
  readonly expected?: boolean | undefined;
  /** Path in the scorer's settings at which the tool is named; absent for a tool that a case names. */
  readonly at?: readonly (string | number)[] | undefined;
  /** Location of the tool's name in a file of the case, such as its recorded trace; absent for other tools. */
  readonly place?: { readonly path: string; readonly line: number; readonly column: number } | undefined;
}

/** A scorer prepared for one suite. */
export interface OpenScorer {
  readonly name: string;
  /** The scorer's type, as in `type:` of the suite's entry. */
  readonly type?: string | undefined;
  readonly required: boolean;
  /**
   * Everything that defines the scorer's scores: its settings, and the hash of each file that it reads, including the
   * imports of a module. YAML formatting, `required` and `name` do not matter.
   */
  readonly identity: Json;
  /** Paths that must exist in a case, for instance `expected.queue`; checked for each case before a run. */
  readonly reads: readonly string[];
  /** The tools that the scorer names: in a case, or in its settings when `golden` is null. Absent when it names none. */
  tools?(golden: Case | null): readonly NamedTool[];
  /** Repository files that the scorer consists of, relative to the root. */
  readonly files: readonly string[];
  /** Whether scores are only 0 or 1, so that a pass count is sufficient. */
  readonly binary: boolean;
  /**
   * Whether the score depends on a model's opinion: such a scorer is advisory and cannot fail the gate unless it is
   * calibrated.
   */
  readonly opinion?: boolean | undefined;
  /** Whether the scorer needs the answer before redaction and cannot score a redacted answer. */
  readonly raw?: boolean | undefined;
  /** The judge that gives the scorer's verdicts. The judge also determines which calibration applies. */
  readonly judge?: JudgeRef | undefined;
  /**
   * Whether the scorer compares an answer with the baseline's answer of the same trial; the baseline itself then scores
   * 0.5.
   */
  readonly relative?: boolean | undefined;
  /**
   * The trials about which the judge is asked. `passed`: only those that pass every required scorer which asks no
   * model. `unexplained`: only failed trials whose failure class no rule determines. Other trials get no score from
   * the judge. Default always.
   */
  readonly judge_when?: "passed" | "unexplained" | "always" | undefined;
  /**
   * For a judge: failure class of a trial that the judge fails and that no rule explains. Applies only when the judge
   * is calibrated.
   */
  readonly blames?: FailureClass | undefined;
  /**
   * Returns a plain value when nothing has to be awaited.
   *
   * @throws {ScorerFailure} when the scorer could not score. Then the trial errors if the scorer is required, and else
   * only this score is missing
   */
  score(input: ScoreInput): Score | Promise<Score>;
  close?(): Promise<void>;
}

/**
 * The error of a scorer that could not score (a crashed command, NaN, a judge without a verdict). The failure never
 * counts as a score of 0, and never as a pass.
 */
export class ScorerFailure extends Error {
  readonly kind: "tool" | "judge";

  constructor(kind: "tool" | "judge", message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ScorerFailure";
    this.kind = kind;
  }
}

/** A scorer type: one module and one line in `scorers/registry.ts`. */
export interface ScorerDefinition<S = unknown> {
  readonly type: string;
  /** What the scorer does, in one sentence for the reference in the documentation. */
  readonly about: string;
  /**
   * Set when the scores are a model's opinion. `judge`: the scorer asks a judge of the project. `model`: it asks a
   * model in another way. Absent when no model is asked.
   */
  readonly asks?: "judge" | "model" | undefined;
  /** Parses the whole entry, including `name`, `select`, `against`, `value`, `threshold` and `required`. */
  readonly settings: z.ZodType<S>;
  /** Prepares the scorer for a suite: compiles regexes, schemas and paths. @throws {SettingMistake} */
  open(settings: S, host: ScorerHost): Promise<OpenScorer>;
}

export type { ScoreInput };
