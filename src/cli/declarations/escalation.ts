import { type CallOf, declareCommand } from "./declare-command.ts";

export const escalation = declareCommand({
  words: "escalation",
  group: "production",
  examples: ["evals escalation support-triage", "evals escalation routing.jsonl --target 0.98"],
  values: { source: "suites" },
  type: (command) =>
    command
      .description("find the confidence above which an answer needs no review by a person")
      .argument("<source>", "a suite (its newest run), or a file")
      .option("--target <share>", "share that must be right among the answers without review; default: 0.95")
      .option(
        "--alpha <share>",
        "accepted chance that an answer's set of possible labels lacks the right one; default: 0.1",
      ),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/escalation.ts")).escalationCommand(call),
});
export type EscalationCall = CallOf<typeof escalation>;
