import { EXIT } from "../../domain/exit-code.ts";
import { listTraffic } from "../../operations/list-traffic.ts";
import { trafficDocument } from "../../reports/json/traffic.ts";
import { trafficText } from "../../reports/terminal/traffic.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";
import { type NumberOption, readNumber, wholeNumber } from "../read-number.ts";

/** Options of `evals traffic`, as typed. */
export interface TrafficOptions extends CommandOptions {
  readonly where?: string | undefined;
  readonly grep?: string | undefined;
  readonly since?: string | undefined;
  readonly limit?: string | undefined;
}

const LIMIT: NumberOption = {
  option: "--limit",
  ...wholeNumber(0, 999_999_999),
  why: "So many are listed, newest first.",
  fix: "--limit 50",
};

/** `evals traffic`: lists the stored production traces with their sessions, users and times. */
export async function trafficCommand(options: TrafficOptions, io: Io): Promise<number> {
  const { directory, where, grep, since } = options;
  const limit = readNumber(options.limit, LIMIT) ?? 20;
  const listing = await listTraffic(io, { directory, where, grep, since, limit });
  printResult(io, options, {
    document: () => trafficDocument(listing),
    text: ({ width }) => trafficText(listing, width),
  });
  return EXIT.ok;
}
