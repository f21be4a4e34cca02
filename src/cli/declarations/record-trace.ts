import { type CallOf, declareCommand } from "./declare-command.ts";

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
      .argument("<trial>", "run/case/trial; run/case means the first trial that passes"),
  output: ["json"],
  act: async (call): Promise<number> =>
    (await import("../commands/record-trace.ts")).recordTraceCommand(call),
});
export type RecordTraceCall = CallOf<typeof recordTrace>;
