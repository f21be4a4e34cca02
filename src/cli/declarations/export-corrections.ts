import { type CallOf, declareCommand } from "./declare-command.ts";

export const exportCorrections = declareCommand({
  words: "export corrections",
  group: "production",
  examples: ["evals export corrections --out corrections.jsonl"],
  type: (command) =>
    command
      .description("export people's corrections of production answers, as chats for fine-tuning")
      .argument("[dataset...]", "datasets, named as in suites; default: all in datasets/")
      .option("--out <file>", "write to this file; default: to stdout")
      .option("--json", "one JSON document on stdout; the lines go to a file"),
  act: async (call): Promise<number> =>
    (await import("../commands/export-corrections.ts")).exportCorrectionsCommand(call),
});
export type ExportCorrectionsCall = CallOf<typeof exportCorrections>;
