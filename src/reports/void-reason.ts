import type { RunScorer, StoredTrial } from "../domain/run.ts";
import { plainLine } from "./plain-text.ts";

/** Why one scorer has no score for a trial that other scorers scored. */
export function voidReason(scorer: RunScorer | undefined, trial: StoredTrial, index: number): string {
  const reason = trial.void_reasons?.[index] ?? null;
  if (reason !== null) return `no score: ${plainLine(reason)}`;
  if (scorer?.judge_when === "passed" && trial.pass === false)
    return "not judged, since a required scorer failed";
  if (scorer?.judge_when === "unexplained")
    return trial.pass === true
      ? "not judged, since the trial passed"
      : "not judged, since a rule says why it failed";
  return "not scored";
}
