import { type CallOf, declareCommand } from "./declare-command.ts";

export const split = declareCommand({
  words: "split",
  group: "start",
  examples: ["evals split support-triage", "evals split support-triage --name tickets"],
  values: { suite: "suites" },
  type: (command) =>
    command
      .description("move the cases and the prompt in a suite's file to separate files")
      .argument("<suite>")
      .option("--name <name>", "name of the dataset and the prompt; default: the suite's"),
  output: ["json"],
  act: async (call): Promise<number> => (await import("../commands/split.ts")).splitCommand(call),
});
export type SplitCall = CallOf<typeof split>;
