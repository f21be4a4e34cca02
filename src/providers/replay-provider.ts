import * as z from "zod";
import { modelFrame } from "../domain/config.ts";
import { parseExactJson } from "../domain/exact-json.ts";
import { hashJson } from "../domain/json.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import type { OpenTarget, ProviderDefinition, ProviderHost, Reply } from "../domain/provider.ts";
import type { Unreported } from "../domain/transcript.ts";
import { loadTraceReader, type TraceReader } from "./conversation-shapes.ts";
import { recordedReply, replyFrom, wrongMembers } from "./given-answer.ts";
import { LineFile, objectLine, refuseOtherFile } from "./line-file.ts";
import { placeOfFile } from "./project-file.ts";
import { recordingKey } from "./recording-line.ts";

const Settings = z.strictObject({
  ...modelFrame,
  of: z.string().min(1).describe("Alias of the model whose answers were recorded"),
  file: z.string().min(1).describe("What `evals run --record` wrote: fixtures/<alias>.jsonl"),
});
type Settings = z.output<typeof Settings>;

function brokenLine(path: string, line: number, column: number): Problem {
  return {
    code: "EVALS_RECORDING_LINE",
    path,
    line,
    column,
    what: "The line is not a recorded answer.",
    why: "A replay answers from this file alone; a line that cannot be read would silently be missing.",
    fix: "Delete the line and record again, or restore the file from git.",
  };
}

/** Finds the answers in a recording. @returns the index of each answer's line, from 0, by `<request>#<trial>` */
function indexRecording(file: LineFile, path: string, readTrace: TraceReader): ReadonlyMap<string, number> {
  refuseOtherFile(file, { path, code: "EVALS_RECORDING_LINE", noun: "answer" });
  const lines = new Map<string, number>();
  const problems: Problem[] = [];
  for (let index = 0; index < file.count; index++) {
    const read = objectLine(file, index, path, (column) => brokenLine(path, index + 1, column));
    if (read.kind === "problem") problems.push(read.problem());
    if (read.kind === "problem" && read.last) break;
    if (read.kind !== "object") continue;
    const key = recordingKey(read.members);
    if (key === undefined || wrongMembers(read.members, readTrace).length > 0)
      problems.push(brokenLine(path, index + 1, 1));
    else lines.set(`${key.request}#${key.trial}`, index);
  }
  if (problems.length > 0) throw new EvalsError(problems);
  return lines;
}

/** Opens a recording. @throws {EvalsError} EVALS_RECORDING_LINE with every invalid line */
function openRecording(place: string, path: string, readTrace: TraceReader) {
  const file = new LineFile(place);
  try {
    return { file, lines: indexRecording(file, path, readTrace) };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Converts a recorded line to a reply. A line of an older recording may hold a failure, which is returned as a failed
 * reply.
 */
function recordedAnswer(line: string, who: string, readTrace: TraceReader): Reply {
  const members = parseExactJson(line) as Readonly<Record<string, unknown>>;
  const reply = recordedReply(replyFrom(members, who, readTrace));
  const { fallback, untold } = members;
  if (reply.kind === "failed") return reply;
  const isReported = (what: Unreported) => !Array.isArray(untold) || !untold.includes(what);
  const { messages = [], refusal = null } = reply;
  return {
    ...reply,
    // A missing member means "none", unless the line's `untold` says that the member was not reported.
    ...(isReported("refusal") && { refusal }),
    ...(isReported("tool_calls") && {
      tool_calls: reply.tool_calls ?? messages.flatMap((one) => one.tool_calls ?? []),
    }),
    // A replay computes no cost from a price, because each line has the reply's cost, if it is known.
    ...(typeof fallback === "string" && { fallback: { alias: fallback, price: null } }),
  };
}

async function openReplay(settings: Settings, host: ProviderHost): Promise<OpenTarget> {
  const { of, file: path } = settings;
  const place = placeOfFile(host.root, path, {
    code: "EVALS_RECORDING_FILE",
    why: "A replay answers from this file and asks no model.",
    fix: `Record the answers: evals run <suite> --model ${of} --record`,
  });
  // The recorded model only prepares requests; its key and network are not needed.
  const recorded = await host.open(of, ["of"]);
  const readTrace = await loadTraceReader();
  const { file, lines } = openRecording(place, path, readTrace);
  return {
    client: {
      immediate: true,
      ...(recorded.client.takesTools === true && { takesTools: true }),
      prepare: (question) => recorded.client.prepare(question),
      send: (request, { case_id }, trial) => {
        const line = lines.get(`${hashJson(request)}#${trial}`);
        if (line !== undefined)
          return recordedAnswer(file.text(line), `the reply recorded in ${path}:${line + 1}`, readTrace);
        return {
          kind: "failed",
          error: "not-recorded",
          message: `${path} has no answer to the request that trial ${trial} of case "${case_id}" sends now; record one: evals run <suite> --model ${of} --record`,
          transient: false,
          unsent: true,
        };
      },
      close: async () => {
        file.close();
        await recorded.client.close();
      },
    },
    identity: recorded.identity,
    label: recorded.label,
    files: recorded.files,
    cacheable: false,
    price: settings.price ?? recorded.price,
    price_source: recorded.price_source,
  };
}

export const replayProvider: ProviderDefinition<Settings> = {
  kind: "replay",
  about: "Recorded answers of another model of the config, without its key or network",
  settings: Settings,
  prompt: "optional",
  answersFrom: "recording",
  replays: ({ of }) => of,
  open: openReplay,
};
