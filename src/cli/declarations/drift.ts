import { type CallOf, declareCommand } from "./declare-command.ts";

export const drift = declareCommand({
  words: "drift",
  group: "production",
  examples: [
    "evals drift support-triage",
    "evals drift support-triage --budget 2 --json",
    'evals drift support-triage --workers env:EVALS_POSTGRES --cron "17 3 * * *"',
  ],
  values: { suite: "suites", "--model": "models", "--prompt": "prompts" },
  type: (command) =>
    command
      .description("test whether the model of a suite has changed since its baseline")
      .argument("<suite>")
      .option("--model <alias>", "one of the models that the suite lists")
      .option("--prompt <name[@version]>", "one of the prompts that the suite lists")
      .option("--budget <usd>", "stop before the cost would be higher")
      .option(
        "--workers <postgres>",
        "let workers run the trials: address of their database, postgres://… or env:NAME; see `evals worker`",
      )
      .option(
        "--cron <fields>",
        'with --workers: keep running, and do this at each time of a schedule in UTC: "17 3 * * *"',
      )
      .option("--dry-run", "show what would be asked and what it would cost; asks nothing"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/drift.ts")).driftCommand(call),
});
export type DriftCall = CallOf<typeof drift>;
