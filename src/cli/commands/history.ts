import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { history } from "../../operations/history.ts";
import { documentText } from "../../reports/json/documents.ts";
import { historyDocument } from "../../reports/json/history.ts";
import { historyTable, historyText } from "../../reports/terminal/run-history.ts";
import type { Io } from "../io.ts";

/** Options of `evals history`, as typed. */
export interface HistoryOptions {
  readonly directory?: string | undefined;
  readonly limit?: string | undefined;
  readonly flaky?: boolean | undefined;
  readonly csv?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** `evals history`: past runs, newest first; with a suite its trend and whether it is stable. */
export async function historyCommand(
  options: HistoryOptions,
  suite: string | undefined,
  io: Io,
): Promise<number> {
  const limit = readLimit(options, suite);
  const past = await history(io, { directory: options.directory, suite, limit });
  if (options.csv === true) io.stdout(historyTable(past));
  else if (options.json === true) io.stdout(documentText(historyDocument(past)));
  else io.stdout(historyText(past, { flaky: options.flaky === true, width: io.width }));
  return EXIT.ok;
}

/** @throws {EvalsError} for options that cannot be read, or not together */
function readLimit(options: HistoryOptions, suite: string | undefined): number {
  const limit = Number(options.limit ?? 20);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new EvalsError({
      code: "EVALS_OPTION_INVALID",
      what: "--limit is not a whole number from 1.",
      why: "It says how many runs are listed.",
      fix: "--limit 20",
    });
  }
  if (options.csv === true && (options.json === true || options.flaky === true)) {
    throw new EvalsError({
      code: "EVALS_OPTION_CONFLICT",
      what: `--csv and ${options.json === true ? "--json" : "--flaky"} exclude each other.`,
      why: "Only one of them can be printed; the table of runs has no column for cases.",
      fix: options.json === true ? "Leave one of them out." : "--flaky --json lists the cases for a program.",
    });
  }
  if (options.flaky === true && suite === undefined) {
    throw new EvalsError({
      code: "EVALS_OPTION_INVALID",
      what: "--flaky needs a suite.",
      why: "Flaky cases are those of one suite's newest fingerprint.",
      fix: "evals history <suite> --flaky",
    });
  }
  return limit;
}
