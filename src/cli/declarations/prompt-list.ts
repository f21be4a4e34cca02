import { type CallOf, declareCommand } from "./declare-command.ts";

export const promptList = declareCommand({
  words: "prompt list",
  group: "baseline",
  examples: ["evals prompt list", "evals prompt list support-triage"],
  values: { name: "prompts" },
  type: (command) =>
    command
      .description("every version: who, why, published or not, where it is used, what it measured last")
      .argument("[name]"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/prompt-list.ts")).promptListCommand(call),
});
export type PromptListCall = CallOf<typeof promptList>;
