import type { Json } from "../domain/json.ts";
import { EvalsError } from "../domain/problem.ts";
import type { ImportedFile, Importer, Left, SourcePlace } from "./imported.ts";
import { INSPECT_SCORERS, INSPECT_SCORERS_FILE, inspectScorers } from "./inspect/inspect-scorers.ts";
import { type InspectLog, type InspectSample, readInspectLog } from "./inspect/read-log.ts";
import { contentText, usageOf } from "./reading/chat-answer.ts";
import {
  isNothing,
  isObject,
  type JsonObject,
  listMember,
  metadataOf,
  numberMember,
  objectMember,
  textMember,
} from "./reading/json-fields.ts";
import { LeftList } from "./reading/left-list.ts";
import { importName, sourcePaths } from "./reading/several-files.ts";
import { isMessage } from "./writing/dataset-rows.ts";
import { fileName } from "./writing/file-names.ts";
import { importOutputs, outputLine, type RecordedOutput, TrialNumbers } from "./writing/outputs-import.ts";
import { jsonLine } from "./writing/project-text.ts";

/**
 * Imports a log of Inspect: samples become cases, and epochs become recorded trials. The rule-based scorers of the
 * log score these trials again.
 */
export const importInspect: Importer = async (request) => {
  const [path, ...more] = sourcePaths(request);
  if (path === undefined || more.length > 0) throw oneLog();
  const log = await readInspectLog(request.files, path);
  const left = new LeftList();
  const { cases, outputs, trials } = await readSamples(log, left);
  const task = textMember(objectMember(log.header, "eval") ?? {}, "task");
  const name =
    request.name ?? (task === undefined ? importName(request) : fileName(task.replace(/^.*[/@]/, "")));
  if (cases.length === 0 || outputs.length === 0)
    return { files: [], models: {}, taken: {}, left: left.all(), kept: [] };
  const scorers = inspectScorers(log.header, log.resultsPlace, left);
  const files: ImportedFile[] =
    scorers.length === 0 ? [] : [{ path: INSPECT_SCORERS_FILE, text: INSPECT_SCORERS }];
  return importOutputs({
    name,
    description: `Samples and answers of the Inspect task ${task ?? path}.`,
    dataset: { path: `datasets/${name}.jsonl`, text: cases.join("") },
    outputs: { path: `fixtures/${name}.jsonl`, text: outputs.join("") },
    ...{ files, trials, cases: cases.length, answers: outputs.length, scorers, left },
  });
};

/** The parts of a sample that are imported. The rest is not kept, because a log may be far larger than memory. */
interface ReadSample {
  readonly id: string;
  readonly epoch: number;
  readonly place: SourcePlace;
  readonly line?: string | undefined;
  readonly answer?: Answered | undefined;
  readonly left: readonly Left[];
}

async function readSamples(log: InspectLog, left: LeftList) {
  const trials = new TrialNumbers();
  const cases: string[] = [];
  const known = new Map<string, string>();
  const outputs: string[] = [];
  for (const sample of await inOrder(log, left)) {
    left.addAll(sample.left);
    const { id, line, answer } = sample;
    if (line === undefined) continue;
    const first = known.get(id);
    if (first === undefined) {
      known.set(id, line);
      cases.push(line);
    } else if (first !== line) {
      left.add(
        sample.place,
        epochWords(sample),
        "The sample's input or target differs from that of its first epoch.",
      );
      continue;
    }
    if (answer !== undefined) outputs.push(outputLine({ case: id, trial: trials.next(id), ...answer }));
  }
  return { cases, outputs, trials: trials.largest };
}

async function inOrder({ samples, order }: InspectLog, left: LeftList): Promise<ReadSample[]> {
  const read: ReadSample[] = [];
  for await (const sample of samples) {
    if ("why" in sample) left.add(sample, sample.what, sample.why);
    else read.push(readSample(sample));
  }
  return read.sort(order);
}

