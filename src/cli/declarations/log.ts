import { declareCommand } from "./declare-command.ts";

export const log = declareCommand({
  words: "log",
  group: "baseline",
  examples: ["evals log"],
  type: (command) =>
    command
      .description("who promoted or rolled back what, when and why")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options }) => (await import("../commands/log.ts")).logCommand(options, io),
});
