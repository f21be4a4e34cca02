import { declareCommand } from "./declare-command.ts";

export const recordTrace = declareCommand({
  words: "record-trace",
  group: "look",
  examples: ["evals record-trace latest/refund-07/1", "evals record-trace 3f9c/refund-07"],
  values: { trial: "runs" },
  type: (command) =>
    command
      .description(
        "write what a passing trial did to fixtures/traces/<case>.json, for the scorer golden-trace",
      )
      .argument("<trial>", "run/case/trial; of run/case the first trial that passes")
      .option("--json", "one JSON document on stdout"),
  act: async ({ io, options, args: [trial] }) =>
    (await import("../commands/record-trace.ts")).recordTraceCommand(options, trial, io),
});
