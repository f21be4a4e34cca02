import { EvalsError } from "../../domain/problem.ts";
import { history } from "../../operations/history.ts";
import { type NumberOption, readNumber, wholeNumber } from "../../operations/options/read-number.ts";
import { historyDocument } from "../../reports/json/history.ts";
import { historyTable, historyText } from "../../reports/terminal/run-history.ts";
import type { HistoryCall } from "../declarations/history.ts";
import { printResult } from "../print-result.ts";

const LIMIT: NumberOption = {
  option: "--limit",
  ...wholeNumber(1),
  why: "--limit is the maximum number of runs to list.",
  fix: "--limit 20",
};

/** `evals history`: lists past runs, newest first; for one suite also its trend and stability. */
export async function historyCommand({ io, options, args: [suite] }: HistoryCall): Promise<number> {
  const limit = readNumber(options.limit, LIMIT) ?? 20;
  refuseConflicts(options, suite);
  const past = await history(io, { directory: options.directory, suite, limit });
  const { csv, flaky = false } = options;
  return printResult(io, options, {
    document: () => historyDocument(past),
    text: ({ width }) => (csv === true ? historyTable(past) : historyText(past, { flaky, width })),
  });
}

/** @throws {EvalsError} for options that exclude each other, or require a suite */
function refuseConflicts(options: HistoryCall["options"], suite: string | undefined): void {
  if (options.csv === true && (options.json === true || options.flaky === true)) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: `--csv and ${options.json === true ? "--json" : "--flaky"} exclude each other.`,
      why: "Only one of the two can be printed; the table of runs has no column for cases.",
      fix:
        options.json === true
          ? "Leave one of the two options out."
          : "Use --flaky --json to list the flaky cases for a program.",
    });
  }
  if (options.flaky === true && suite === undefined) {
    throw new EvalsError({
      code: "EVALS_OPTION_INVALID",
      what: "--flaky needs a suite.",
      why: "Flaky cases are listed for the newest fingerprint of one suite.",
      fix: "evals history <suite> --flaky",
    });
  }
}
