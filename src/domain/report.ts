import type { FailureClass, FailureCounts } from "./failure.ts";
import type { LostBecause, SkipReason } from "./outcome.ts";
import type { ContractFinding } from "./prompt-change.ts";
import type { Metrics, RunCounts, RunHeader, RunStatus } from "./run.ts";
import type { GateResult, Verdict } from "./verdict.ts";
import type { ViewedRun } from "./viewed-run.ts";

/** One case that does not always pass, for people. Texts are a model's: whoever shows them escapes them. */
export interface CaseReport {
  readonly id: string;
  readonly passed: number;
  readonly answered: number;
  /** Of the first failing trial. */
  readonly trial: number;
  /** The first required scorer that it failed. */
  readonly scorer: string;
  readonly reason: string;
  /** What was asked: text, or JSON; absent in reports of older versions. */
  readonly input?: string;
  readonly output: string;
  /** Line in the dataset's file, from 1; null when the dataset is not at hand. */
  readonly line: number | null;
}

/** How many of the errored trials had one kind of trouble, with one message as an example. */
export interface ErrorReport {
  readonly kind: string;
  readonly count: number;
  readonly message: string;
}

/** Why no more trials were asked. */
export type RunEnd =
  | { readonly kind: "all-asked" }
  | { readonly kind: "decided" }
  | {
      readonly kind: "skipped";
      readonly because: SkipReason;
      /** Of answers that come with a batch: the command that fetches them. */
      readonly go_on?: string | undefined;
    }
  /** It has not ended: its process died, or is still at work. */
  | { readonly kind: "interrupted" | "running" }
  | {
      /** The model, or that of a judge, is asked no more; `--resume` asks what is missing. */
      readonly kind: "unreachable" | "judge-unreachable";
      /** The failure that decided it. */
      readonly message: string;
      /** Absent in reports of 0.1.0. */
      readonly because?: LostBecause | undefined;
    };

/** What held calls of a run back, and how often its model refused one for want of room. */
export interface RunPace {
  /** What held them longest; null when nothing did. */
  readonly limited_by: "tokens_per_minute" | "requests_per_minute" | "concurrency" | "refusals" | null;
  /** Of all calls together, in milliseconds. */
  readonly waited_ms: number;
  readonly refused: number;
}

/** What trying again took in a run: of trials that took more than one attempt, or waited a second and more. */
export interface RunRetries {
  /** Trials of more than one attempt. */
  readonly trials: number;
  /** Their attempts beyond the first. */
  readonly attempts: number;
  /** Of all trials together, for their turns and between attempts. */
  readonly waited_ms: number;
}

/** One metric of both sides. Values and differences are in the metric's own unit. */
export interface MetricComparison {
  readonly metric: string;
  readonly baseline: number | null;
  readonly candidate: number | null;
  /** Candidate minus baseline over the paired cases. */
  readonly delta: number | null;
  /** Bounds of the 90 % interval of `delta` on these cases. */
  readonly low: number | null;
  readonly high: number | null;
  /** One-sided, for a drop. */
  readonly p: number | null;
  readonly verdict: Verdict;
}

/** One part that two fingerprints do not have in common. */
export interface PartDifference {
  readonly part: "prompt" | "request" | "target" | "dataset" | "scorer";
  /** `temperature 0 → 0.7`. */
  readonly said: string;
}

/** A committed baseline: its path in the project, and the commit, branch or tag at which it was read, as people call it. */
export interface BaselineFileAt {
  readonly path: string;
  readonly at: string;
}

/** One side of a comparison. */
export interface ComparisonSide {
  /** `run:3f9c`, `evals/baselines/triage.jsonl at main`. */
  readonly side: string;
  /** Absent for a run, and in reports of 0.1.0. */
  readonly file?: BaselineFileAt;
  readonly run: string | null;
  readonly target: string;
  readonly fingerprint: string | null;
  readonly trials: number;
  readonly pass_rate: number | null;
}

/** A case before and after. */
export interface CaseComparison {
  readonly id: string;
  readonly baseline: { readonly passed: number; readonly answered: number };
  readonly candidate: { readonly passed: number; readonly answered: number };
  /** One-sided Fisher p, not corrected. */
  readonly p: number;
  /** Benjamini–Hochberg at q = 0.10 over the cases that can be tested. */
  readonly significant: boolean;
}

