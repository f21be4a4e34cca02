import type { Json } from "../../domain/json.ts";
import type { RunReport } from "../../domain/report.ts";
import type { RunHeader, RunStatus } from "../../domain/run.ts";
import { storedReport } from "../../domain/stored-report.ts";

/**
 * A run's stored report. Null for a run whose process died, because it has no report, and for a rescored run,
 * because its report has no gate.
 */
export function readRunJson(header: RunHeader, status: RunStatus, json: Json): RunReport | null {
  const written = storedReport({ report: json });
  if (written?.counts === undefined || written.metrics === undefined || written.gate === undefined)
    return null;
  return {
    header,
    status,
    counts: written.counts,
    errors: written.error_examples ?? [],
    metrics: written.metrics,
    tags: written.tags ?? {},
    comparison: written.comparison ?? null,
    gate: written.gate,
    end: written.end ?? { kind: "all-asked" },
    worst: written.worst ?? [],
    ...(written.failures === undefined ? {} : { failures: written.failures }),
    never_pass: written.never_pass ?? null,
    flaky: written.flaky ?? null,
    notes: written.notes ?? [],
    spent: written.spent ?? { usd: null, tokens: null },
    dataset_path: written.dataset_path ?? "",
    duration_ms: written.duration_ms ?? null,
    ...(written.pace === undefined ? {} : { pace: written.pace }),
    ...(written.retries === undefined ? {} : { retries: written.retries }),
  };
}
