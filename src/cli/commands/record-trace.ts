import { EXIT } from "../../domain/exit-code.ts";
import { type RecordedTrace, recordTrace } from "../../operations/record-trace.ts";
import { plural } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import { plainLine } from "../../reports/plain-text.ts";
import type { Io } from "../io.ts";

export interface RecordTraceOptions {
  readonly directory?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `evals record-trace`: what a passing trial did, as a file that others are held against. */
export async function recordTraceCommand(
  { directory, json = false }: RecordTraceOptions,
  word: string,
  io: Io,
): Promise<number> {
  const recorded = await recordTrace(io, { directory, word });
  io.stdout(json ? documentText(documentOf(recorded)) : textOf(recorded));
  return EXIT.ok;
}

function documentOf({ trace, ...recorded }: RecordedTrace): object {
  return { schema: "evals.record-trace/1", exit: EXIT.ok, ...recorded, ...trace };
}

function textOf({ run, case: name, trial, path, file, trace }: RecordedTrace): string {
  const done = { new: "written", changed: "changed", same: "as it was" }[file];
  const turns = trace.turns === null ? "" : ` in ${plural(trace.turns, "turn")}`;
  return [
    `${plainLine(path)}  ${done}: ${plural(trace.calls.length, "call")}${turns}, of ${run}/${plainLine(name)}/${trial}`,
    "  read it, commit it, and score with: - { type: golden-trace }",
    "",
  ].join("\n");
}
