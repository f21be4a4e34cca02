import { behindNote } from "../../baselines/behind-base.ts";
import type { Gate } from "../../domain/suite.ts";
import type { GateResult } from "../../domain/verdict.ts";
import type { RanRun } from "../../run/execute-run.ts";
import type { GateBaseline } from "./gate-baseline.ts";

/** The report's notes about the baseline that a run was compared with, or about the absence of a baseline. */
export function baselineNotes(
  { side, absentAt, note, behind }: Pick<GateBaseline, "side" | "absentAt" | "note" | "behind">,
  { regression }: Pick<Gate, "regression">,
  ran: Pick<RanRun, "header" | "status">,
  gate: Pick<GateResult, "rules">,
): string[] {
  if (side === null && regression === false) return [];
  const absent = absentAt === undefined ? [] : [withoutBaseline(absentAt, ran, gate.rules.length > 0)];
  const left = behindNote(behind ?? null, gate);
  return [...absent, ...(left === null ? [] : [left]), ...(note === null ? [] : [note])];
}

/** The note that there was no baseline, what the gate checked instead, and how to create one. */
function withoutBaseline(
  where: string,
  { header, status }: Pick<RanRun, "header" | "status">,
  isGated: boolean,
): string {
  const looked = isGated
    ? "the gate only checked the requirements"
    : "the suite has no requirements either, so nothing was gated";
  const sentence = `No baseline at ${where} yet: ${looked}.`;
  // Only a complete run can be promoted.
  if (status !== "complete" || header.narrowing !== null) return sentence;
  return `${sentence} To make one: ${firstStep(header)}evals promote`;
}

/**
 * What to do before promoting, because a baseline needs a commit with its files. Empty when there is such a commit.
 */
function firstStep({ commit, dirty }: RanRun["header"]): string {
  if (commit === null) return "commit the project to git, then ";
  return dirty === true ? "commit the suite's files, then " : "";
}
