import { EvalsError } from "../../domain/problem.ts";
import type { RunRequest } from "./run-request.ts";

/** @throws {EvalsError} EVALS_OPTION_CONFLICT for options that exclude or require each other */
export function refuseConflicts(request: RunRequest): void {
  if (request.run !== undefined && !request.resume && request.retry === undefined) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--run names a run to go on with, and --resume is missing.",
      why: "Without it no run is continued, and an empty result would look like a pass.",
      fix: `evals run --resume --run ${request.run || "<id>"}`,
    });
  }
  if (request.batchThenLive && !request.batch && !request.resume) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--batch-then-live asks for what a batch left unanswered, and nothing is asked in a batch.",
      why: "Without --batch or --resume every call is made at once already.",
      fix: "evals run --batch, later evals run --resume --batch-then-live",
    });
  }
  if (request.batch && request.replay) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--batch and --replay exclude each other.",
      why: "One sends what is asked to be answered later, the other answers from what was recorded.",
      fix: "Leave one of them out.",
    });
  }
  if (request.record && request.replay) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--record and --replay exclude each other.",
      why: "One asks the model and writes what it said, the other answers from what was written.",
      fix: "Leave one of them out.",
    });
  }
  if (request.workers !== undefined && (request.replay || request.batch)) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: `--workers and ${request.replay ? "--replay" : "--batch"} exclude each other.`,
      why: request.replay
        ? "Workers ask the model; what was recorded is read here, by this process."
        : "Workers ask live, call by call; a batch is sent from here and harvested later.",
      fix: "Leave one of them out.",
    });
  }
  if (request.at !== undefined && request.record) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: "--at and --record exclude each other.",
      why: "A recording is written beside the files that it belongs to, and those of a commit are not on the disk.",
      fix: "Leave --record out, or: git switch --detach <ref> && evals run --record",
    });
  }
}