/** How the pass rate moved within one tag; differences in points of [0, 1]. */
export interface TagComparison {
  readonly tag: string;
  readonly cases: number;
  readonly delta: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided, not corrected. */
  readonly p: number;
  /** Benjamini–Hochberg at q = 0.10 over tags. */
  readonly significant: boolean;
}

/** A class of failure by which a greater share of trials failed than on the baseline; shares and differences in [0, 1]. */
export interface FailureGrowth {
  readonly class: FailureClass;
  readonly baseline: number;
  readonly candidate: number;
  readonly delta: number;
  /** Bounds of the 90 % interval of `delta` on these cases. */
  readonly low: number;
  readonly high: number;
  /** One-sided, for a rise; not corrected. */
  readonly p: number;
  /** Benjamini–Hochberg at q = 0.10 over classes. */
  readonly significant: boolean;
}

/** Cases of the baseline asked again under its own prompt (docs/decisions/0001-canary.md). */
export interface CanaryResult {
  /** Id of the stored run that holds their answers. */
  readonly run: string;
  readonly asked: number;
  readonly answered: number;
  /** Mean share of passed trials of the answered ones, then and today; null when there are too few to test. */
  readonly baseline: number | null;
  readonly today: number | null;
  /** Two-sided. */
  readonly p: number | null;
  /** The provider has moved since the baseline was made. */
  readonly stale: boolean;
}

/** What a look of the sequential test saw when it let a run stop. Differences are in points of [0, 1]. */
export interface StoppingDecision {
  /** Answers that the look rested on. */
  readonly trials: number;
  readonly metric: string;
  readonly delta: number | null;
  /** Bounds of the repeated 90 % interval. */
  readonly low: number | null;
  readonly high: number | null;
  /** One-sided, for a drop. */
  readonly p: number | null;
  /** One sentence with the numbers. */
  readonly said: string;
}

/** Two sides of one suite, compared case by case. */
export interface Comparison {
  readonly suite: string;
  /** Of the model, where a suite has several; absent where it has one. */
  readonly alias?: string;
  /** `support@1.1.0`; absent unless the suite lists several prompts. */
  readonly prompt?: string;
  readonly baseline: ComparisonSide;
  readonly candidate: ComparisonSide;
  readonly verdict: Verdict;
  /** The first rule's: `detectable_drop` and `population` speak of it. */
  readonly metric?: string;
  readonly metrics: readonly MetricComparison[];
  readonly cases: {
    readonly paired: number;
    /** Share of passed trials fell; strongest evidence first. */
    readonly broken: readonly string[];
    readonly fixed: readonly string[];
    readonly flaky: readonly string[];
    readonly new: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
    readonly missing: readonly string[];
  };
  /** Smallest drop in points that this size shows 4 times in 5; null when it is unknown. */
  readonly detectable_drop: number | null;
  /** 90 % interval of the difference for cases like these; null with fewer than two pairs. */
  readonly population: { readonly low: number; readonly high: number } | null;
  /** One sentence with the numbers. */
  readonly said: string;
  /** Of a run that stopped early; every other size is that of all answers. */
  readonly decided?: StoppingDecision;
  /** Broken then fixed cases with their counts, strongest evidence first. */
  readonly moved: readonly CaseComparison[];
  readonly tags: readonly TagComparison[];
  /** Classes of failure that grew, strongest evidence first; absent where a side does not hold why its trials failed. */
  readonly failures?: readonly FailureGrowth[];
  /** Answers before and after of the first few broken and fixed cases. */
  readonly examples: readonly CaseExample[];
  /** Absent when no canary was asked. */
  readonly canary?: CanaryResult;
  /** The prompt's declared bump held against what was measured. Absent when both sides have the same version. */
  readonly contract?: ContractFinding;
  /** `baseline_stale`: every verdict is inconclusive because of the canary. Absent when there is none. */
  readonly warnings?: readonly "baseline_stale"[];
}

/** What a case answered before and after. Texts are a model's: whoever shows them escapes them. */
export interface CaseExample {
  readonly id: string;
  /** What was asked: text, or JSON; absent where it is not at hand. */
  readonly input?: string;
  /** Null when the answers of that side are not at hand. */
  readonly before: string | null;
  readonly after: string | null;
  /** Why the side that is worse failed. */
  readonly scorer: string;
  readonly reason: string;
}

