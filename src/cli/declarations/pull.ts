import { type CallOf, declareCommand } from "./declare-command.ts";

export const pull = declareCommand({
  words: "pull",
  group: "look",
  examples: ["evals pull 3f2a --workers env:EVALS_POSTGRES"],
  values: { run: "runs" },
  type: (command) =>
    command
      .description(
        "copy a finished run of workers into this machine's history, so that show, diff, report and promote can use it",
      )
      .argument("<run>", "id of the run, or a prefix of it")
      .requiredOption("--workers <postgres>", "postgres://… or env:NAME"),
  output: ["json"],
  act: async (call): Promise<number> => (await import("../commands/pull.ts")).pullCommand(call),
});
export type PullCall = CallOf<typeof pull>;
