import * as z from "zod";
import type { RunReport } from "../domain/report.ts";
import { matricesOf } from "../metrics/compare-targets.ts";
import { runSuites as runSuitesIn } from "../operations/run-suites.ts";
import { refuseConflicts } from "../operations/running/conflicting-options.ts";
import { RunRequest } from "../operations/running/run-request.ts";
import { type RunDocument, runDocument } from "../reports/json/documents.ts";
import { documented } from "./call.ts";
import { flag, readOptions, type StoppableOptions, stoppableOptions, text } from "./options.ts";

/** What is run, and how. What is left out is as the suites' files and evalconfig.yaml say. */
export interface RunSuitesOptions extends StoppableOptions {
  /** Names of suites; all of the project when left out. */
  readonly suites?: readonly string[] | undefined;
  /** `name@1.1.0`, `name@^1` or `name`; several make one run each. */
  readonly prompt?: string | readonly string[] | undefined;
  /** Aliases of models; several make one run each. */
  readonly model?: string | readonly string[] | undefined;
  /** Of each case, 1 to 1000. */
  readonly trials?: number | undefined;
  /** Ids of the only cases that are asked, or patterns of them (`refund-*`); such a run cannot be promoted. */
  readonly cases?: readonly string[] | undefined;
  /** Tags of the only cases that are asked. */
  readonly tags?: readonly string[] | undefined;
  /** Words that must be in what a case asks or expects. */
  readonly text?: string | undefined;
  /** Only the cases that did not pass everywhere in the newest run of each suite, or in the run that is named. */
  readonly failing?: boolean | string | undefined;
  /** `2/5`: the second of five parts of the cases. */
  readonly shard?: string | undefined;
  /** Trials in flight at once. */
  readonly concurrency?: number | undefined;
  /** US dollars that are never crossed. */
  readonly budget?: number | undefined;
  /** What the runs are compared with, a side as `compare` takes it, or `none`. */
  readonly baseline?: string | undefined;
  /** Asks every trial, also when the gate is decided before. */
  readonly allTrials?: boolean | undefined;
  /** False asks again what earlier runs have asked. */
  readonly cache?: boolean | undefined;
  /** Writes the answers to `fixtures/<alias>.jsonl`. */
  readonly record?: boolean | undefined;
  /** Answers from `fixtures/<alias>.jsonl`. */
  readonly replay?: boolean | undefined;
  /** Goes on with the newest run of the same plan, or with the one that is named. */
  readonly resume?: boolean | string | undefined;
  /** Goes on with the newest run of the same plan, or with the one that `resume` names, for what errored alone. */
  readonly retry?: "errored" | undefined;
  /** Sends what is asked as a batch, at half the price; `resume` fetches the answers later. */
  readonly batch?: boolean | undefined;
  /** Asks call by call for what a batch left unanswered. */
  readonly batchThenLive?: boolean | undefined;
  /** A commit, branch or tag whose files are run instead of those that are here. */
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
 * Runs suites, scores and stores their answers, compares with the baseline and gates, as `evals run` does.
 *
 * @returns the document of `evals run --json`. A mistake of the user is in its `problems`, with exit 2; nothing was run then
 */
export async function runSuites(options: RunSuitesOptions = {}): Promise<RunDocument> {
  return runAndReport(options, () => {});
}

/** @param see is handed the reports behind the document */
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
      return runSuitesIn(environment, { request, control, watcher }, ({ runs, exit }) => {
        const reports = runs.map(({ report }) => report);
        see(reports);
        return runDocument(exit, reports, matricesOf(runs));
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
