import type { RunExporter } from "../../interchange/exported.ts";

/** An export format. Its exporter is one file in `interchange/`. */
export interface ExporterEntry {
  /** The argument of `evals export`. */
  readonly name: string;
  /** Description for the help. */
  readonly about: string;
  /** File extension. */
  readonly ending: string;
  /** Whether the format is text, which can be printed instead of written to a file. */
  readonly isText: boolean;
  /** Set when a run can be sent to a server: an example address, and where its keys come from, for the help. */
  readonly server?: { readonly example: string; readonly keys: string };
  /** Loads the exporter. */
  readonly load: () => Promise<RunExporter>;
}

/** All formats in the order of the help. */
export const EXPORTERS: readonly ExporterEntry[] = [
  {
    name: "csv",
    about: "a table with one row per trial",
    ...{ ending: "csv", isText: true },
    load: async () => (await import("../../interchange/export-tables.ts")).csvExporter,
  },
  {
    name: "json",
    about: "one JSON list with one object per trial",
    ...{ ending: "json", isText: true },
    load: async () => (await import("../../interchange/export-tables.ts")).jsonExporter,
  },
  {
    name: "parquet",
    about: "a table as Parquet, for DuckDB, pandas and the like",
    ...{ ending: "parquet", isText: false },
    load: async () => (await import("../../interchange/export-tables.ts")).parquetExporter,
  },
  {
    name: "otlp",
    about: "one trace per trial for OpenTelemetry: calls as spans, scores as events",
    ...{ ending: "jsonl", isText: true },
    server: { example: "http://127.0.0.1:4318", keys: "headers from OTEL_EXPORTER_OTLP_HEADERS" },
    load: async () => (await import("../../interchange/export-otlp.ts")).otlpExporter,
  },
  {
    name: "langfuse",
    about: "a dataset, an experiment for each round of trials, and scores, for Langfuse",
    ...{ ending: "json", isText: true },
    server: {
      example: "https://cloud.langfuse.com",
      keys: "keys from LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY",
    },
    load: async () => (await import("../../interchange/export-langfuse.ts")).langfuseExporter,
  },
  {
    name: "mlflow",
    about: "a run with metrics, params, artifacts, traces and assessments, for MLflow 3",
    ...{ ending: "json", isText: true },
    server: {
      example: "http://127.0.0.1:5000",
      keys: "MLFLOW_TRACKING_TOKEN, if the server needs a token",
    },
    load: async () => (await import("../../interchange/export-mlflow.ts")).mlflowExporter,
  },
  {
    name: "phoenix",
    about: "a dataset, one trace per trial and annotations, for Arize Phoenix",
    ...{ ending: "json", isText: true },
    server: { example: "http://127.0.0.1:6006", keys: "PHOENIX_API_KEY, if the server needs a key" },
    load: async () => (await import("../../interchange/export-phoenix.ts")).phoenixExporter,
  },
];
