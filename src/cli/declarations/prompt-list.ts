import { type CallOf, declareCommand } from "./declare-command.ts";

export const promptList = declareCommand({
  words: "prompt list",
  group: "baseline",
  examples: ["evals prompt list", "evals prompt list support-triage"],
  values: { name: "prompts" },
  type: (command) =>
    command
      .description("list versions: author, reason, whether published, suites, newest pass rate")
      .argument("[name]"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/prompt-list.ts")).promptListCommand(call),
});
export type PromptListCall = CallOf<typeof promptList>;
