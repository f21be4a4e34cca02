import { type CallOf, declareCommand } from "./declare-command.ts";

export const score = declareCommand({
  words: "score",
  group: "production",
  examples: ["evals score support-triage --traffic --since 7d --sample 5%"],
  values: { suite: "suites" },
  type: (command) =>
    command
      .description("score production traffic with a suite's scorers and calibrated judges, by day")
      .argument("<suite>")
      .option("--traffic", "score the traces in the store")
      .option("--where <conditions>", "only traffic that meets all conditions: tag=canary")
      .option("--since <age>", "only traffic of the last days or hours (7d, 12h), or since a day: 2026-11-02")
      .option("--sample <share>", "score only this share of the traces: 1%")
      .option("--seed <text>", "seed of --sample: the same seed draws the same traces", "1")
      .option("--yes", "ask judges, whatever the cost")
      .option("--budget <usd>", "ask judges for at most this many dollars")
      .option("--replay", "take judges' replies from fixtures/<alias>.jsonl"),
  output: ["json"],
  act: async (call): Promise<number> => (await import("../commands/score.ts")).scoreCommand(call),
});
export type ScoreCall = CallOf<typeof score>;
