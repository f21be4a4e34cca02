import { type CallOf, declareCommand } from "./declare-command.ts";

export const promptDiff = declareCommand({
  words: "prompt diff",
  group: "baseline",
  examples: [
    "evals prompt diff support-triage",
    "evals prompt diff support-triage 1.1.0 1.2.0",
    "evals prompt diff support-triage@1.1.0 support-triage@1.2.0",
  ],
  values: { name: "prompts", versions: "prompts" },
  type: (command) =>
    command
      .description("compare two versions: words, variables, roles, pinned model and parameters")
      .argument("<name>", "name, or name@1.2.0; a name alone compares its last two versions")
      .argument(
        "[versions...]",
        "versions of that name, or name@1.3.0; name@1.2.0 alone is compared with the newest",
      ),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/prompt-diff.ts")).promptDiffCommand(call),
});
export type PromptDiffCall = CallOf<typeof promptDiff>;
