import { DOCUMENT_NAMES } from "../../operations/reporting/registry.ts";
import { type CallOf, declareCommand } from "./declare-command.ts";

export const report = declareCommand({
  words: "report",
  group: "look",
  examples: [
    "evals report latest",
    "evals report 3f9c a1b2",
    "evals report latest --format markdown",
    "evals report latest > page.html",
    "evals report latest --output evals.xml",
  ],
  values: { run: "runs", other: "runs", "--format": DOCUMENT_NAMES },
  type: (command) =>
    command
      .description("write a report of a past run: an HTML page, Markdown, JUnit or JSON")
      .argument("<run>", "run id, a prefix of it, or latest")
      .argument("[other]", "a second run, reported in comparison with the first")
      .option(
        "--format <name>",
        `${DOCUMENT_NAMES.join(", ")}; default: by the extension of --output, else html`,
      )
      .option(
        "--output <file>",
        "write to this file; default: stdout, or .evals/reports/<run>.html for html on a terminal",
      ),
  act: async (call): Promise<number> => (await import("../commands/report.ts")).reportCommand(call),
});
export type ReportCall = CallOf<typeof report>;
