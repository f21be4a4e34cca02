import { BUMPS } from "../../domain/prompt-change.ts";
import { type CallOf, declareCommand } from "./declare-command.ts";

export const promptNew = declareCommand({
  words: "prompt new",
  group: "baseline",
  examples: ["evals prompt new support-triage --bump minor"],
  values: { name: "prompts", "--bump": BUMPS },
  type: (command) =>
    command
      .description("copy the newest version to the next version number")
      .argument("<name>")
      .requiredOption("--bump <level>", "how large the change is: patch, minor or major"),
  output: ["json"],
  act: async (call): Promise<number> => (await import("../commands/prompt-new.ts")).promptNewCommand(call),
});
export type PromptNewCall = CallOf<typeof promptNew>;
