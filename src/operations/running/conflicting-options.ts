import { EvalsError } from "../../domain/problem.ts";
import { resumeCommand } from "../../domain/resume-command.ts";
import { repeatedOptions } from "./repeated-options.ts";
import type { RunRequest } from "./run-request.ts";

/** Refuses options that exclude each other. @throws {EvalsError} EVALS_OPTION_CONFLICT */
export function refuseConflicts(request: RunRequest): void {
  if (request.run !== undefined && !request.resume && request.retry === undefined) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--run is given without --resume or --retry.",
      why: "--run names the run to continue; without --resume or --retry a new run would be started.",
      fix: resumeCommand({
        id: request.run || "<id>",
        suite: request.suites.length === 1 ? (request.suites[0] ?? "") : "",
        repeated_options: repeatedOptions(request, request.at),
      }),
    });
  }
  if (request.batchThenLive && !request.batch && !request.resume) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--batch-then-live asks again where a batch left no answer, but this run has no batch.",
      why: "Without --batch or --resume, every request is a single call already.",
      fix: "evals run --batch, later evals run --resume --batch-then-live",
    });
  }
  if (request.batch && request.replay) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--batch and --replay exclude each other.",
      why: "--batch sends requests that are answered later, and --replay answers from recordings.",
      fix: "Leave one of the two options out.",
    });
  }
  if (request.record && request.replay) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--record and --replay exclude each other.",
      why: "--record asks the model and records its answers, and --replay answers from recordings.",
      fix: "Leave one of the two options out.",
    });
  }
  if (request.workers !== undefined && (request.replay || request.batch)) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: `--workers and ${request.replay ? "--replay" : "--batch"} exclude each other.`,
      why: request.replay
        ? "Workers ask the model, and recordings are read by this process."
        : "Workers ask with single calls; a batch is sent by this process and fetched later.",
      fix: "Leave one of the two options out.",
    });
  }
  if (request.at !== undefined && request.record) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--at and --record exclude each other.",
      why: "A recording is written into the work tree, whose files may differ from those of the commit.",
      fix: "Leave --record out, or: git switch --detach <ref> && evals run --record",
    });
  }
}
