import type { RunExporter, RunToExport } from "./exported.ts";
import { otlpDocument } from "./tracing/otlp-document.ts";
import { sendSpans, spansOfRun } from "./tracing/send-spans.ts";

/** One trace per trial in OTLP's JSON: one per line in a file, or sent to a collector's `/v1/traces`. */
export const otlpExporter: RunExporter = {
  file: otlpLines,
  server: {
    keys: {
      names: ["OTEL_EXPORTER_OTLP_HEADERS"],
      headers: ({ OTEL_EXPORTER_OTLP_TRACES_HEADERS: own, OTEL_EXPORTER_OTLP_HEADERS: all }) =>
        headerList(own || all || ""),
    },
    base: (address) => (/^https?:\/\/[^/]+$/.test(address) ? `${address}/v1/traces` : address),
    send: async (run, server) => {
      await sendSpans(run, server, { path: "" });
      return undefined;
    },
  },
};

export async function* otlpLines(run: RunToExport): AsyncGenerator<string> {
  for await (const spans of spansOfRun(run, undefined)) yield `${JSON.stringify(otlpDocument(spans))}\n`;
}

/** Parses `name=value,name=value` with percent-encoded values, as OpenTelemetry's exporters do. */
function headerList(text: string): Record<string, string> {
  const pairs = text.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    if (at <= 0) return [];
    return [[pair.slice(0, at).trim().toLowerCase(), unescaped(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(pairs);
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