function readSample(sample: InspectSample): ReadSample {
  const { id, epoch, place } = sample;
  const left = new LeftList();
  const line = caseLine(sample, left);
  const answer = line === undefined ? undefined : answerOf(sample, left);
  return { id, epoch, place, line, answer, left: left.all() };
}

const epochWords = ({ id, epoch }: Pick<InspectSample, "id" | "epoch">): string =>
  `epoch ${epoch} of sample ${id}`;

function caseLine({ id, value, place }: InspectSample, left: LeftList): string | undefined {
  const input = inputOf(value.input as Json);
  if (isNothing(input)) {
    left.add(place, `sample ${id}`, "The sample has no input: there is nothing to ask.");
    return undefined;
  }
  const target = value.target as Json | undefined;
  const choices = listMember(value, "choices");
  const metadata = { ...metadataOf(value.metadata), ...(choices.length === 0 ? {} : { choices }) };
  return jsonLine({
    id,
    input,
    ...(isNothing(target) ? {} : { expected: target }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  });
}

/** Keeps of each message only what a prompt can use: role, content and tool calls. */
function inputOf(input: Json): Json {
  if (!Array.isArray(input)) return input;
  return (input as readonly Json[]).filter(isObject).map(plainMessage);
}

function plainMessage(message: JsonObject): JsonObject {
  const calls = listMember(message, "tool_calls").filter(isObject);
  return {
    role: message.role ?? "user",
    content: contentText(message.content) ?? "",
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(plainCall) }),
    ...(typeof message.tool_call_id === "string" ? { tool_call_id: message.tool_call_id } : {}),
  };
}

const plainCall = (call: JsonObject): JsonObject => ({
  id: call.id ?? null,
  type: "function",
  function: { name: call.function ?? "", arguments: JSON.stringify(call.arguments ?? {}) },
});

type Answered = Omit<RecordedOutput, "case" | "trial">;

function answerOf(sample: InspectSample, left: LeftList): Answered | undefined {
  const { value, place } = sample;
  const error = objectMember(value, "error");
  if (error !== undefined) {
    left.add(
      place,
      epochWords(sample),
      `The sample ended with an error, which is not an answer: ${(textMember(error, "message") ?? "").slice(0, 300)}`,
    );
    return undefined;
  }
  if (value.invalidation !== undefined && value.invalidation !== null) {
    left.add(place, epochWords(sample), "The sample was marked as invalid in the log.");
    return undefined;
  }
  const output = objectMember(value, "output") ?? {};
  const answered = answerIn(output);
  if (answered === undefined) {
    left.add(place, epochWords(sample), "It has no answer.");
    return undefined;
  }
  const messages = listMember(value, "messages").filter(isObject).map(plainMessage);
  const isConversation = messages.some(({ tool_calls, role }) => tool_calls !== undefined || role === "tool");
  const seconds = numberMember(output, "time") ?? numberMember(value, "total_time");
  return {
    output: answered,
    model: textMember(output, "model"),
    usage: usageOf(usageIn(value)),
    ...(seconds === undefined ? {} : { latency_ms: Math.round(seconds * 1000) }),
    ...(isConversation && messages.every(isMessage) ? { messages } : {}),
  };
}

function answerIn(output: JsonObject): string | undefined {
  const [choice] = listMember(output, "choices");
  const message = isObject(choice) ? objectMember(choice, "message") : undefined;
  return (
    (message === undefined ? undefined : contentText(message.content)) ?? textMember(output, "completion")
  );
}

/** The usage of the whole sample if only one model answered, else the usage of the sample's last reply. */
function usageIn(value: JsonObject): JsonObject | undefined {
  const models = Object.values(objectMember(value, "model_usage") ?? {}).filter(isObject);
  return models.length === 1 ? models[0] : objectMember(objectMember(value, "output") ?? {}, "usage");
}

function oneLog(): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: "One log is imported at a time.",
    why: "Each log becomes a suite, and two logs of one task would become two suites with the same name.",
    fix: "evals import inspect logs/<file>.eval --name <name>",
  });
}
