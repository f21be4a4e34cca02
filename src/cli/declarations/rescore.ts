import { type CallOf, declareCommand } from "./declare-command.ts";

export const rescore = declareCommand({
  words: "rescore",
  group: "look",
  examples: ["evals rescore latest"],
  values: { run: "runs" },
  type: (command) =>
    command
      .description(
        "score stored answers again with the current scorers; judges are asked only for verdicts that are not stored yet",
      )
      .argument("<run>", "run id, a prefix of it, or latest")
      .option("--yes", "ask judges, whatever the cost; the price is shown first")
      .option("--budget <usd>", "ask judges for at most this many dollars")
      .option("--replay", "take judges' replies from fixtures/<alias>.jsonl"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/rescore.ts")).rescoreCommand(call),
});
export type RescoreCall = CallOf<typeof rescore>;
