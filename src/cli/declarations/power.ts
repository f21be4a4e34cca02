import { type CallOf, declareCommand } from "./declare-command.ts";

export const power = declareCommand({
  words: "power",
  group: "look",
  examples: [
    "evals power support-triage",
    "evals power support-triage --drop 0.02",
    "evals power --ab --rate 0.8 --effect 5%",
  ],
  values: { suite: "suites", "--model": "models" },
  type: (command) =>
    command
      .description("how many cases and trials it takes to detect a given drop")
      .argument("[suite]")
      .option("--drop <share>", "the smallest drop to detect, 3% for 3 points; default: the suite's max_drop")
      .option("--power <chance>", "the chance to detect it; default: 0.8")
      .option("--pass-rate <share>", "pass rate to assume, instead of the history's")
      .option(
        "--correlation <r>",
        "how far the trials of a case agree, from 0 to 1, instead of the history's",
      )
      .option("--cases <n>", "number of cases, instead of the suite's")
      .option("--trials <k>", "trials of each case, instead of the suite's")
      .option("--baseline-trials <m>", "trials of each case in the baseline")
      .option("--model <alias>", "use the history of this model")
      .option("--ab", "plan `evals ab` instead: how many sessions each arm needs")
      .option("--effect <share>", "with --ab: the smallest difference to detect, 5% for 5 points")
      .option("--rate <share>", "with --ab: the present pass rate; default: 0.5"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/power.ts")).powerCommand(call),
});
export type PowerCall = CallOf<typeof power>;
