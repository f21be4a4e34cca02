import { hashJson, type Json } from "../domain/json.ts";
import { EvalsError, type Problem, SettingMistake } from "../domain/problem.ts";
import type { OfferedTool, ToolOutcome } from "../domain/tool.ts";
import { LineFile, objectLine, refuseOtherFile } from "../providers/line-file.ts";
import { placeOfFile } from "../providers/project-file.ts";
import { argumentsIn, firstLetters } from "./run-tools.ts";
import { callKey, Occurrences, RecordedCall, RecordedTool } from "./tool-recording.ts";
import { lost, type ToolProvider, type ToolTrial, type TrialTools } from "./trial-tools.ts";

/** Tools that answer from a recording; none of them is run. */
export interface RecordedTools extends ToolProvider {
  readonly offered: readonly OfferedTool[];
  /** Hash of all recorded calls of a case. */
  hashFor(caseId: string): string;
}

function brokenLine(path: string, line: number, column: number): Problem {
  return {
    code: "EVALS_TOOL_RECORDING",
    path,
    line,
    column,
    what: "The line is neither a recorded tool nor a recorded call of a tool.",
    why: "The tools answer from this file alone; a line that cannot be read would silently be missing.",
    fix: "Delete the line and record again (evals run <suite> --record), or restore the file from git.",
  };
}

interface Recording {
  readonly offered: readonly OfferedTool[];
  /** Number of the line of each recorded call, from 0, by the call's `callKey`. */
  readonly lines: ReadonlyMap<string, number>;
  readonly hashes: ReadonlyMap<string, readonly string[]>;
}

function readRecording(file: LineFile, path: string): Recording {
  refuseOtherFile(file, { path, code: "EVALS_TOOL_RECORDING", noun: "call of a tool" });
  const offered = new Map<string, OfferedTool>();
  const lines = new Map<string, number>();
  const hashes = new Map<string, string[]>();
  const problems: Problem[] = [];
  for (let index = 0; index < file.count; index++) {
    const read = objectLine(file, index, path, (column) => brokenLine(path, index + 1, column));
    if (read.kind === "problem") problems.push(read.problem());
    if (read.kind === "problem" && read.last) break;
    if (read.kind !== "object") continue;
    const tool = RecordedTool.safeParse(read.members).data;
    const call = RecordedCall.safeParse(read.members).data;
    if (tool !== undefined) offered.set(tool.tool, offeredTool(tool));
    else if (call === undefined) problems.push(brokenLine(path, index + 1, 1));
    else {
      lines.set(callKey(call), index);
      hashes.set(call.case, [...(hashes.get(call.case) ?? []), hashJson(call as Json)]);
    }
  }
  if (problems.length > 0) throw new EvalsError(problems);
  return { offered: [...offered.values()], lines, hashes };
}

const offeredTool = ({ tool, description, parameters, reads }: RecordedToolLine): OfferedTool => ({
  name: tool,
  description,
  parameters: parameters as Json,
  reads,
});
type RecordedToolLine = ReturnType<(typeof RecordedTool)["parse"]>;

/**
 * Opens the tool calls that `evals run --record` wrote.
 *
 * @param path relative to the root
 * @throws {SettingMistake} when the file does not exist; {EvalsError} with every invalid line
 */
export function openRecordedTools(path: string, { root }: { readonly root: string }): RecordedTools {
  const file = new LineFile(placeOf(root, path));
  try {
    const recording = readRecording(file, path);
    return {
      offered: recording.offered,
      hashFor: (id) => hashJson([...(recording.hashes.get(id) ?? [])].sort()),
      open: async (trial) => trialOf(trial, recording, file, path),
      close: async () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function placeOf(root: string, path: string): string {
  try {
    return placeOfFile(root, path, {
      code: "EVALS_RECORDING_FILE",
      why: "`recorded:` names the file with the answers of the tools. They are read from this file, and no tool is run.",
      fix: "Record the answers: evals run <suite> --record",
    });
  } catch (error) {
    if (!(error instanceof SettingMistake)) throw error;
    throw new SettingMistake(["agent", "recorded"], error.problem, { cause: error });
  }
}

function trialOf(
  { golden, before }: ToolTrial,
  { offered, lines }: Recording,
  file: LineFile,
  path: string,
): TrialTools {
  const occurrences = new Occurrences();
  for (const { name, arguments: given } of before) occurrences.next(name, argumentsIn(given) ?? given);
  return {
    offered,
    call: async (tool, given): Promise<ToolOutcome> => {
      const occurrence = occurrences.next(tool, given);
      const line = lines.get(callKey({ case: golden.id, tool, arguments: given, occurrence }));
      if (line === undefined) return notRecorded({ path, tool, given, occurrence, id: golden.id });
      const call = RecordedCall.parse(JSON.parse(file.text(line)));
      return "error" in call
        ? { kind: "error", message: call.error }
        : { kind: "result", value: call.result as Json };
    },
    // The tools were not run, so the state that they would have left is unknown.
    leave: async () => ({ kind: "left", state: undefined }),
  };
}

/** A tool's answer is never made up: a trial that makes an unrecorded call ends with an error. */
function notRecorded(call: {
  readonly path: string;
  readonly tool: string;
  readonly given: Json;
  readonly occurrence: number;
  readonly id: string;
}): ToolOutcome {
  const { path, tool, given, occurrence, id } = call;
  const words = `${tool}(${firstLetters(given)})`;
  const again = occurrence === 1 ? "" : ` (call ${occurrence} with these arguments)`;
  return lost(
    `${path} has no answer to ${words}${again} in case "${id}"; to record what tools answer: evals run <suite> --record`,
  );
}
