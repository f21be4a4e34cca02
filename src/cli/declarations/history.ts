import { type CallOf, declareCommand } from "./declare-command.ts";

export const history = declareCommand({
  words: "history",
  group: "look",
  examples: [
    "evals history",
    "evals history support-triage --limit 5",
    "evals history support-triage --flaky",
  ],
  values: { suite: "suites" },
  type: (command) =>
    command
      .description("list past runs with their pass rates and costs")
      .argument("[suite]")
      .option("--limit <n>", "number of runs, newest first", "20")
      .option("--flaky", "with a suite: its flaky cases, flakiest first")
      .option("--csv", "one line per run, for a spreadsheet"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/history.ts")).historyCommand(call),
});
export type HistoryCall = CallOf<typeof history>;
