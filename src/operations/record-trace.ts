import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TranscriptDocument } from "../domain/describe-transcript.ts";
import { type GoldenTrace, TRACES, traceFile, traceOf } from "../domain/golden-trace.ts";
import { EvalsError } from "../domain/problem.ts";
import type { RunHeader, StoredTrial } from "../domain/run.ts";
import type { Shown, ShownCase, ShownTrial } from "../domain/shown-run.ts";
import { unwritableReason } from "../project/unwritable-reason.ts";
import type { Environment } from "./environment.ts";
import { locate } from "./project/open-project.ts";
import { restrictedRuns } from "./project/restricted-runs.ts";
import { show } from "./show.ts";

export interface RecordTraceInput {
  readonly directory?: string | undefined;
  /** The trial, as `run/case/trial`; `run/case` means the first trial of the case that passes. */
  readonly word: string;
}

/** The result of recording a trace. */
export interface RecordedTrace {
  readonly run: string;
  readonly case: string;
  readonly trial: number;
  /** Relative to the project root. */
  readonly path: string;
  /** `new`: the file was created. `changed`: it was replaced. `same`: it had this content already. */
  readonly file: "new" | "changed" | "same";
  readonly trace: GoldenTrace;
}

/**
 * Writes the calls of a passing trial to a file, as a reference for other trials.
 *
 * @throws {EvalsError} EVALS_TRACE_FAILING, EVALS_TRACE_UNKNOWN, EVALS_TRACE_RESTRICTED, EVALS_TRACE_UNWRITABLE, or
 * like `show`
 */
export async function recordTrace(io: Environment, input: RecordTraceInput): Promise<RecordedTrace> {
  const { root } = locate(io, input.directory);
  const shown = await show(io, { ...input, failing: false, reasons: false });
  if (shown.kind !== "case" && shown.kind !== "trial") throw noTrial(shown, input.word);
  const { header, case: name } = shown;
  if (restrictedRuns(root)(header)) throw restricted(header);
  const { trial, transcript } = passingTrial(shown);
  const trace = traceOf(transcript);
  if (trace === undefined) throw callsUnknown(input.word);
  const path = `${TRACES}/${traceFile(name)}`;
  const file = write(root, path, textOf(name, trace));
  return { run: header.id, case: name, trial: trial.trial, path, file, trace };
}

interface AnsweredTrial {
  readonly trial: StoredTrial;
  readonly transcript: TranscriptDocument;
}

function passingTrial(shown: ShownCase | ShownTrial): AnsweredTrial {
  const trials = shown.kind === "case" ? shown.trials : [shown];
  for (const { trial, transcript } of trials)
    if (trial.pass === true && transcript !== null) return { trial, transcript };
  throw failing(shown, trials[0]?.trial);
}

/** The text of a trace's file. It has one call per line, so that a diff shows which calls changed. */
function textOf(name: string, { calls, turns }: GoldenTrace): string {
  const lines = calls.map((one) => `\n    ${JSON.stringify(one)}`);
  const list = lines.length === 0 ? "[]" : `[${lines.join(",")}\n  ]`;
  return `{\n  "case": ${JSON.stringify(name)},\n  "turns": ${turns},\n  "calls": ${list}\n}\n`;
}

function write(root: string, path: string, text: string): RecordedTrace["file"] {
  const place = join(root, path);
  const before = existsSync(place) ? readFileSync(place, "utf8") : null;
  if (before === text) return "same";
  try {
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  } catch (error) {
    throw new EvalsError(
      {
        code: "EVALS_TRACE_UNWRITABLE",
        path,
        what: `This file cannot be written: ${unwritableReason(error)}.`,
        why: "The trace would be lost.",
        fix: `Make sure that the folder ${TRACES}/ can be written.`,
      },
      { cause: error },
    );
  }
  return before === null ? "new" : "changed";
}

function noTrial({ kind }: Shown, word: string): EvalsError {
  return new EvalsError({
    code: "EVALS_TRIAL_UNKNOWN",
    what: `"${word}" names a ${kind}, not a trial.`,
    why: "A trace records the calls of one trial.",
    fix: `\`evals show ${word}\` lists its cases; then: evals record-trace ${word}/<case>/<trial>`,
  });
}

function failing(shown: ShownCase | ShownTrial, trial: StoredTrial | undefined): EvalsError {
  const { id } = shown.header;
  const missed = trial?.scores.find((score) => score?.pass === false)?.reason;
  const because = trial?.message ?? missed;
  const what =
    shown.kind === "case"
      ? `No trial of ${id}/${shown.case} passes`
      : `${id}/${shown.case}/${trial?.trial} does not pass`;
  return new EvalsError({
    code: "EVALS_TRACE_FAILING",
    what: `${what}${because === undefined ? "" : `: ${because}`}.`,
    why: "Other trials would be compared with the calls of a failed trial.",
    fix: `Record a trial that passes: \`evals show ${id}\` shows which cases pass.`,
  });
}

function callsUnknown(word: string): EvalsError {
  return new EvalsError({
    code: "EVALS_TRACE_UNKNOWN",
    what: `${word} does not tell which tools were called.`,
    why: "A trace without calls would be no reference for other trials.",
    fix: "Let the target give its `messages` or `tool_calls` (docs/providers.md).",
  });
}

function restricted({ suite, parts }: RunHeader): EvalsError {
  return new EvalsError({
    code: "EVALS_TRACE_RESTRICTED",
    what: `The dataset of suite ${suite} (${parts?.dataset ?? "unknown"}) is restricted.`,
    why: "A trace contains the arguments of calls, and would be committed.",
    fix: "Write the expected calls into the dataset by hand (expected.calls), and use the scorer tool-calls.",
  });
}
