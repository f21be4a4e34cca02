import type { RunScorer, StoredTrial } from "../domain/run.ts";
import { plainLine } from "./plain-text.ts";

/** Why one scorer has no score for a trial that other scorers scored. */
export function voidReason(scorer: RunScorer | undefined, trial: StoredTrial, index: number): string {
  const reason = trial.void_reasons?.[index] ?? null;
  if (reason !== null) return `no score: ${plainLine(reason)}`;
  return scorer?.judge_when === "passed" && trial.pass === false
    ? "not judged, since a required scorer failed"
    : "not scored";
}
