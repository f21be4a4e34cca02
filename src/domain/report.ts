import type { FailureClass, FailureCounts } from "./failure.ts";
import type { LostBecause, SkipReason } from "./outcome.ts";
import type { ContractFinding } from "./prompt-change.ts";
import type { Metrics, RunCounts, RunHeader, RunStatus } from "./run.ts";
import type { GateResult, Verdict } from "./verdict.ts";
import type { ViewedRun } from "./viewed-run.ts";

/** A case that does not always pass, for a report. Its texts come from a model, so they must be escaped when shown. */
export interface CaseReport {
  readonly id: string;
  readonly passed: number;
  readonly answered: number;
  /** Number of the first failing trial. */
  readonly trial: number;
  /** The first required scorer that this trial did not pass. */
  readonly scorer: string;
  readonly reason: string;
  /** The input: text, or JSON; absent in reports of older versions. */
  readonly input?: string;
  readonly output: string;
  /** Line in the dataset's file, from 1; null when the dataset is not available. */
  readonly line: number | null;
}

/** Number of errored trials of one kind, with one message as an example. */
export interface ErrorReport {
  readonly kind: string;
  readonly count: number;
  readonly message: string;
  /** Present when these trials have answers, and only their scores are missing: a scorer or a judge failed. */
  readonly answered?: true;
}

/**
 * Why no more trials were asked. `go_on` is the command that asks for the missing trials and variants; absent when none
 * is missing.
 */
export type RunEnd = WhyEnded & { readonly go_on?: string | undefined };

type WhyEnded =
  | { readonly kind: "all-asked" }
  | { readonly kind: "decided" }
  | {
      readonly kind: "skipped";
      readonly because: SkipReason;
      /** The limits of the budget that ended the run; absent when something else ended it, and in older reports. */
      readonly budget?:
        | { readonly usd?: number | undefined; readonly tokens?: number | undefined }
        | undefined;
    }
  /** The run has not ended: its process died, or is still running. */
  | { readonly kind: "interrupted" | "running" }
  | {
      /** The model, or a judge's model, is not asked any more; `--resume` continues with the missing trials. */
      readonly kind: "unreachable" | "judge-unreachable";
      /** Message of the failure after which the model was not asked any more. */
      readonly message: string;
      /** Absent in reports of 0.1.0. */
      readonly because?: LostBecause | undefined;
    };

/** The delays of a run's calls, and the number of calls that its model refused for lack of capacity. */
export interface RunPace {
  /** Cause of the longest delay; null without a delay. */
  readonly limited_by: "tokens_per_minute" | "requests_per_minute" | "concurrency" | "refusals" | null;
  /** Total time that all calls waited, in milliseconds. */
  readonly waited_ms: number;
  /** Number of calls that the model refused for lack of capacity. */
  readonly refused: number;
}

/**
 * Retries and waiting time in a run, only of trials with more than one attempt or with a second or more of waiting.
 */
export interface RunRetries {
  /** Number of trials with more than one attempt. */
  readonly trials: number;
  /** Total number of attempts of these trials beyond the first. */
  readonly attempts: number;
  /** Total time that all trials waited in the queue and between attempts, in milliseconds. */
  readonly waited_ms: number;
}

/** One metric on both sides of a comparison. Values and differences are in the metric's own unit. */
export interface MetricComparison {
  readonly metric: string;
  readonly baseline: number | null;
  readonly candidate: number | null;
  /** Candidate minus baseline over the paired cases. */
  readonly delta: number | null;
  /** Bounds of the 90 % interval of `delta` on these cases. */
  readonly low: number | null;
  readonly high: number | null;
  /** One-sided p-value of a drop. */
  readonly p: number | null;
  readonly verdict: Verdict;
}

/** One part that differs between two fingerprints. */
export interface PartDifference {
  readonly part: "prompt" | "request" | "target" | "dataset" | "scorer";
  /** The difference in words, such as `temperature 0 → 0.7`. */
  readonly said: string;
}

/** A committed baseline: its path in the project, and the commit, branch or tag as the user named it. */
export interface BaselineFileAt {
  readonly path: string;
  readonly at: string;
}

/** One side of a comparison. */
export interface ComparisonSide {
  /** For instance `run:3f9c`, `evals/baselines/triage.jsonl at main`. */
  readonly side: string;
  /** The committed baseline file; absent for a run, and in reports of 0.1.0. */
  readonly file?: BaselineFileAt;
  readonly run: string | null;
  readonly target: string;
  readonly fingerprint: string | null;
  readonly trials: number;
  readonly pass_rate: number | null;
}

