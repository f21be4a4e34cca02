import { isAside } from "../domain/aside-run.ts";
import { isMadeElsewhere } from "../domain/recorded-provider.ts";
import type { RunReport } from "../domain/report.ts";
import { hasOption, resumeCommand } from "../domain/resume-command.ts";
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
  return { ...report, end: { ...end, go_on: resumeCommand(header, spentLimit(report)) } };
}

/**
 * The reached budget in dollars as an option. The command with it asks nothing until somebody raises the budget; without
 * it the command would have no limit.
 */
function spentLimit({ end }: RunReport): string[] {
  const usd = end.kind === "skipped" && end.because === "budget" ? end.budget?.usd : undefined;
  return usd === undefined ? [] : [`--budget ${usd}`];
}

/** Whether `evals run` made this run, and not another command. */
const isOfCommand = (header: RunHeader): boolean => header.rescored_from === null && !isAside({ header });

/** The command that resumes a run; null when `--resume` cannot continue the run. */
export function goOnCommand(header: RunHeader): string | null {
  return isOfCommand(header) ? resumeCommand(header) : null;
}

/**
 * The command that completes a run, for its report; null when nothing is missing, or no command can complete it. After a
 * budget that `--budget` raises, it has a place for the larger one.
 *
 * @param more options to add
 */
export function suggestedGoOn(report: RunReport, more: readonly string[] = []): string | null {
  const { header, status, end, errors } = report;
  if (!lacksTrials(status) || status === "running" || !isOfCommand(header)) return null;
  // A run of a file of outputs has only the answers that the file had when the run began. An answer that is added to the
  // file later cannot be added to this run.
  const isOfFile = end.kind === "all-asked" && isMadeElsewhere(header.provider);
  if (isOfFile && errors.every(({ kind }) => kind === "not-recorded")) return null;
  const { option } = raisedBudget(report);
  return resumeCommand(header, option ? ["--budget <more>", ...more] : more);
}

/**
 * Where the budget that ended a run is raised: `--budget` raises dollars, evalconfig.yaml tokens. Both where both have a
 * limit, because the report does not say which one was reached.
 */
export function raisedBudget({ header, end }: RunReport): {
  readonly option: boolean;
  readonly file: boolean;
} {
  if (end.kind !== "skipped" || end.because !== "budget") return { option: false, file: false };
  const file = end.budget?.tokens !== undefined;
  return { file, option: !file || hasOption(header, "--budget") };
}
