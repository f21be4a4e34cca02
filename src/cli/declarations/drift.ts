import { declareCommand } from "./declare-command.ts";

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
      .option("--dry-run", "say what would be asked and what that costs")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options, args: [suite] }) =>
    (await import("../commands/drift.ts")).driftCommand(options, suite, io),
});
