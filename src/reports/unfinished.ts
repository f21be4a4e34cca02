import { isAside } from "../domain/aside-run.ts";
import { isMadeElsewhere } from "../domain/recorded-provider.ts";
import type { RunReport } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import { lacksTrials } from "./headline.ts";

/** Describes an unfinished run in one or two sentences. */
export function unfinishedSentence(header: RunHeader, status: "running" | "interrupted"): string {
  if (status === "running") return "It is still running.";
  const command = goOnCommand(header);
  return command === null ? "It was interrupted." : `It was interrupted. To go on: ${command}`;
}

/**
 * A report with the command that resumes its run, when trials or variants are missing. After a budget in dollars the
 * command has the same budget: it asks nothing until somebody raises that, where without one it would have no limit.
 */
export function withGoOn(report: RunReport): RunReport {
  const { header, status, counts, end } = report;
  const { errored = 0, skipped = 0 } = counts.variants ?? {};
  const isMissing = lacksTrials(status) || errored + skipped > 0;
  if (!isMissing || status === "running" || !isOfCommand(header)) return report;
  const usd = end.kind === "skipped" && end.because === "budget" ? end.budget?.usd : undefined;
  const limit = usd === undefined ? "" : ` --budget ${usd}`;
  return { ...report, end: { ...end, go_on: `${resumeCommand(header)}${limit}` } };
}

/** Whether `evals run` made this run, and not another command. */
const isOfCommand = (header: RunHeader): boolean => header.rescored_from === null && !isAside({ header });

/** The command that resumes a run; null when `--resume` cannot continue the run. */
export function goOnCommand(header: RunHeader): string | null {
  return isOfCommand(header) ? resumeCommand(header) : null;
}

/** The command that completes a run, for its report; null when nothing is missing, or no command can complete it. */
export function suggestedGoOn({ header, status, end, errors }: RunReport): string | null {
  if (!lacksTrials(status) || status === "running") return null;
  // A run of a file of outputs has only the answers that the file had when the run began. An answer that is added to the
  // file later cannot be added to this run.
  const isOfFile = end.kind === "all-asked" && isMadeElsewhere(header.provider);
  return isOfFile && errors.every(({ kind }) => kind === "not-recorded") ? null : goOnCommand(header);
}

/**
 * The command that resumes a run. It has the run's id: without the id, the options that chose prompt, model, trials or
 * cases would have to be typed again. A suite's name that needs quotes in a shell is left out, because the id is enough.
 */
function resumeCommand({ id, suite }: RunHeader): string {
  const named = /^[\w./-]+$/.test(suite) ? `${suite} ` : "";
  return `evals run ${named}--resume --run ${id}`;
}
