import { declareCommand } from "./declare-command.ts";

export const split = declareCommand({
  words: "split",
  group: "start",
  examples: ["evals split support-triage", "evals split support-triage --name tickets"],
  values: { suite: "suites" },
  type: (command) =>
    command
      .description("move the cases and the prompt that a suite's file holds into files of their own")
      .argument("<suite>")
      .option("--name <name>", "of the dataset and the prompt; the suite's when left out")
      .option("--json", "one JSON document on stdout"),
  act: async ({ io, options, args: [suite] }) =>
    (await import("../commands/split.ts")).splitCommand(options, suite, io),
});