/** Everything there is to say about a run; each reporter makes its text from this alone. */
export interface RunReport {
  readonly header: RunHeader;
  readonly status: RunStatus;
  readonly counts: RunCounts;
  readonly errors: readonly ErrorReport[];
  readonly metrics: Metrics;
  /** Pass rate and scores of each tag; tags in alphabetical order. */
  readonly tags: { readonly [tag: string]: Metrics };
  readonly comparison: Comparison | null;
  readonly gate: GateResult;
  readonly end: RunEnd;
  /** Worst first: cases that never pass, then flaky ones; only the first few. */
  readonly worst: readonly CaseReport[];
  readonly never_pass: number;
  readonly flaky: number;
  /** Why the failed trials failed, by class; absent where none failed, and in reports of older versions. */
  readonly failures?: FailureCounts | undefined;
  /** Sentences a person should read: no baseline, fewer recorded trials than asked for, floating model. */
  readonly notes: readonly string[];
  /** US dollars and tokens paid by this session; null when unknown. */
  readonly spent: { readonly usd: number | null; readonly tokens: number };
  readonly dataset_path: string;
  readonly duration_ms: number;
  /** Of this session; absent in reports of 0.1.0 and of runs that did not end. */
  readonly pace?: RunPace | undefined;
  /** Over all sessions; absent where no trial was tried again or waited a second. */
  readonly retries?: RunRetries | undefined;
}

/** How a case stands to the baseline: `changed` has other content, `missing` has no answer on one side. */
export type CaseChange = "broken" | "fixed" | "same" | "new" | "changed" | "missing";

/** Answers that show a case at its worst, or how it moved. Texts are a model's: whoever shows them escapes them. */
export interface CaseAnswers {
  /** Number of the trial that is shown; null when none was answered. */
  readonly trial: number | null;
  /** What was asked: text, or JSON; null where it is not at hand. */
  readonly input: string | null;
  readonly output: string | null;
  /** What the baseline answered; null when its answers are not at hand. */
  readonly before: string | null;
  /** Text, or JSON; null when the case expects nothing. */
  readonly expected: string | null;
  /** The first required scorer that was missed, and what it said. */
  readonly scorer: string;
  readonly reason: string;
  /** The error of the first trial that errored. */
  readonly error: { readonly kind: string; readonly message: string } | null;
}

/** One case of a run, in numbers; its texts are read when they are asked for. */
export interface CaseRow {
  readonly id: string;
  readonly tags: readonly string[];
  /** Line in the dataset's file, from 1; null when the dataset is not at hand. */
  readonly line: number | null;
  readonly planned: number;
  readonly answered: number;
  readonly passed: number;
  readonly errored: number;
  /** One letter a trial, by number: p passed, f failed, e errored, ? not scored, - not asked. */
  readonly trials: string;
  /** Mean of each scorer over the trials it scored, in the order of the header; null where it scored none. */
  readonly scores: readonly (number | null)[];
  /** Sum over the answered trials, in milliseconds; null when one of them is unknown. */
  readonly latency_ms: number | null;
  /** Null without a comparison. */
  readonly change: CaseChange | null;
  /** The change is more than chance would do (see `CaseComparison`). */
  readonly significant: boolean;
  readonly baseline: { readonly passed: number; readonly answered: number } | null;
  readonly answers: () => CaseAnswers;
}

/** A run of the same suite and model in the history, for a trend. */
export interface PastRun {
  readonly id: string;
  readonly started_at: string;
  readonly target: string;
  readonly pass_rate: Metrics[string];
}

/** A run's report with what only some reporters need, read when they ask. */
export interface ReportedRun {
  readonly report: RunReport;
  /** Id of the run that it is held against, where that is not its own baseline. */
  readonly against?: string;
  /** Every case, in the run's order; may be walked again. */
  readonly rows: () => Iterable<CaseRow>;
  /** Oldest first, this run last. */
  readonly history: () => readonly PastRun[];
  /** What a page shows beside that. */
  readonly view: () => Promise<ViewedRun>;
}
