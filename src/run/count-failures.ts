import { describeTranscript } from "../domain/describe-transcript.ts";
import type { Failure, FailureClass, FailureCount, FailureCounts } from "../domain/failure.ts";
import type { Message, ToolCall } from "../domain/message.ts";
import { everyPage } from "../domain/pages.ts";
import type { RunHeader } from "../domain/run.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import { classifyFailure } from "../scorers/classify-failure.ts";
import type { FailedTrial } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import { failureClusters, type SeenFailure } from "./cluster-failures.ts";

/** Why a stored trial failed; undefined when it did not fail. */
function failureOfTrial(trial: FailedTrial, { scorers }: Pick<RunHeader, "scorers">): Failure | undefined {
  if (trial.pass !== false && trial.error !== "simulator") return undefined;
  const { answer } = trial;
  const transcript =
    answer === null
      ? null
      : describeTranscript({
          output: answer.output,
          messages: (answer.messages ?? []) as unknown as readonly Message[],
          tool_calls: (answer.tool_calls ?? []) as unknown as readonly ToolCall[],
          finish_reason: answer.finish_reason,
          untold: answer.untold,
          trajectory: answer.trajectory,
          // No failure class depends on the following three members.
          usage: UNKNOWN_USAGE,
          latency_ms: null,
          cost_usd: null,
        });
  return classifyFailure({ trial, answer, transcript, scorers });
}

/** Maximum number of failed trials in memory at once, because one answer can have megabytes. */
const PAGE = 200;

interface CountedRun {
  readonly no: number;
  readonly header: RunHeader;
}

/** Every failed trial of a run with its failure, by case and trial. */
export async function* failuresOf(
  run: CountedRun,
  { read }: Pick<Store, "read">,
): AsyncGenerator<SeenFailure> {
  for await (const trials of everyPage((page) => read.failedTrials(run.no, page), PAGE))
    for (const trial of trials) {
      const failure = failureOfTrial(trial, run.header);
      if (failure !== undefined) yield { case: trial.case_id, trial: trial.trial, failure };
    }
}

/**
 * Counts the failed trials of each case by failure class. A trial that its simulated user spoiled does not count as
 * failed, because it has no answer.
 *
 * @param fresh whether to count only trials whose answers are new in this run, not from the cache
 */
export async function failuresByCase(
  run: CountedRun,
  { read }: Pick<Store, "read">,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Promise<(caseNo: number) => Readonly<Record<string, number>> | undefined> {
  const counted = new Map<number, Record<string, number>>();
  for await (const trials of everyPage((page) => read.failedTrials(run.no, page), PAGE))
    for (const trial of trials) {
      const failure = trial.pass === false ? failureOfTrial(trial, run.header) : undefined;
      if (failure === undefined || (fresh && trial.cached)) continue;
      const own = counted.get(trial.case_no) ?? {};
      own[failure.class] = (own[failure.class] ?? 0) + 1;
      counted.set(trial.case_no, own);
    }
  return (caseNo) => counted.get(caseNo);
}

/**
 * Counts failures by failure class, the most frequent class first.
 *
 * @param seen the failures in the order of the cases
 * @returns undefined when nothing failed
 */
export async function countFailures(
  seen: Iterable<SeenFailure> | AsyncIterable<SeenFailure>,
): Promise<FailureCounts | undefined> {
  const byClass = new Map<FailureClass, ReturnType<typeof countOfClass>>();
  for await (const one of seen) {
    const counted = byClass.get(one.failure.class) ?? countOfClass();
    byClass.set(one.failure.class, counted);
    counted.add(one);
  }
  if (byClass.size === 0) return undefined;
  const counts = [...byClass].map(([name, counted]): [FailureClass, FailureCount] => [name, counted.count()]);
  return Object.fromEntries(counts.sort(([, a], [, b]) => b.trials - a.trials)) as FailureCounts;
}

/**
 * Counts the failures of one class. There may be a hundred thousand, so a failure that is only counted is not
 * kept.
 */
function countOfClass() {
  const cases: string[] = [];
  const clusters = failureClusters();
  let trials = 0;
  return {
    add: (one: SeenFailure): void => {
      trials++;
      if (cases.at(-1) !== one.case) cases.push(one.case);
      clusters.add(one);
    },
    count: (): FailureCount => ({ trials, cases, clusters: clusters.all() }),
  };
}
