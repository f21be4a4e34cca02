import { declareCommand } from "./declare-command.ts";

export const escalation = declareCommand({
  words: "escalation",
  group: "production",
  examples: ["evals escalation support-triage", "evals escalation routing.jsonl --target 0.98"],
  values: { source: "suites" },
  type: (command) =>
    command
      .description("from which confidence on answers need no person, and whether confidences can be believed")
      .argument("<source>", "a suite, whose newest run counts, or a file with an answer a line")
      .option("--target <share>", "share of unseen answers that are to be right; 0.95 when left out")
      .option("--alpha <share>", "chance that a set of labels may lack the right one; 0.1 when left out")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options, args: [source] }) =>
    (await import("../commands/escalation.ts")).escalationCommand(options, source, io),
});
