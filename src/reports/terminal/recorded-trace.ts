import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";

/** The result of recording a trial's trace. */
interface ShownRecording {
  readonly run: string;
  readonly case: string;
  readonly trial: number;
  readonly path: string;
  /** What happened to the file. */
  readonly file: "new" | "changed" | "same";
  readonly trace: { readonly calls: readonly unknown[]; readonly turns: number | null };
}

const DONE = { new: "written", changed: "changed", same: "unchanged" } as const;

/** The report of a recorded trace: its file, the trial that it is from, and how to use it. */
export function recordedTraceText({ run, case: name, trial, path, file, trace }: ShownRecording): string {
  const turns = trace.turns === null ? "" : ` in ${plural(trace.turns, "turn")}`;
  return [
    `${plainLine(path)}  ${DONE[file]}: ${plural(trace.calls.length, "call")}${turns}, of ${run}/${plainLine(name)}/${trial}`,
    "  read it, commit it, and score with: - { type: golden-trace }",
    "",
  ].join("\n");
}
