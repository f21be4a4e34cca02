import { type CallOf, declareCommand } from "./declare-command.ts";

export const rollback = declareCommand({
  words: "rollback",
  group: "baseline",
  examples: ["evals rollback v1 --dry-run", 'evals rollback v1 --message "customers complained"'],
  values: { tag: "promotions" },
  type: (command) =>
    command
      .description("restore the files of a promoted tag in one commit, and verify them")
      .argument("<tag>", "name of the tag, with or without evals/")
      .option("--message <why>", "the reason, for the commit")
      .option("--dry-run", "show what would change"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/rollback.ts")).rollbackCommand(call),
});
export type RollbackCall = CallOf<typeof rollback>;
