import { behindNote } from "../../baselines/behind-base.ts";
import type { Gate } from "../../domain/suite.ts";
import type { GateResult } from "../../domain/verdict.ts";
import type { RanRun } from "../../run/execute-run.ts";
import type { GateBaseline } from "./gate-baseline.ts";

/** What a report says of the side that its run was compared with, or of there being none. */
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

/** That there was nothing to compare with, what the gate looked at instead, and what to type to have a baseline. */
function withoutBaseline(
  where: string,
  { header, status }: Pick<RanRun, "header" | "status">,
  isGated: boolean,
): string {
  const looked = isGated
    ? "the gate looked at the requirements only"
    : "nothing is required either, so nothing was gated";
  const sentence = `No baseline at ${where} yet: ${looked}.`;
  // Nothing less than a whole run is promoted.
  if (status !== "complete" || header.narrowing !== null) return sentence;
  return `${sentence} To make one: ${firstStep(header)}evals promote`;
}

/** A baseline is committed beside the files that its run was made from. */
function firstStep({ commit, dirty }: RanRun["header"]): string {
  if (commit === null) return "commit the project to git, then ";
  return dirty === true ? "commit the suite's files, then " : "";
}
