import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { type LeftOut, leftOutLines } from "./left-out.ts";

/** The result of an import of traces. */
interface ShownTraceImport {
  /** Number of new traces and of stored traces that the import made more complete. */
  readonly traces: number;
  /** Number of traces that were already in the store. */
  readonly duplicates: number;
  /** Number of stored traces that the import made more complete; included in `traces`. */
  readonly completed: number;
  readonly conventions: readonly { readonly name: string; readonly traces: number }[];
  readonly left: readonly LeftOut[];
  /** Whether the project redacts texts. */
  readonly redacted: boolean;
}

/** The number of imported traces, how they were read, what was skipped and why, and the next command. */
export function importedTracesText(imported: ShownTraceImport, dryRun: boolean): string {
  const { traces, duplicates, completed, conventions, redacted } = imported;
  return [
    `${dryRun ? "Would import" : "Imported"}: ${plural(traces, "trace")}${completed > 0 ? `, ${completed} of them more complete than before` : ""}`,
    ...(duplicates > 0 ? [`In the store already: ${plural(duplicates, "trace")}`] : []),
    `Read as: ${conventions.map(({ name, traces: count }) => `${plainLine(name)} (${count})`).join(", ")}`,
    ...leftOutLines(imported.left),
    ...(redacted
      ? []
      : [`Texts ${dryRun ? "would be" : "were"} stored unchanged: evalconfig.yaml has no \`redact\`.`]),
    "",
    ...(dryRun
      ? ["Nothing was stored: this was a dry run.", ""]
      : ["Next:", "  npx evals traffic     lists and counts the stored traces", ""]),
  ].join("\n");
}

/** The address for exporters on this machine while `evals import traces --listen` is running. */
export function traceAddressText(port: number): string {
  const address = `http://127.0.0.1:${port}`;
  return `Traces are received at ${address}/v1/traces. Ctrl-C stops.\nTo send those of a program:\n  OTEL_EXPORTER_OTLP_ENDPOINT=${address} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf <your program>\n`;
}
