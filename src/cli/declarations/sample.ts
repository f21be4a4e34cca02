import { type CallOf, declareCommand } from "./declare-command.ts";

export const sample = declareCommand({
  words: "sample",
  group: "production",
  examples: [
    "evals sample support-triage --random 1% --errors --worst 5",
    "evals sample support-triage --uncovered --since 7d",
  ],
  equals: ["--uncovered"],
  type: (command) =>
    command
      .description("draw candidates for a dataset from traffic")
      .argument("<dataset>", "dataset, named as in a suite")
      .option("--random <share>", "this share of the traffic, each trace with the same chance: 1%, 0.01")
      .option("--worst <n>", "this many traces with the lowest score or feedback")
      .option("--errors", "all traces that failed")
      .option("--uncovered [n]", "this many traces that are least like any case; default: 20")
      .option("--stratify <field>", "draw separately from each tag, model, service, …")
      .option("--where <conditions>", "only traffic that meets all conditions: service=shop-bot,tag!=canary")
      .option(
        "--since <age|date>",
        "only traffic of the last days or hours (7d, 12h), or since a day: 2026-11-02",
      )
      .option("--seed <text>", "the same seed draws the same traces; default: today's date"),
  output: ["json"],
  act: async (call): Promise<number> => (await import("../commands/sample.ts")).sampleCommand(call),
});
export type SampleCall = CallOf<typeof sample>;
