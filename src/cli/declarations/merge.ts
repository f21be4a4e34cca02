import { REPORTER_NAMES } from "../../operations/reporting/registry.ts";
import { type CallOf, declareCommand, list } from "./declare-command.ts";

export const merge = declareCommand({
  words: "merge",
  group: "start",
  examples: [
    "evals merge shards/*",
    "evals merge shard-1/.evals shard-2/.evals --json",
    "evals merge shards/* --model large",
  ],
  values: { "--model": "models", "--prompt": "prompts", "--baseline": "sides", "--reporter": REPORTER_NAMES },
  type: (command) =>
    command
      .description("combine the parts of a run that `run --shard` made, and gate the whole run; asks nothing")
      .argument("<histories...>", "copies of .evals folders, or of the history file in them")
      .option("--model <alias>", "the parts ran with this option; may be repeated", list)
      .option("--prompt <spec>", "the parts ran with this option; may be repeated", list)
      .option(
        "--baseline <side>",
        "compare with this run, commit, prompt version or file; none: compare with nothing",
      )
      .option("--reporter <name[=file]>", `${REPORTER_NAMES.join(", ")}; may be repeated`, list),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/merge.ts")).mergeCommand(call),
});
export type MergeCall = CallOf<typeof merge>;
