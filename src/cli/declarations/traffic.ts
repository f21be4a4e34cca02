import { type CallOf, declareCommand } from "./declare-command.ts";

export const traffic = declareCommand({
  words: "traffic",
  group: "production",
  examples: [
    "evals traffic",
    "evals traffic --since 7d --where prompt=1.2.0,tag=canary",
    'evals traffic --grep "cannot help" --json',
  ],
  type: (command) =>
    command
      .description(
        "list stored traces, for instance which sessions and users got a given answer, and since when",
      )
      .option(
        "--where <conditions>",
        "conditions on service, prompt, model, tag, arm, session, user: tag=canary,prompt!=1.1.0",
      )
      .option("--grep <text>", "only traces with this text in the answer")
      .option("--since <age>", "only traces of the last days or hours (7d, 12h), or since a day: 2026-11-02")
      .option("--limit <n>", "list this many traces, newest first", "20"),
  output: ["json"],
  act: async (call): Promise<number> => (await import("../commands/traffic.ts")).trafficCommand(call),
});
export type TrafficCall = CallOf<typeof traffic>;
