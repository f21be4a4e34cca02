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
      .option("--suite <name>", "use labels of this suite; when left out, the only suite with labels")
      .option("--repeats <n>", "verdicts of each answer, to see whether the judge agrees with itself", "1")
      .option("--check", "judge the labelled answers again: has the judge drifted? exit 1 when it has"),
  output: ["json", "color"],
  act: async (call): Promise<number> => (await import("../commands/calibrate.ts")).calibrateCommand(call),
});
export type CalibrateCall = CallOf<typeof calibrate>;
