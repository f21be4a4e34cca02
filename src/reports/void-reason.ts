import type { RunScorer, StoredTrial } from "../domain/run.ts";
import { plainLine } from "./plain-text.ts";

/** Why one scorer gave no score to a trial that other scorers scored. */
export function voidReason(scorer: RunScorer | undefined, trial: StoredTrial, index: number): string {
  const reason = trial.void_reasons?.[index] ?? null;
  if (reason !== null) return `no score: ${plainLine(reason)}`;
  if (scorer?.judge_when === "passed" && trial.pass === false)
    return "not judged, because a required scorer did not pass";
  if (scorer?.judge_when === "unexplained")
    return trial.pass === true
      ? "not judged, because the trial passed"
      : "not judged, because a rule explains why the trial failed";
  return "not scored";
}
