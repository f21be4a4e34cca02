import type * as z from "zod";
import type { Json } from "./json.ts";
import type { JudgeHost, JudgeRef } from "./judge.ts";
import type { ModuleEvents } from "./module-events.ts";
import type { Redaction } from "./redaction.ts";
import type { Score } from "./score.ts";
import type { ScoreInput } from "./score-input.ts";

/** The outside, as a scorer may use it. */
export interface ScorerHost {
  /** Absolute path of the project root. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Trials in flight at once; sizes process pools. */
  readonly concurrency: number;
  /** Takes secrets out of what is kept of a score: its reason, or why there is none. Absent: there are none. */
  readonly clean?: ((text: string) => string) | undefined;
  /** Takes personal data out of the same; absent where none is looked for. */
  readonly redaction?: Redaction | undefined;
  /** Absent: the process is ours alone. */
  readonly modules?: ModuleEvents | undefined;
  /** Where a case's turns stand: `user.turns` of the suite. Absent: it names no place. */
  readonly turns?: string | undefined;
  /** What judges need of the outside. */
  readonly judges?: JudgeHost | undefined;
}

/** A scorer made ready for one suite. */
export interface OpenScorer {
  readonly name: string;
  readonly required: boolean;
  /**
   * Everything that defines its scores: its settings and the hash of each file it reads, those a module imports included.
   * Formatting of YAML does not change it; `required` and `name` are not in it.
   */
  readonly identity: Json;
  /** Paths into a case that must be there, for instance `expected.queue`; checked for each case before a run. */
  readonly reads: readonly string[];
  /** Files of the repository it is made of, relative to the root. */
  readonly files: readonly string[];
  /** Scores only in {0, 1}: a pass count says everything. */
  readonly binary: boolean;
  /** It rests on what a model thinks: unless it is calibrated against people, it informs and cannot block. */
  readonly opinion?: boolean | undefined;
  /** It sees the answer before anything was redacted; without that it cannot score. */
  readonly raw?: boolean | undefined;
  /** The judge whose verdicts these are; its calibration is looked up by it. */
  readonly judge?: JudgeRef | undefined;
  /** It holds an answer against the baseline's of the same trial: against itself the baseline is worth 0.5. */
  readonly relative?: boolean | undefined;
  /** `passed`: asked only of trials that pass every required scorer without an opinion; void otherwise. Default always. */
  readonly judge_when?: "passed" | "always" | undefined;
  /**
   * Plain value whenever nothing has to be waited for.
   * @throws {ScorerFailure} when it could not score: the trial is errored (required) or the score void (optional)
   */
  score(input: ScoreInput): Score | Promise<Score>;
  close?(): Promise<void>;
}

/** A scorer could not score (a command that crashed, a NaN, a judge without a verdict). Never a 0, never a pass. */
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
  /** One sentence for the reference. */
  readonly about: string;
  /** Its scores are what a model thinks: `judge`, by a judge of the project; `model`, in a way of its own. Absent where none is asked. */
  readonly asks?: "judge" | "model" | undefined;
  /** Reads the whole entry, `name`, `select`, `against`, `value`, `threshold` and `required` included. */
  readonly settings: z.ZodType<S>;
  /** Compiles regexes, schemas, paths. @throws {SettingMistake} */
  open(settings: S, host: ScorerHost): Promise<OpenScorer>;
}

export type { ScoreInput };
