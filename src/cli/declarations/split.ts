import { type CallOf, declareCommand } from "./declare-command.ts";

export const split = declareCommand({
  words: "split",
  group: "start",
  examples: ["evals split support-triage", "evals split support-triage --name tickets"],
  values: { suite: "suites" },
  type: (command) =>
    command
      .description("move the cases and the prompt that a suite's file holds into files of their own")
      .argument("<suite>")
      .option("--name <name>", "name of the dataset and the prompt; the suite's when left out"),
  output: ["json"],
  act: async (call): Promise<number> => (await import("../commands/split.ts")).splitCommand(call),
});
export type SplitCall = CallOf<typeof split>;
