import { type CallOf, declareCommand, list } from "./declare-command.ts";

export const worker = declareCommand({
  words: "worker",
  group: "start",
  examples: [
    "evals worker env:EVALS_POSTGRES",
    "evals worker env:EVALS_POSTGRES --model small --concurrency 32",
    "evals worker env:EVALS_POSTGRES --idle 60s --health 8080",
  ],
  values: { "--model": "models" },
  type: (command) =>
    command
      .description(
        "run the trials of runs that `run --workers` has planned, until stopped; SIGTERM lets calls in flight end",
      )
      .argument("<postgres>", "postgres://… or env:NAME, the same as for `run --workers`")
      .option("--model <alias>", "only runs with this model; may be repeated", list)
      .option("--concurrency <n>", "calls in flight at once; default: the suite's")
      .option(
        "--health <port>",
        "report health on this port of 127.0.0.1: 200 while the database answers, else 503",
      )
      .option("--idle <time>", "end after this time without work: 60s, 10m; default: never"),
  act: async (call): Promise<number> => (await import("../commands/worker.ts")).workerCommand(call),
});
export type WorkerCall = CallOf<typeof worker>;
