import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { type ImportedTraces, importTraces, listenForTraces } from "../../operations/import-traces.ts";
import { formatProblems } from "../../project/format-problems.ts";
import { plural } from "../../reports/format-numbers.ts";
import { documentText, problemJson } from "../../reports/json/documents.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { leftOutLines } from "../../reports/terminal/left-out.ts";
import type { Io } from "../io.ts";

/** Options of `evals import traces`, as typed. */
export interface ImportTracesOptions {
  readonly directory?: string | undefined;
  readonly listen?: string | undefined;
  readonly since?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** `evals import traces`: what production was asked and answered becomes traffic of the store. */
export async function importTracesCommand(
  options: ImportTracesOptions,
  sources: readonly string[],
  io: Io,
): Promise<number> {
  const { directory, listen, since, dryRun = false, json = false } = options;
  if (listen !== undefined) return listenCommand(options, sources, io);
  if (sources.length === 0) throw noSource();
  const result = await importTraces(io, { directory, sources, since, dryRun });
  const exit = result.problems.length > 0 ? EXIT.mistake : EXIT.ok;
  if (json) io.stdout(documentOf(result, exit, dryRun));
  else if (exit === EXIT.ok) io.stdout(listing(result, dryRun));
  else
    io.stderr(
      `${leftOutLines(result.left).join("\n")}\n\n${formatProblems(result.problems, "nothing was taken")}`,
    );
  return exit;
}

/** Takes what exporters send until it is stopped. */
async function listenCommand(
  { directory, listen = "", dryRun = false, json = false }: ImportTracesOptions,
  sources: readonly string[],
  io: Io,
): Promise<number> {
  const port = /^\d{1,5}$/.test(listen) ? Number(listen) : Number.NaN;
  if (!(port <= 65_535)) throw noPort(listen);
  if (sources.length > 0 || dryRun) throw listenAlone();
  const { stopped } = await import("./view.ts");
  const receiver = await listenForTraces(io, { directory, port });
  const address = `http://127.0.0.1:${receiver.port}`;
  const message = `Traces are taken at ${address}/v1/traces. Ctrl-C ends.\nOTEL_EXPORTER_OTLP_ENDPOINT=${address} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf <your program>\n`;
  const end = stopped(io);
  if (json) io.stderr(message);
  else io.stdout(message);
  const code = await end;
  const result = await receiver.close();
  if (json) io.stdout(documentOf(result, code, false));
  else io.stdout(result.traces + result.duplicates === 0 ? "No trace came.\n" : listing(result, false));
  return code;
}

function noPort(text: string): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--listen ${JSON.stringify(text)} is no port.`,
    why: "Exporters of this machine send their spans there.",
    fix: "--listen 4318, or 0 for any that is free.",
  });
}

function listenAlone(): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_CONFLICT",
    what: "--listen takes what comes; it is given alone.",
    why: "Files are read at once, and nothing that comes is left unkept.",
    fix: "evals import traces --listen 4318, and evals import traces <file> by itself",
  });
}

function noSource(): EvalsError {
  return new EvalsError({
    code: "EVALS_USAGE",
    what: "Nothing is named to read traces from.",
    why: "They come from files, from an address, or with --listen from exporters of this machine.",
    fix: "evals import traces traces.jsonl, or evals import traces --listen 4318",
  });
}

function documentOf(
  { traces, duplicates, completed, conventions, left, problems }: ImportedTraces,
  exit: number,
  dryRun: boolean,
): string {
  return documentText({
    schema: "evals.import/1",
    exit,
    ...(dryRun ? { dry_run: true } : {}),
    written: [],
    taken: { traces, duplicates, completed },
    conventions,
    left,
    kept: [],
    ...(problems.length === 0 ? {} : { problems: problems.map(problemJson) }),
  });
}

function listing(result: ImportedTraces, dryRun: boolean): string {
  const { traces, duplicates, completed, conventions, redacted } = result;
  return [
    `${dryRun ? "Would take" : "Taken"}: ${plural(traces, "trace")}${completed > 0 ? `, ${completed} of them more complete than before` : ""}`,
    ...(duplicates > 0 ? [`There already: ${plural(duplicates, "trace")}`] : []),
    `Read as: ${conventions.map(({ name, traces: count }) => `${plainLine(name)} (${count})`).join(", ")}`,
    ...leftOutLines(result.left),
    ...(redacted ? [] : ["Texts were kept as they are: evalconfig.yaml has no redact:."]),
    "",
    ...(dryRun
      ? ["Nothing was kept: this was a dry run.", ""]
      : ["Next:", "  npx evals traffic     lists and counts what is there", ""]),
  ].join("\n");
}
