import { type CallOf, type DeclaredCommand, declareCommand, declareGroup } from "./declare-command.ts";

const status = declareCommand({
  words: "queue status",
  group: "look",
  examples: ["evals queue status env:EVALS_POSTGRES"],
  type: (command) =>
    command
      .description("show the runs of workers: progress, cost so far, and the connected workers")
      .argument("<postgres>", "postgres://… or env:NAME"),
  output: ["json"],
  act: async (call): Promise<number> => (await import("../commands/queue.ts")).queueStatusCommand(call),
});
export type QueueStatusCall = CallOf<typeof status>;

const drop = declareCommand({
  words: "queue drop",
  group: "look",
  examples: ["evals queue drop env:EVALS_POSTGRES 3f2a"],
  values: { run: "runs" },
  type: (command) =>
    command
      .description("delete a run of workers from the database; copies in histories are kept")
      .argument("<postgres>", "postgres://… or env:NAME")
      .argument("<run>", "id of the run, or a prefix of it"),
  act: async (call): Promise<number> => (await import("../commands/queue.ts")).queueDropCommand(call),
});
export type QueueDropCall = CallOf<typeof drop>;

/** `evals queue` and its subcommands. The parent comes first, because its subcommands are added to it. */
export const QUEUE_COMMANDS: readonly DeclaredCommand[] = [
  declareGroup({
    words: "queue",
    group: "look",
    examples: ["evals queue status env:EVALS_POSTGRES"],
    about: "the database shared with workers: list its runs, delete a run",
  }),
  status,
  drop,
];
