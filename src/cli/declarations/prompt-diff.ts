import { type CallOf, declareCommand } from "./declare-command.ts";

export const promptDiff = declareCommand({
  words: "prompt diff",
  group: "baseline",
  examples: ["evals prompt diff support-triage", "evals prompt diff support-triage@1.1.0 1.2.0"],
  values: { a: "prompts", b: "prompts" },
  type: (command) =>
    command
      .description("two versions side by side: words, variables, roles, pinned context")
      .argument("<a>", "name@1.2.0; a name alone: its last two versions")
      .argument("[b]", "name@1.3.0 or 1.3.0; the newest when left out"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/prompt-diff.ts")).promptDiffCommand(call),
});
export type PromptDiffCall = CallOf<typeof promptDiff>;
