import { EXCHANGE_FORMATS } from "../../operations/labelling/label-exchange-format.ts";
import { type CallOf, declareCommand, list } from "./declare-command.ts";

export const importLabels = declareCommand({
  words: "import labels",
  group: "judges",
  examples: ["evals import labels support-triage labels.csv --format csv"],
  values: { suite: "suites", "--judge": "judges", "--format": EXCHANGE_FORMATS },
  type: (command) =>
    command
      .description("import labels for a suite; importing them again changes nothing")
      .argument("<suite>")
      .argument(
        "<file>",
        "a JSON export of Label Studio, or a CSV table with the columns that `evals export labels` writes",
      )
      .requiredOption("--format <name>", EXCHANGE_FORMATS.join(", "))
      .option(
        "--rater <name|id=name>",
        "the rater of labels that name no rater; id=name gives a name to a user id of the other tool",
        list,
      )
      .option("--judge <name>", "the judge or scorer of labels that name neither"),
  output: ["json"],
  act: async (call): Promise<number> =>
    (await import("../commands/import-labels.ts")).importLabelsCommand(call),
});
export type ImportLabelsCall = CallOf<typeof importLabels>;
