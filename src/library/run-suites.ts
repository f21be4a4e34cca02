import * as z from "zod";
import type { RunReport } from "../domain/report.ts";
import { matricesOf } from "../metrics/compare-targets.ts";
import { runSuites as runSuitesIn } from "../operations/run-suites.ts";
import { refuseConflicts } from "../operations/running/conflicting-options.ts";
import { RunRequest } from "../operations/running/run-request.ts";
import { type RunDocument, runDocument } from "../reports/json/documents.ts";
import { documented } from "./call.ts";
import { flag, readOptions, type StoppableOptions, stoppableOptions, text } from "./options.ts";

/** What to run, and how. Omitted options are taken from the suites' files and evalconfig.yaml. */
export interface RunSuitesOptions extends StoppableOptions {
  /** Names of suites; default: all suites of the project. */
  readonly suites?: readonly string[] | undefined;
  /**
   * The prompt to use instead of the suite's: `name@1.1.0`, `name@^1` or `name`. Several prompts get one run each.
   */
  readonly prompt?: string | readonly string[] | undefined;
  /** Alias of the model to use instead of the suite's. Several models get one run each. */
  readonly model?: string | readonly string[] | undefined;
  /** Trials per case, 1 to 1000. */
  readonly trials?: number | undefined;
  /** Runs only the cases with these ids or patterns (`refund-*`). Such a run cannot be promoted. */
  readonly cases?: readonly string[] | undefined;
  /** Runs only cases with one of these tags. */
  readonly tags?: readonly string[] | undefined;
  /** Runs only cases whose input or expected value contains these words. */
  readonly text?: string | undefined;
  /**
   * Runs only the cases that did not always pass in the newest run of each suite, or in the run with this id.
   */
  readonly failing?: boolean | string | undefined;
  /** Runs only a part of the cases: `2/5` is the second of five shards. */
  readonly shard?: string | undefined;
  /** Maximum number of trials in flight at once. */
  readonly concurrency?: number | undefined;
  /** Maximum cost in US dollars, which is never exceeded. */
  readonly budget?: number | undefined;
  /** The side to compare with, written as for `compare`, or `none`. */
  readonly baseline?: string | undefined;
  /** Asks every trial, even when the gate is decided earlier. */
  readonly allTrials?: boolean | undefined;
  /** `false` asks again instead of reusing answers of earlier runs. */
  readonly cache?: boolean | undefined;
  /** Writes the answers to `fixtures/<alias>.jsonl`. */
  readonly record?: boolean | undefined;
  /** Reads answers from `fixtures/<alias>.jsonl` instead of asking a model. */
  readonly replay?: boolean | undefined;
  /**
   * `true` resumes the newest run with the same suite, target, scorers, cases and trials; an id resumes that run.
   */
  readonly resume?: boolean | string | undefined;
  /** Asks again only for the errored trials, of the run that `resume` names or of the newest run that can be resumed. */
  readonly retry?: "errored" | undefined;
  /** Sends the requests as a batch at half the price; `resume` fetches the answers later. */
  readonly batch?: boolean | undefined;
  /** Sends the requests again that a batch left unanswered, as single calls. */
  readonly batchThenLive?: boolean | undefined;
  /** A commit, branch or tag whose files are run instead of the work tree's. */
  readonly at?: string | undefined;
}

const texts = z.array(text);
const oneOrMore = z.union([text, texts]);

export const runSuitesOptions = z.strictObject({
  ...stoppableOptions,
  suites: texts.optional(),
  prompt: oneOrMore.optional(),
  model: oneOrMore.optional(),
  trials: z.int().min(1).max(1000).optional(),
  cases: texts.optional(),
  tags: texts.optional(),
  text: text.optional(),
  failing: z.union([flag, text]).optional(),
  shard: text.optional(),
  concurrency: z.int().min(1).max(10_000).optional(),
  budget: z.number().positive().optional(),
  baseline: text.optional(),
  allTrials: flag.optional(),
  cache: flag.optional(),
  record: flag.optional(),
  replay: flag.optional(),
  resume: z.union([flag, text]).optional(),
  retry: z.literal("errored").optional(),
  batch: flag.optional(),
  batchThenLive: flag.optional(),
  at: text.optional(),
}) satisfies z.ZodType<RunSuitesOptions>;

/**
 * Runs suites, scores and stores their answers, compares with the baseline and gates, like `evals run`.
 *
 * @returns the document of `evals run --json`. After a mistake of the user nothing was run: the document has `exit` 2
 * and `problems`
 */
export async function runSuites(options: RunSuitesOptions = {}): Promise<RunDocument> {
  return runAndReport(options, () => {});
}

/** Like `runSuites`. @param see called with the reports from which the document is made */
export function runAndReport(
  options: RunSuitesOptions,
  see: (reports: readonly RunReport[]) => void,
): Promise<RunDocument> {
  return documented(
    "run",
    () => readOptions("runSuites", runSuitesOptions, options),
    async (read, { environment, control, watcher }) => {
      const request = readOptions("runSuites", RunRequest, requestOf(read));
      refuseConflicts(request);
      return runSuitesIn(environment, { request, control, watcher }, async ({ runs, exit }) => {
        const reports = runs.map(({ report }) => report);
        see(reports);
        return runDocument(exit, reports, await matricesOf(runs));
      });
    },
  );
}

function requestOf(options: RunSuitesOptions) {
  const { prompt, model, cases, tags, resume = false, failing = false } = options;
  const { suites, directory, at, trials, shard, concurrency, budget, baseline } = options;
  const { allTrials, cache, record, replay, batch, batchThenLive, retry } = options;
  return {
    ...{ suites, directory, at, trials, shard, concurrency, budget, baseline },
    ...{ allTrials, cache, record, replay, batch, batchThenLive, retry },
    prompt: asList(prompt),
    model: asList(model),
    case: cases,
    tag: tags,
    text: options.text,
    failing: failing === false ? undefined : failing === true ? "" : failing,
    resume: resume !== false,
    run: typeof resume === "string" ? resume : undefined,
  };
}

function asList(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === "string" ? [value] : value;
}
