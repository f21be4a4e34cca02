import { type CallOf, type DeclaredCommand, declareCommand, declareOverview } from "./declare-command.ts";

const store = declareOverview({
  words: "store",
  group: "look",
  examples: ["evals store info"],
  about: "this machine's history: show its size, check it for damage, delete old runs",
  commands: ["info", "verify", "prune", "export"],
});

const info = declareCommand({
  words: "store info",
  group: "look",
  examples: ["evals store info"],
  type: (command) => command.description("show where the history is, its size, and its content"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/store.ts")).storeInfoCommand(call),
});
export type StoreInfoCall = CallOf<typeof info>;

const verify = declareCommand({
  words: "store verify",
  group: "look",
  examples: ["evals store verify"],
  type: (command) => command.description("check the whole history for damage; exit 1 when it is damaged"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/store.ts")).storeVerifyCommand(call),
});
export type StoreVerifyCall = CallOf<typeof verify>;

const prune = declareCommand({
  words: "store prune",
  group: "look",
  examples: ["evals store prune --dry-run --older-than 90d", "evals store prune --older-than 90d"],
  type: (command) =>
    command
      .description("delete old runs, except those that a baseline or tag needs")
      .option(
        "--older-than <age>",
        "delete runs that ended longer ago than this, 90d or 12h; default: history.keep in evalconfig.yaml",
      )
      .option("--dry-run", "show what would be deleted"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/store.ts")).storePruneCommand(call),
});
export type StorePruneCall = CallOf<typeof prune>;

const exporting = declareCommand({
  words: "store export",
  group: "look",
  examples: ["evals store export > history.jsonl"],
  type: (command) =>
    command.description("print every run and trial as JSON Lines; texts of restricted datasets are left out"),
  output: ["color"],
  act: async (call): Promise<number> => (await import("../commands/store.ts")).storeExportCommand(call),
});
export type StoreExportCall = CallOf<typeof exporting>;

/** `evals store` and its subcommands. */
export const STORE_COMMANDS: readonly DeclaredCommand[] = [store, info, verify, prune, exporting];
