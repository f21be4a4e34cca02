import { type CallOf, declareCommand } from "./declare-command.ts";

export const drift = declareCommand({
  words: "drift",
  group: "production",
  examples: ["evals drift support-triage", "evals drift support-triage --budget 2 --json"],
  values: { suite: "suites", "--model": "models", "--prompt": "prompts" },
  type: (command) =>
    command
      .description("whether the model behind a suite has changed since its baseline")
      .argument("<suite>")
      .option("--model <alias>", "where the suite lists several")
      .option("--prompt <name[@version]>", "where the suite lists several")
      .option("--budget <usd>", "stop before it would cost more")
      .option("--dry-run", "say what would be asked and what that costs"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/drift.ts")).driftCommand(call),
});
export type DriftCall = CallOf<typeof drift>;
