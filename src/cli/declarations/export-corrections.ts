import { type CallOf, declareCommand } from "./declare-command.ts";

export const exportCorrections = declareCommand({
  words: "export corrections",
  group: "production",
  examples: ["evals export corrections --out corrections.jsonl"],
  type: (command) =>
    command
      .description("what people corrected of production, as chats to tune a model with")
      .argument("[dataset...]", "as suites name them; all of datasets/ when left out")
      .option("--out <file>", "write to this file; to stdout when left out")
      .option("--json", "one JSON document on stdout; the lines go to a file"),
  act: async (call): Promise<number> =>
    (await import("../commands/export-corrections.ts")).exportCorrectionsCommand(call),
});
export type ExportCorrectionsCall = CallOf<typeof exportCorrections>;
