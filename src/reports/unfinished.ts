import { isAside } from "../domain/aside-run.ts";
import type { RunReport } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import { lacksTrials } from "./headline.ts";

/** Describes an unfinished run in one or two sentences. */
export function unfinishedSentence(header: RunHeader, status: "running" | "interrupted"): string {
  if (status === "running") return "It is still running.";
  const command = goOnCommand(header);
  return command === null ? "It was interrupted." : `It was interrupted. To go on: ${command}`;
}

/** A report with the command that resumes its run, when trials or variants are missing. */
export function withGoOn(report: RunReport): RunReport {
  const { header, status, counts, end } = report;
  const { errored = 0, skipped = 0 } = counts.variants ?? {};
  const isMissing = lacksTrials(status) || errored + skipped > 0;
  if (!isMissing || status === "running" || !isOfCommand(header)) return report;
  return { ...report, end: { ...end, go_on: goOnCommand(header) ?? "evals run --resume" } };
}

/** Whether `evals run` made this run, and not another command. */
const isOfCommand = (header: RunHeader): boolean => header.rescored_from === null && !isAside({ header });

/**
 * The command that resumes a run; null when `--resume` cannot continue the run, or the suite's name needs quotes in
 * a shell.
 */
export function goOnCommand(header: RunHeader): string | null {
  const { id, suite } = header;
  const typed = /^[\w./-]+$/.test(suite);
  return isOfCommand(header) && typed ? `evals run ${suite} --resume --run ${id}` : null;
}
