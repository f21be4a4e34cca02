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
        "a suite's newest run, a run id, a prefix of it, or latest; or a file that evals sample wrote",
      )
      .option("--rater <name>", "who judges; default: git's user.email")
      .option("--count <n>", "number of answers; default: 50")
      .option("--random", "any answer with the same chance: the default")
      .option("--stratified", "as many answers that the judge passed as answers that it failed")
      .option("--disputed", "answers on which judge and people, or judges, disagree most")
      .option("--adjudicate", "settle answers on which raters disagree, with their verdicts in view")
      .option("--tag <tag>", "only cases with this tag; may be repeated", list)
      .option("--judge <name>", "the judge or scorer whose question is answered, where the suite has several")
      .option("--assign <judge>", "ask nothing: assign labels that name no judge to this one")
      .option("--port <p>", "serve the page on this port; default: any free one")
      .option("--no-open", "print the address and open no browser"),
  act: async (call): Promise<number> => (await import("../commands/label.ts")).labelCommand(call),
});
export type LabelCall = CallOf<typeof label>;
