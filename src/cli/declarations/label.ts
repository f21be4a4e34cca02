import { type CallOf, declareCommand, list } from "./declare-command.ts";

export const label = declareCommand({
  words: "label",
  group: "judges",
  examples: [
    "evals label support-triage",
    "evals label support-triage --stratified --count 100",
    "evals label datasets/support-triage.candidates.jsonl",
  ],
  values: { "suite|run": "suites", "--judge": "judges", "--assign": "judges" },
  type: (command) =>
    command
      .description("label answers of a run, or candidates for a dataset, on a page in the browser")
      .argument(
        "<suite|run>",
        "a suite's newest run, a run id, a prefix of it, or latest; or a file that `evals sample` wrote",
      )
      .option("--rater <name>", "name of the person who labels; default: git's user.email")
      .option("--count <n>", "number of answers; default: 50")
      .option("--random", "draw every answer with the same chance; this is the default")
      .option("--stratified", "as many answers that the judge passed as answers that it failed")
      .option("--disputed", "answers on which judge and people, or several judges, disagree most")
      .option("--adjudicate", "settle answers on which raters disagree; their verdicts are shown")
      .option("--tag <tag>", "only cases with this tag; may be repeated", list)
      .option("--judge <name>", "label for this judge or scorer, if the suite has several")
      .option("--assign <judge>", "show no page; assign labels that name no judge to this judge")
      .option("--port <p>", "serve the page on this port; default: any free port")
      .option("--no-open", "print the address and open no browser"),
  act: async (call): Promise<number> => (await import("../commands/label.ts")).labelCommand(call),
});
export type LabelCall = CallOf<typeof label>;
