import { EXCHANGE_FORMATS } from "../../operations/labelling/label-exchange-format.ts";
import { type CallOf, declareCommand, list } from "./declare-command.ts";

export const exportLabels = declareCommand({
  words: "export labels",
  group: "judges",
  examples: [
    "evals export labels support-triage --format csv --output labels.csv",
    "evals export labels support-triage --format label-studio",
  ],
  values: { "suite|run": "suites", "--judge": "judges", "--format": EXCHANGE_FORMATS },
  type: (command) =>
    command
      .description("export answers, with their labels so far, to be labelled in another tool")
      .argument("<suite|run>", "a suite's newest run, or a run id, a prefix of it, or latest")
      .requiredOption("--format <name>", EXCHANGE_FORMATS.join(", "))
      .option(
        "--output <file>",
        "write to this file; default: .evals/exports/, but csv goes to stdout when that is not a terminal",
      )
      .option("--judge <name>", "label for this judge or scorer, if the suite has several")
      .option("--count <n>", "number of answers; default: 50")
      .option("--random", "draw every answer with the same chance; this is the default")
      .option("--stratified", "as many answers that the judge passed as answers that it failed")
      .option("--tag <tag>", "only cases with this tag; may be repeated", list),
  act: async (call): Promise<number> =>
    (await import("../commands/export-labels.ts")).exportLabelsCommand(call),
});
export type ExportLabelsCall = CallOf<typeof exportLabels>;
