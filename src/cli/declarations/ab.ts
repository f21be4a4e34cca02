import { declareCommand } from "./declare-command.ts";

export const ab = declareCommand({
  words: "ab",
  group: "production",
  examples: ["evals ab file:a.jsonl file:b.jsonl", "evals ab file:old.jsonl file:new.jsonl --judge better"],
  values: { "--suite": "suites", "--judge": "judges" },
  type: (command) =>
    command
      .description("which of two arms of traffic is better, however often one looks")
      .argument("<a>", "the arm of today: file:answers.jsonl")
      .argument("<b>", "the arm that is tried")
      .option("--suite <name>", "its scorers say what passes")
      .option("--judge <name>", "a pairwise judge compares answers to one input")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options, args: [a, b] }) =>
    (await import("../commands/ab.ts")).abCommand(options, [a, b], io),
});
