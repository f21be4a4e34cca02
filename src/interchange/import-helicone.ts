import type { Json } from "../domain/json.ts";
import type { Importer, Left } from "./imported.ts";
import { chatAnswer } from "./reading/chat-answer.ts";
import { heliconeBody } from "./reading/helicone-body.ts";
import {
  isObject,
  type JsonObject,
  listMember,
  metadataOf,
  numberMember,
  tagsOf,
  textMember,
} from "./reading/json-fields.ts";
import type { JsonItem } from "./reading/json-items.ts";
import { LeftList } from "./reading/left-list.ts";
import { importName, isLeft, itemsOf } from "./reading/several-files.ts";
import { type KnownMembers, rowAndUnread } from "./reading/unread-members.ts";
import { datasetFile } from "./writing/dataset-import.ts";
import { type DatasetRow, isMessage, readShape, uniqueRows } from "./writing/dataset-rows.ts";
import { importOutputs, outputLine } from "./writing/outputs-import.ts";
import { markdownText } from "./writing/project-text.ts";

const OF_TRAFFIC =
  "People's feedback and scores belong to production traffic: `evals import traces` reads them.";
const FEEDBACK = ["scores", "feedback", "feedback_rating"];
const NOTHING: KnownMembers = {
  read: [],
  bookkeeping: [],
  why: Object.fromEntries(FEEDBACK.map((name) => [name, OF_TRAFFIC])),
};

/**
 * The members of a logged request in which people judged its answer. They are reported as not imported. The dozens of
 * other columns describe the request itself and are not reported.
 */
const feedbackOf = (value: Json): JsonObject =>
  Object.fromEntries(
    FEEDBACK.flatMap((name) => (isObject(value) && value[name] !== undefined ? [[name, value[name]]] : [])),
  );

/**
 * Imports requests logged by Helicone: each becomes a case with a recorded answer. The recorded answer is not an
 * expected value.
 */
export const importHelicone: Importer = async (request) => {
  const name = importName(request);
  const items = itemsOf(request, ["data", "requests"]);
  const left = new LeftList();
  const rows = async function* (): AsyncGenerator<LoggedRow | Left> {
    for await (const item of items()) {
      if (isLeft(item)) yield item;
      else yield* rowAndUnread(loggedRow(item), feedbackOf(item.value), NOTHING);
    }
  };
  const { count } = await readShape(rows, left);
  if (count === 0) return { files: [], models: {}, taken: {}, left: left.all(), kept: [] };
  const from = `Helicone (${request.sources.join(", ")})`;
  const prompt = {
    description: `Asks again what was asked in ${from}.`,
    rationale: "The messages as they were sent.",
  };
  return importOutputs({
    name,
    description: `Requests from ${from}, scored on the recorded answers.`,
    dataset: datasetFile(name, rows),
    outputs: {
      path: `fixtures/${name}.jsonl`,
      text: {
        [Symbol.asyncIterator]: async function* () {
          for await (const { row, id } of uniqueRows(rows, () => {}))
            yield outputLine({ case: id, trial: 1, ...(row as LoggedRow).answer });
        },
      },
    },
    files: [{ path: `prompts/${name}/1.0.0.md`, text: markdownText(prompt, "messages: input\n") }],
    ...{ trials: 1, cases: count, answers: count, scorers: [], left },
  });
};

interface LoggedRow extends DatasetRow {
  readonly answer: {
    readonly output: Json;
    readonly model: string | undefined;
    readonly usage: { readonly [field: string]: number | null } | undefined;
    readonly latency_ms: number | undefined;
    readonly cost_usd: number | undefined;
  };
}

function loggedRow({ value, place }: JsonItem): LoggedRow | Left {
  if (!isObject(value))
    return { ...place, what: "an item that is not an object", why: "It is not a request." };
  const id = textMember(value, "request_id") ?? textMember(value, "response_id");
  const status = numberMember(value, "response_status");
  if (status !== undefined && (status < 200 || status > 299))
    return {
      ...place,
      what: `request ${id ?? ""} (HTTP ${status})`.trim(),
      why: "The request was refused or failed, so there is no answer.",
    };
  const body = heliconeBody(value, "request");
  const input = messagesOf(body);
  if (input === undefined)
    return {
      ...place,
      what: `request ${id ?? ""}`.trim(),
      why: "The request has no messages: there is nothing to ask.",
    };
  const { output, usage } = chatAnswer(heliconeBody(value, "response"));
  if (output === undefined)
    return { ...place, what: `request ${id ?? ""}`.trim(), why: "Its response has no answer." };
  return {
    place,
    id,
    input,
    tags: tagsOf(value.tags),
    metadata: metadataOf(value.properties ?? value.request_properties),
    answer: {
      output,
      model:
        textMember(value, "response_model") ??
        textMember(value, "model") ??
        textMember(value, "request_model"),
      usage: usage ?? loggedUsage(value),
      latency_ms: numberMember(value, "delay_ms"),
      cost_usd:
        numberMember(value, "costUSD") ?? numberMember(value, "cost_usd") ?? numberMember(value, "cost"),
    },
  };
}

function messagesOf(body: JsonObject): Json[] | undefined {
  const { system, input, prompt } = body;
  const messages = listMember(body, "messages").filter(isMessage);
  if (messages.length > 0)
    return typeof system === "string" ? [{ role: "system", content: system }, ...messages] : [...messages];
  if (typeof input === "string" && input !== "") return [{ role: "user", content: input }];
  if (Array.isArray(input) && input.length > 0 && input.every(isMessage)) return [...(input as Json[])];
  return typeof prompt === "string" && prompt !== "" ? [{ role: "user", content: prompt }] : undefined;
}

function loggedUsage(value: JsonObject): { input_tokens: number; output_tokens: number } | undefined {
  const [input, output] = [numberMember(value, "prompt_tokens"), numberMember(value, "completion_tokens")];
  return input === undefined || output === undefined
    ? undefined
    : { input_tokens: input, output_tokens: output };
}
