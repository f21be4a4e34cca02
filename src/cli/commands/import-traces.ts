import { EvalsError } from "../../domain/problem.ts";
import { importTraces, listenForTraces } from "../../operations/import-traces.ts";
import { portOption, readNumber } from "../../operations/options/read-number.ts";
import { importedTracesDocument } from "../../reports/json/imported.ts";
import { importedTracesText, traceAddressText } from "../../reports/terminal/imported-traces.ts";
import type { ImportTracesCall } from "../declarations/import-traces.ts";
import { printImport } from "../print-import.ts";
import { printResult } from "../print-result.ts";
import { stopped } from "../stop-signals.ts";

/** `evals import traces`: imports production traffic into the store. */
export async function importTracesCommand({
  io,
  options,
  args: [sources],
}: ImportTracesCall): Promise<number> {
  const { directory, since, dryRun = false } = options;
  const port = readNumber(options.listen, portOption("--listen"));
  if (port !== undefined) {
    if (sources.length > 0 || dryRun) throw listenAlone();
    return listenCommand({ io, options }, port);
  }
  if (sources.length === 0) throw noSource();
  const result = await importTraces(io, { directory, sources, since, dryRun });
  return printImport(io, options, result, {
    nothing: "nothing was imported",
    document: (exit) => importedTracesDocument(result, exit, dryRun),
    text: () => importedTracesText(result, dryRun),
  });
}

/** Receives data from exporters until it is stopped. */
async function listenCommand(
  { io, options }: Pick<ImportTracesCall, "io" | "options">,
  port: number,
): Promise<number> {
  const receiver = await listenForTraces(io, { directory: options.directory, port });
  const end = stopped(io);
  (options.json === true ? io.stderr : io.stdout)(traceAddressText(receiver.port));
  const code = await end;
  const result = await receiver.close();
  return printResult(io, options, {
    exit: code,
    document: () => importedTracesDocument(result, code, false),
    text: () =>
      result.traces + result.duplicates === 0
        ? "No trace was received.\n"
        : importedTracesText(result, false),
  });
}

function listenAlone(): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_CONFLICT",
    what: "--listen receives traces; no file or address can be given with it.",
    why: "Files are read once, then the command ends; with --listen it runs until it is stopped.",
    fix: "Use two commands: `evals import traces --listen 4318` and `evals import traces <file>`",
  });
}

function noSource(): EvalsError {
  return new EvalsError({
    code: "EVALS_USAGE",
    what: "The command names no source of traces.",
    why: "Traces come from files, from an address, or with --listen from exporters on this machine.",
    fix: "evals import traces traces.jsonl, or evals import traces --listen 4318",
  });
}
