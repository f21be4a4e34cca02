import { REPORTER_NAMES } from "../../operations/reporting/registry.ts";
import { type CallOf, declareCommand, list } from "./declare-command.ts";

export const run = declareCommand({
  words: "run",
  group: "start",
  examples: [
    "evals run",
    "evals run support-triage --trials 5",
    "evals run support-triage --prompt support-triage@1.2.0 --model small",
    "evals run support-triage --tag critical --baseline none",
    "evals run support-triage --resume",
    "evals run support-triage --batch",
    "evals run support-triage --retry errored",
    "evals run support-triage --watch",
    "evals run support-triage --failing",
    "evals run support-triage --case 'refund-*' -t 'late parcel'",
    "evals run support-triage --model large --dry-run",
  ],
  equals: ["--failing"],
  values: {
    suites: "suites",
    "--model": "models",
    "--prompt": "prompts",
    "--run": "runs",
    "--failing": "runs",
    "--baseline": "sides",
    "--reporter": REPORTER_NAMES,
  },
  type: (command) =>
    command
      .description("run suites: ask each case, score the answers, compare, apply the gate")
      .argument("[suites...]", "names of suites; default: all")
      .option("--at <ref>", "use suites, prompts and datasets of this commit, branch or tag")
      .option(
        "--model <alias>",
        "use this model and not the suite's; repeat the option for one run per model",
        list,
      )
      .option(
        "--prompt <spec>",
        "use this prompt and not the suite's: name, name@1.2.0, name@^1; repeat the option for one run per prompt",
        list,
      )
      .option("--trials <k>", "trials of each case")
      .option("--case <id>", "only this case, or cases by a pattern: 'refund-*'; may be repeated", list)
      .option("--tag <tag>", "only cases with this tag; may be repeated", list)
      .option("-t, --text <words>", "only cases whose input or expected value contains these words")
      .option(
        "--failing [run]",
        "only cases that did not always pass in the newest run of the suite and model, or in the run --failing=<run>; unchanged requests reuse stored answers, --no-cache asks again",
      )
      .option("--shard <i/n>", "run only the i-th of n parts of the cases")
      .option("--concurrency <n>", "trials in flight at once")
      .option("--budget <usd>", "stop before spending more")
      .option(
        "--baseline <side>",
        "compare with this run, commit, prompt version or file; none: compare with nothing",
      )
      .option("--all-trials", "run all trials, even if fewer trials settle the verdict")
      .option("--no-cache", "ask again, even where an answer is stored")
      .option("--record", "write the model's answers to fixtures/<alias>.jsonl")
      .option("--replay", "answer from fixtures/<alias>.jsonl")
      .option("--resume", "continue the newest run with the same suite, target, scorers and cases")
      .option(
        "--batch",
        "send the requests as a batch, at half the price; --resume fetches the answers later",
      )
      .option("--batch-then-live", "ask with single calls for trials that the batch did not answer")
      .option(
        "--retry <errored>",
        "ask again only for the errored trials of the newest run that --resume would continue",
      )
      .option(
        "--run <id>",
        "with --resume or --retry: continue this run, with its model, prompt, cases and trials",
      )
      .option(
        "--workers <postgres>",
        "let workers run the trials: address of their database, postgres://… or env:NAME; see `evals worker`",
      )
      .option("--no-repeat", "with --workers: do not repeat a call whose answer was lost with its worker")
      .option("--watch", "run again whenever a file changes that a run depends on, until Ctrl-C")
      .option("--open", "afterwards show the run on the page of `evals view`, until Ctrl-C")
      .option("--dry-run", "show what would be asked and what it would cost; asks nothing, needs no key")
      .option("--explain-cache", "show for each case whether it would be asked, and why; asks nothing")
      .option("--reporter <name[=file]>", `${REPORTER_NAMES.join(", ")}; may be repeated`, list)
      .option("--json", "one JSON document on stdout, progress on stderr")
      .option("--quiet", "show no progress"),
  output: ["color"],
  act: async (call): Promise<number> => (await import("../commands/run.ts")).runCommand(call),
});
export type RunCall = CallOf<typeof run>;
