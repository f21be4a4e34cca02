import { BUMPS } from "../../domain/prompt-change.ts";
import { declareCommand } from "./declare-command.ts";

export const promptNew = declareCommand({
  words: "prompt new",
  group: "baseline",
  examples: ["evals prompt new support-triage --bump minor"],
  values: { name: "prompts", "--bump": BUMPS },
  type: (command) =>
    command
      .description("copy the newest version to the next number")
      .argument("<name>")
      .requiredOption("--bump <level>", "what the change declares: patch, minor or major")
      .option("--json", "one JSON document on stdout"),
  act: async ({ io, options, args: [name] }) =>
    (await import("../commands/prompt-new.ts")).promptNewCommand(options, name, io),
});
