import { listTraffic } from "../../operations/list-traffic.ts";
import { type NumberOption, readNumber, wholeNumber } from "../../operations/options/read-number.ts";
import { trafficDocument } from "../../reports/json/traffic.ts";
import { trafficText } from "../../reports/terminal/traffic.ts";
import type { TrafficCall } from "../declarations/traffic.ts";
import { printResult } from "../print-result.ts";

const LIMIT: NumberOption = {
  option: "--limit",
  ...wholeNumber(0, 999_999_999),
  why: "--limit is the maximum number of traces to list, newest first.",
  fix: "--limit 50",
};

/** `evals traffic`: lists the stored production traces with their sessions, users and times. */
export async function trafficCommand({ io, options }: TrafficCall): Promise<number> {
  const { directory, where, grep, since } = options;
  const limit = readNumber(options.limit, LIMIT) ?? 20;
  const listing = await listTraffic(io, { directory, where, grep, since, limit });
  return printResult(io, options, {
    document: () => trafficDocument(listing),
    text: ({ width }) => trafficText(listing, width),
  });
}