/** A case on both sides of a comparison. */
export interface CaseComparison {
  readonly id: string;
  readonly baseline: { readonly passed: number; readonly answered: number };
  readonly candidate: { readonly passed: number; readonly answered: number };
  /** One-sided Fisher p-value, uncorrected. */
  readonly p: number;
  /** Whether the change is significant: Benjamini–Hochberg at q = 0.10 over the paired cases. */
  readonly significant: boolean;
}

/** The change of the pass rate for one tag, in [-1, 1]: candidate minus baseline. */
export interface TagComparison {
  readonly tag: string;
  readonly cases: number;
  readonly delta: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided p-value, uncorrected. */
  readonly p: number;
  /** Whether the change is significant: Benjamini–Hochberg at q = 0.10 over the tags. */
  readonly significant: boolean;
}

/** A failure class whose share of trials grew compared with the baseline. Shares are in [0, 1], bounds in [-1, 1]. */
export interface FailureGrowth {
  readonly class: FailureClass;
  readonly baseline: number;
  readonly candidate: number;
  readonly delta: number;
  /** Bounds of the 90 % interval of `delta` on these cases. */
  readonly low: number;
  readonly high: number;
  /** One-sided p-value of the share's rise, uncorrected. */
  readonly p: number;
  /** Whether the share's rise is significant: Benjamini–Hochberg at q = 0.10 over the classes. */
  readonly significant: boolean;
}

/**
 * The result of the canaries: cases of the baseline asked again with its prompt
 * (docs/decisions/0001-canary.md).
 */
export interface CanaryResult {
  /** Id of the stored run with the canaries' answers. */
  readonly run: string;
  readonly asked: number;
  readonly answered: number;
  /**
   * Mean share of passed trials of the answered canaries, in the baseline and today; null when there are too few to
   * test.
   */
  readonly baseline: number | null;
  readonly today: number | null;
  /** Two-sided p-value; null when there are too few to test. */
  readonly p: number | null;
  /** Whether the provider has changed since the baseline was made. */
  readonly stale: boolean;
}

/** The measurement at the look (the interim analysis) that stopped a run. Differences are in [-1, 1]. */
export interface StoppingDecision {
  /** Number of answers at this look. */
  readonly trials: number;
  readonly metric: string;
  readonly delta: number | null;
  /** Bounds of the repeated 90 % interval, which is valid in spite of the earlier looks (interim analyses). */
  readonly low: number | null;
  readonly high: number | null;
  /** One-sided p-value of a drop. */
  readonly p: number | null;
  /** One sentence that says what was found at this look, with its numbers. */
  readonly said: string;
}

/** The comparison of two sides of one suite, case by case. */
export interface Comparison {
  readonly suite: string;
  /** Alias of the model if the suite has several; absent otherwise. */
  readonly alias?: string;
  /** `support@1.1.0`; absent unless the suite lists several prompts. */
  readonly prompt?: string;
  readonly baseline: ComparisonSide;
  readonly candidate: ComparisonSide;
  readonly verdict: Verdict;
  /** The metric of the gate's first rule; `detectable_drop` and `population` are about this metric. */
  readonly metric?: string;
  readonly metrics: readonly MetricComparison[];
  readonly cases: {
    readonly paired: number;
    /** Cases whose share of passed trials fell; strongest evidence first. */
    readonly broken: readonly string[];
    readonly fixed: readonly string[];
    readonly flaky: readonly string[];
    readonly new: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
    readonly missing: readonly string[];
  };
  /** Smallest drop that a comparison of this size detects with 80 % power; null when unknown. */
  readonly detectable_drop: number | null;
  /**
   * 90 % interval of the metric's difference for all cases of which the dataset's are a sample; null with fewer than two
   * cases that have answers on both sides.
   */
  readonly population: { readonly low: number; readonly high: number } | null;
  /** One sentence that says what was found at this look, with its numbers. */
  readonly said: string;
  /**
   * For a run that could stop early: the look (the interim analysis) that decided the verdict. All other numbers come
   * from one analysis of all answers. Absent for other runs.
   */
  readonly decided?: StoppingDecision;
  /** First the regressed cases, then the fixed ones, with their counts; strongest evidence first. */
  readonly moved: readonly CaseComparison[];
  readonly tags: readonly TagComparison[];
  /** Failure classes that grew, strongest evidence first; absent when a side has no failure classes. */
  readonly failures?: readonly FailureGrowth[];
  /** Answers before and after for the first few regressed and fixed cases. */
  readonly examples: readonly CaseExample[];
  /** Absent when no canary was asked. */
  readonly canary?: CanaryResult;
  /**
   * Whether the change kept what the prompt's declared version bump promises. Absent when both sides have the same
   * version.
   */
  readonly contract?: ContractFinding;
  /** `baseline_stale`: every verdict is inconclusive, because the canary shows a change of the provider. Else absent. */
  readonly warnings?: readonly "baseline_stale"[];
}

