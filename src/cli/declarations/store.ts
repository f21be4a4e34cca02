import { didYouMean } from "../../domain/did-you-mean.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { type DeclaredCommand, declareCommand } from "./declare-command.ts";

const WORDS = ["info", "verify", "prune", "export"];

const store = declareCommand({
  words: "store",
  group: "look",
  examples: ["evals store info"],
  type: (command) =>
    command
      .description("this machine's history: its size, whether it is sound, taking old runs out")
      .usage("<command> [options]")
      .allowUnknownOption()
      .allowExcessArguments()
      .argument("[command]", "info, verify, prune or export"),
  act: async ({ args: [word], showHelp }) => {
    if (word !== undefined) throw unknownWord(word);
    showHelp();
    return EXIT.ok;
  },
});

const info = declareCommand({
  words: "store info",
  group: "look",
  examples: ["evals store info"],
  type: (command) =>
    command
      .description("where the history is, how large, and what is in it")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options }) => (await import("../commands/store.ts")).storeInfoCommand(options, io),
});

const verify = declareCommand({
  words: "store verify",
  group: "look",
  examples: ["evals store verify"],
  type: (command) =>
    command
      .description("read all of the history; exit 1 when it is damaged")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options }) => (await import("../commands/store.ts")).storeVerifyCommand(options, io),
});

const prune = declareCommand({
  words: "store prune",
  group: "look",
  examples: ["evals store prune --dry-run --older-than 90d", "evals store prune --older-than 90d"],
  type: (command) =>
    command
      .description("take old runs out for good, but for those under a baseline or tag")
      .option(
        "--older-than <age>",
        "runs that ended longer ago, 90d or 12h; default: history.keep of evalconfig.yaml",
      )
      .option("--dry-run", "say what would go")
      .option("--json", "one JSON document on stdout")
      .option("--no-color", "no colour"),
  act: async ({ io, options }) => (await import("../commands/store.ts")).storePruneCommand(options, io),
});

const exporting = declareCommand({
  words: "store export",
  group: "look",
  examples: ["evals store export > history.jsonl"],
  type: (command) =>
    command
      .description("every run and trial as lines of JSON; texts of restricted datasets are left out")
      .option("--no-color", "no colour"),
  act: async ({ io, options }) => (await import("../commands/store.ts")).storeExportCommand(options, io),
});

/** `evals store` and its subcommands. */
export const STORE_COMMANDS: readonly DeclaredCommand[] = [store, info, verify, prune, exporting];

function unknownWord(word: string): EvalsError {
  return new EvalsError({
    code: "EVALS_COMMAND_UNKNOWN",
    what: `Unknown command "store ${word}".${didYouMean(word, WORDS)}`,
    why: "Nothing is guessed: what is taken out of the history is gone for good.",
    fix: WORDS.map((one) => `evals store ${one}`).join(", "),
  });
}
