import { declareCommand } from "./declare-command.ts";

export const rescore = declareCommand({
  words: "rescore",
  group: "look",
  examples: ["evals rescore latest"],
  values: { run: "runs" },
  type: (command) =>
    command
      .description(
        "score stored answers again with today's scorers; judges are asked only for verdicts that are not stored yet",
      )
      .argument("<run>", "run id, a prefix of it, or latest")
      .option("--yes", "ask judges whatever it costs; the price is shown first")
      .option("--budget <usd>", "ask judges for at most so many dollars")
      .option("--replay", "take judges' replies from fixtures/<alias>.jsonl")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options, args: [run] }) =>
    (await import("../commands/rescore.ts")).rescoreCommand(options, run, io),
});
