import { didYouMean } from "../../domain/did-you-mean.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { declareCommand } from "./declare-command.ts";

export const prompt = declareCommand({
  words: "prompt",
  group: "baseline",
  examples: ["evals prompt list"],
  type: (command) =>
    command
      .description("versions of prompts: write the next, compare two, list all")
      .usage("<command> [options]")
      .allowUnknownOption()
      .allowExcessArguments()
      .argument("[command]", "new, diff or list"),
  act: async ({ args: [word], showHelp }) => {
    if (word !== undefined) throw unknownPromptCommand(word);
    showHelp();
    return EXIT.ok;
  },
});

function unknownPromptCommand(word: string): EvalsError {
  return new EvalsError({
    code: "EVALS_COMMAND_UNKNOWN",
    what: `Unknown command "prompt ${word}".${didYouMean(word, ["new", "diff", "list"])}`,
    why: "Nothing is guessed: a misread command could ask a model for money.",
    fix: "evals prompt new, evals prompt diff or evals prompt list",
  });
}
