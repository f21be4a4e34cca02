import { type CallOf, declareCommand } from "./declare-command.ts";

export const promote = declareCommand({
  words: "promote",
  group: "baseline",
  examples: [
    "evals promote",
    'evals promote --as v1 --message "First release"',
    "evals promote --dry-run",
    'evals promote --accept "half the price, two points worse"',
  ],
  values: { run: "runs" },
  type: (command) =>
    command
      .description("use a complete run of committed files as the new baseline, and commit it")
      .argument("[run]", "the run; default: the newest of each suite")
      .option("--as <name>", "tag the commit evals/<name>")
      .option("--message <why>", "the reason, for the commit and the tag")
      .option("--accept <why>", "accept that the run is worse than the present baseline, for this reason")
      .option("--add", "add the run's own trials to the baseline, for cases that are the same in both")
      .option("--with-answers", "store the distinct answers in a file beside the baseline")
      .option("--dry-run", "show what would be written"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/promote.ts")).promoteCommand(call),
});
export type PromoteCall = CallOf<typeof promote>;
