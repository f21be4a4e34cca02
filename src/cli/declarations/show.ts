import { type CallOf, declareCommand } from "./declare-command.ts";

export const show = declareCommand({
  words: "show",
  group: "look",
  examples: [
    "evals show latest",
    "evals show latest --failing",
    "evals show latest/refund-07",
    "evals show latest/refund-07/1",
    "evals show 3f9c a1b2 --fingerprint",
    "evals show trace:4bf92f3577b34da6",
  ],
  values: { run: "runs", other: "runs" },
  type: (command) =>
    command
      .description("show a run, a case with its trials, or a trial or trace with its transcript")
      .argument("<run>", "run id, a prefix of it, or latest; run/case or run/case/trial; trace:<id>")
      .argument("[other]", "with --fingerprint: another run")
      .option("--failing", "only cases that do not always pass")
      .option("--case <id>", "one case with its trials")
      .option("--trial <n>", "with a case: only the trial with this number, with its whole transcript")
      .option(
        "--fingerprint",
        "the parts of the run's fingerprint; with a second run, the parts that differ",
      ),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/show.ts")).showCommand(call),
});
export type ShowCall = CallOf<typeof show>;
