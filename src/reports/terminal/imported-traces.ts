import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { type LeftOut, leftOutLines } from "./left-out.ts";

/** What an import of traces did, as it is read here. */
interface ShownTraceImport {
  /** New ones, and those that were there and gained something. */
  readonly traces: number;
  /** Those that were there as they are. */
  readonly duplicates: number;
  /** Of `traces`, those that were there and gained something. */
  readonly completed: number;
  readonly conventions: readonly { readonly name: string; readonly traces: number }[];
  readonly left: readonly LeftOut[];
  /** Whether the project takes anything out of texts. */
  readonly redacted: boolean;
}

/** How many traces came, how they were read, what was left and why, and what to type next. */
export function importedTracesText(imported: ShownTraceImport, dryRun: boolean): string {
  const { traces, duplicates, completed, conventions, redacted } = imported;
  return [
    `${dryRun ? "Would take" : "Taken"}: ${plural(traces, "trace")}${completed > 0 ? `, ${completed} of them more complete than before` : ""}`,
    ...(duplicates > 0 ? [`There already: ${plural(duplicates, "trace")}`] : []),
    `Read as: ${conventions.map(({ name, traces: count }) => `${plainLine(name)} (${count})`).join(", ")}`,
    ...leftOutLines(imported.left),
    ...(redacted ? [] : ["Texts were kept as they are: evalconfig.yaml has no redact:."]),
    "",
    ...(dryRun
      ? ["Nothing was kept: this was a dry run.", ""]
      : ["Next:", "  npx evals traffic     lists and counts what is there", ""]),
  ].join("\n");
}

/** Where an exporter of this machine sends its spans while `evals import traces --listen` takes them. */
export function traceAddressText(port: number): string {
  const address = `http://127.0.0.1:${port}`;
  return `Traces are taken at ${address}/v1/traces. Ctrl-C ends.\nOTEL_EXPORTER_OTLP_ENDPOINT=${address} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf <your program>\n`;
}
