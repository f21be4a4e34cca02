import { WITHHELD } from "./classification.ts";
import type { FailureCounts } from "./failure.ts";
import type { Comparison, RunReport } from "./report.ts";
import type { RunHeader } from "./run.ts";

/** The report of a restricted dataset: its numbers, with a placeholder for questions, answers and comments. */
export function withheldReport(report: RunReport): RunReport {
  const note = withheldNote(report.header);
  return {
    ...report,
    errors: report.errors.map((one) => ({ ...one, message: WITHHELD })),
    worst: report.worst.map(({ input, ...one }) => ({
      ...one,
      ...(input === undefined ? {} : { input: WITHHELD }),
      reason: WITHHELD,
      output: WITHHELD,
    })),
    failures: report.failures && withheldFailures(report.failures),
    comparison: report.comparison === null ? null : withheldComparison(report.comparison),
    notes: report.notes.includes(note) ? report.notes : [...report.notes.map(withoutQuotes), note],
  };
}

function withheldFailures(failures: FailureCounts): FailureCounts {
  const counts = Object.entries(failures).map(([name, count]) => [
    name,
    { ...count, clusters: count.clusters.map((one) => ({ ...one, evidence: WITHHELD })) },
  ]);
  return Object.fromEntries(counts);
}

/** A comparison without the answers of changed cases. */
export function withheldComparison(comparison: Comparison): Comparison {
  return { ...comparison, examples: [] };
}

/** The note which says that texts are left out, and how to see them. */
export function withheldNote({ id, parts }: Pick<RunHeader, "id" | "parts">): string {
  const dataset = parts === undefined ? "The dataset" : `The dataset ${parts.dataset}`;
  return `${dataset} is restricted: its texts and the answers to it are left out here; evals show ${id} prints them.`;
}

/** Removes from a note the reason why an optional scorer could not score, because it may quote an answer. */
function withoutQuotes(note: string): string {
  return note.replace(/(its mean leaves them out) \(.*\)\. To score/s, "$1. To score");
}
