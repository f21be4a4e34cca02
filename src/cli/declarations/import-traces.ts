import { declareCommand } from "./declare-command.ts";

export const importTraces = declareCommand({
  words: "import traces",
  group: "production",
  examples: ["evals import traces traces.jsonl", "evals import traces 'exports/*.json' --dry-run"],
  type: (command) =>
    command
      .description("traces of production into the store; twice changes nothing")
      .argument(
        "<file...>",
        "OTLP (JSON, lines, protobuf) in any convention, or an export of Langfuse, LangSmith, Braintrust, Helicone or Phoenix",
      )
      .option("--dry-run", "say what would be taken")
      .option("--json", "one JSON document on stdout"),
  act: async ({ io, options, args }) =>
    (await import("../commands/import-traces.ts")).importTracesCommand(options, args.flat().map(String), io),
});
