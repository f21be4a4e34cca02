import { describe, expect, it } from "vitest";
import { repeatedOptions } from "./repeated-options.ts";
import { RunRequest } from "./run-request.ts";

/** Options that limit or change how a run goes on: each must be in the command that goes on with it. */
const REPEATED: readonly (readonly [Partial<RunRequest>, string])[] = [
  [{ budget: 0.5 }, "--budget 0.5"],
  [{ concurrency: 4 }, "--concurrency 4"],
  [{ baseline: "none" }, "--baseline none"],
  [{ baseline: "file:my answers.jsonl" }, "--baseline 'file:my answers.jsonl'"],
  [{ allTrials: true }, "--all-trials"],
  [{ model: ["a", "b"] }, "--all-trials"],
  [{ cache: false }, "--no-cache"],
  [{ record: true }, "--record"],
  [{ batchThenLive: true }, "--batch-then-live"],
  [{ workers: "env:DATABASE" }, "--workers env:DATABASE"],
  [{ workers: "postgres://me:secret@db/evals" }, "--workers <postgres>"],
  [{ repeat: false }, "--no-repeat"],
];

/** What the plan of a resumed run holds, what names the run, and what the command line alone decides. */
const KEPT = [
  ...["suites", "directory", "at", "model", "prompt", "trials", "case", "tag", "text", "failing", "shard"],
  ...["replay", "resume", "batch", "run", "retry", "explainCache"],
];

describe("the options that a command which goes on repeats", () => {
  it.each(REPEATED)("%j: %s", (typed, option) => {
    expect(repeatedOptions(RunRequest.parse(typed), undefined)).toEqual([option]);
  });

  it("are none where none was given", () => {
    expect(repeatedOptions(RunRequest.parse({}), undefined)).toEqual([]);
  });

  it("name the commit that is run", () => {
    expect(repeatedOptions(RunRequest.parse({ at: "main" }), "1d2c0aa00000")).toEqual(["--at 1d2c0aa00000"]);
  });

  it("are decided for every option of a run", () => {
    const known = [...KEPT, ...REPEATED.flatMap(([typed]) => Object.keys(typed))];
    expect([...new Set(known)].sort()).toEqual(Object.keys(RunRequest.shape).sort());
  });
});
