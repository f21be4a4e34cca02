import { type CallOf, declareCommand } from "./declare-command.ts";

export const calibrate = declareCommand({
  words: "calibrate",
  group: "judges",
  examples: ["evals calibrate politeness --suite support-triage"],
  values: { judge: "judges", "--suite": "suites" },
  type: (command) =>
    command
      .description("measure how well a judge agrees with people's labels; the gate uses the result")
      .argument("<judge>", "name of the judge; name@1.2.0 for another version than the suite's")
      .option("--suite <name>", "use labels of this suite; default: the only suite that has labels")
      .option(
        "--repeats <n>",
        "how often to judge each answer, to see whether the judge agrees with itself",
        "1",
      )
      .option("--check", "judge the labelled answers again; exit 1 when the judge has drifted"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/calibrate.ts")).calibrateCommand(call),
});
export type CalibrateCall = CallOf<typeof calibrate>;