/** A case's answers before and after. The texts come from a model, so they must be escaped when shown. */
export interface CaseExample {
  readonly id: string;
  /** The input: text, or JSON; absent when not available. */
  readonly input?: string;
  /**
   * An answer of the baseline (`before`) and of the candidate (`after`); null when a side's answers are not
   * available.
   */
  readonly before: string | null;
  readonly after: string | null;
  /** The scorer that the worse side did not pass; `reason` is the scorer's reason. */
  readonly scorer: string;
  readonly reason: string;
}

/** Everything to report about a run; each reporter makes its text from this alone. */
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
  /** Worst cases first: those that never pass, then flaky ones; only the first few. */
  readonly worst: readonly CaseReport[];
  /** Number of cases that never pass; null when unknown, in a report that an earlier version wrote. */
  readonly never_pass: number | null;
  /** Number of flaky cases; null when unknown. */
  readonly flaky: number | null;
  /** Why the failed trials failed, by class; absent when none failed, and in reports of older versions. */
  readonly failures?: FailureCounts | undefined;
  /**
   * Sentences to show, for instance about a missing baseline, fewer recorded trials than requested, a floating model.
   */
  readonly notes: readonly string[];
  /** US dollars and tokens spent by this session; null when unknown. */
  readonly spent: { readonly usd: number | null; readonly tokens: number | null };
  readonly dataset_path: string;
  /** Milliseconds that this session took; null when unknown, for instance after the process died. */
  readonly duration_ms: number | null;
  /** Delays of this session's calls; absent in reports of 0.1.0 and of runs that did not end. */
  readonly pace?: RunPace | undefined;
  /** Retries in all sessions; absent when no trial was retried or waited a second. */
  readonly retries?: RunRetries | undefined;
}

/** A case compared with the baseline: `changed` has other content, `missing` has no answer on one side. */
export type CaseChange = "broken" | "fixed" | "same" | "new" | "changed" | "missing";

/**
 * Answers that show a case's worst result, or its change. The texts come from a model, so they must be escaped when
 * shown.
 */
export interface CaseAnswers {
  /** Number of the shown trial; null when none was answered. */
  readonly trial: number | null;
  /** The input: text, or JSON; null when not available. */
  readonly input: string | null;
  readonly output: string | null;
  /** The baseline's answer; null when not available. */
  readonly before: string | null;
  /** Text, or JSON; null when the case has no expected value. */
  readonly expected: string | null;
  /** The first required scorer that did not pass; `reason` is the scorer's reason. */
  readonly scorer: string;
  readonly reason: string;
  /** The error of the first errored trial. */
  readonly error: { readonly kind: string; readonly message: string } | null;
}

/** The numbers of one case of a run; its texts are read on demand. */
export interface CaseRow {
  readonly id: string;
  readonly tags: readonly string[];
  /** Line in the dataset's file, from 1; null when the dataset is not available. */
  readonly line: number | null;
  readonly planned: number;
  readonly answered: number;
  readonly passed: number;
  readonly errored: number;
  /** One letter per trial, by number: p passed, f failed, e errored, ? not scored, - not asked. */
  readonly trials: string;
  /** Mean score of each scorer in the header's order; null without a score. */
  readonly scores: readonly (number | null)[];
  /** Sum of the latencies of the answered trials, in milliseconds; null when any of them is unknown. */
  readonly latency_ms: number | null;
  /** The change since the baseline; null when the run is compared with nothing. */
  readonly change: CaseChange | null;
  /** Whether the change is statistically significant (see `CaseComparison`). */
  readonly significant: boolean;
  readonly baseline: { readonly passed: number; readonly answered: number } | null;
  readonly answers: () => Promise<CaseAnswers>;
}

/** An earlier run of the same suite and model, for a trend. */
export interface PastRun {
  readonly id: string;
  readonly started_at: string;
  readonly target: string;
  readonly pass_rate: Metrics[string];
}

/** A run as a page shows it. */
export interface OpenedRun {
  readonly report: RunReport;
  /** The earlier runs, oldest first, with this run at the end. */
  readonly history: () => Promise<readonly PastRun[]>;
  /** The run's cases, and further data for a page. */
  readonly view: () => Promise<ViewedRun>;
}

/** A run's report, and data for some reporters that is read on demand. */
export interface ReportedRun extends OpenedRun {
  /** Id of the run that this run is compared with; absent when it is compared with its own baseline. */
  readonly against?: string;
  /** Every case in the run's order; can be iterated several times. */
  readonly rows: () => AsyncIterable<CaseRow>;
}
