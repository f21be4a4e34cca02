import { type CallOf, declareCommand } from "./declare-command.ts";

export const importTraces = declareCommand({
  words: "import traces",
  group: "production",
  examples: [
    "evals import traces traces.jsonl",
    "evals import traces https://cloud.langfuse.com --since 7d",
    "evals import traces --listen 4318",
  ],
  type: (command) =>
    command
      .description("import production traces; importing them again changes nothing")
      .argument(
        "[source...]",
        "files: OTLP (JSON, JSON Lines, protobuf) in any convention, or an export of Langfuse, LangSmith, Braintrust, Helicone or Phoenix; or an address",
      )
      .option(
        "--listen <port>",
        "receive OTLP over HTTP on this port of 127.0.0.1, such as 4318, until Ctrl-C",
      )
      .option("--since <age>", "from an address: only traces that began within this time, such as 7d")
      .option("--dry-run", "show what would be imported"),
  output: ["json"],
  act: async (call): Promise<number> =>
    (await import("../commands/import-traces.ts")).importTracesCommand(call),
});
export type ImportTracesCall = CallOf<typeof importTraces>;
