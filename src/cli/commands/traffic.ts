import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { listTraffic } from "../../operations/list-traffic.ts";
import { documentText } from "../../reports/json/documents.ts";
import { trafficDocument } from "../../reports/json/traffic.ts";
import { trafficText } from "../../reports/terminal/traffic.ts";
import type { Io } from "../io.ts";

/** Options of `evals traffic`, as typed. */
export interface TrafficOptions {
  readonly directory?: string | undefined;
  readonly where?: string | undefined;
  readonly grep?: string | undefined;
  readonly since?: string | undefined;
  readonly limit: string;
  readonly json?: boolean | undefined;
}

/** `evals traffic`: which traces of production there are, whose, and since when. */
export async function trafficCommand(
  { limit, json = false, ...input }: TrafficOptions,
  io: Io,
): Promise<number> {
  const listing = await listTraffic(io, { ...input, limit: limitOf(limit) });
  io.stdout(json ? documentText(trafficDocument(listing)) : trafficText(listing, io.width));
  return EXIT.ok;
}

function limitOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--limit ${JSON.stringify(text)} is no number of traces.`,
    why: "So many are listed, newest first.",
    fix: "--limit 50",
  });
}
