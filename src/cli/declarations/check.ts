import { type CallOf, declareCommand } from "./declare-command.ts";

export const check = declareCommand({
  words: "check",
  group: "start",
  examples: ["evals check", "evals check --json"],
  type: (command) =>
    command
      .description("validate every file; calls no model")
      .option("--online", "ask OpenAI and Anthropic which models they list"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/check.ts")).checkCommand(call),
});
export type CheckCall = CallOf<typeof check>;
