import { declareCommand } from "./declare-command.ts";

export const check = declareCommand({
  words: "check",
  group: "start",
  examples: ["evals check", "evals check --json"],
  type: (command) =>
    command
      .description("validate every file without a model call")
      .option("--online", "ask OpenAI and Anthropic which models they list")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options }) => (await import("../commands/check.ts")).checkCommand(options, io),
});
