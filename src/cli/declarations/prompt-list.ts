import { declareCommand } from "./declare-command.ts";

export const promptList = declareCommand({
  words: "prompt list",
  group: "baseline",
  examples: ["evals prompt list", "evals prompt list support-triage"],
  values: { name: "prompts" },
  type: (command) =>
    command
      .description("every version: who, why, published or not, where it is used, what it measured last")
      .argument("[name]")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options, args: [name] }) =>
    (await import("../commands/prompt-list.ts")).promptListCommand(options, name, io),
});
