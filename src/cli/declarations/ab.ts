import { type CallOf, declareCommand } from "./declare-command.ts";

export const ab = declareCommand({
  words: "ab",
  group: "production",
  examples: [
    "evals ab prompt=1.1.0 prompt=1.2.0",
    "evals ab file:old.jsonl file:new.jsonl --judge better --budget 2",
  ],
  values: { "--suite": "suites", "--judge": "judges" },
  type: (command) =>
    command
      .description("test which of two arms of traffic is better; you can repeat this test every day")
      .argument("<a>", "the present arm: prompt=1.1.0, or file:answers.jsonl")
      .argument("<b>", "the new arm")
      .option("--suite <name>", "the suite whose scorers decide what passes")
      .option("--judge <name>", "let this pairwise judge compare the two answers to each input")
      .option("--yes", "ask judges, whatever the cost")
      .option("--budget <usd>", "ask judges for at most this many dollars"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/ab.ts")).abCommand(call),
});
export type AbCall = CallOf<typeof ab>;
