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
      .argument("<file>", "what Label Studio exported as JSON, or a table with the columns of the export")
      .requiredOption("--format <name>", EXCHANGE_FORMATS.join(", "))
      .option("--rater <name|id=name>", "who judged, where the file does not say; id=name names a user", list)
      .option("--judge <name>", "the judge or scorer that the labels are for, where the file does not say"),
  output: ["json"],
  act: async (call): Promise<number> =>
    (await import("../commands/import-labels.ts")).importLabelsCommand(call),
});
export type ImportLabelsCall = CallOf<typeof importLabels>;
