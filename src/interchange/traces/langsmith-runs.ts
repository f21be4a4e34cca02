import type { Json } from "../../domain/json.ts";
import type { Span } from "../../traces/span.ts";
import { usageOf } from "../reading/chat-answer.ts";
import {
  isObject,
  type JsonObject,
  listMember,
  numberMember,
  objectMember,
  tagsOf,
  textMember,
} from "../reading/json-fields.ts";
import { AGENT, CHAT, feedbackEvent, platformSpan, RETRIEVAL, TOOL } from "./platform-span.ts";

const NAME = "LangSmith";

/** Converts a run of LangSmith, which is one step of a trace, to spans; undefined for anything else. */
export function langsmithSpans(item: JsonObject): readonly Span[] | undefined {
  const id = textMember(item, "id") ?? textMember(item, "run_id");
  const type = textMember(item, "run_type")?.toLowerCase();
  if (id === undefined || type === undefined) return undefined;
  const extra = objectMember(item, "extra") ?? {};
  const metadata = { ...objectMember(item, "metadata"), ...objectMember(extra, "metadata") };
  return [
    platformSpan(NAME, {
      ...{ trace: textMember(item, "trace_id") ?? id, id, name: textMember(item, "name") },
      parent: textMember(item, "parent_run_id") ?? lastOf(item.parent_run_ids),
      ...{ start: item.start_time, end: item.end_time },
      attributes: {
        ...contentsOf(type, item, metadata),
        "tag.tags": tagsOf(item.tags).length > 0 ? item.tags : undefined,
        "service.name": item.session_name,
        "session.id": item.thread_id,
        "gen_ai.usage.cost": type === "llm" ? numberMember(item, "total_cost") : undefined,
        metadata,
      },
      events: feedback(item),
      error: textMember(item, "error"),
    }),
  ];
}

/**
 * The last of several ids. LangSmith lists the ids of the runs that contain a run from the outermost inwards, so
 * the last one is the parent's.
 */
function lastOf(ids: Json | undefined): string | undefined {
  const last = Array.isArray(ids) ? (ids as readonly Json[]).at(-1) : undefined;
  return typeof last === "string" ? last : undefined;
}

function contentsOf(type: string, item: JsonObject, metadata: JsonObject): Record<string, unknown> {
  const [inputs, outputs] = [objectMember(item, "inputs") ?? {}, objectMember(item, "outputs") ?? {}];
  if (type === "tool")
    return {
      ...TOOL,
      "gen_ai.tool.name": item.name,
      "gen_ai.tool.call.arguments": onlyMember(inputs, "input"),
      "gen_ai.tool.call.result": onlyMember(outputs, "output"),
    };
  if (type === "retriever")
    return {
      ...RETRIEVAL,
      "input.value": inputs.query ?? inputs.input,
      "gen_ai.retrieval.documents": listMember(outputs, "documents").filter(isObject).map(documentOf),
    };
  if (type !== "llm")
    return {
      ...(type === "chain" ? { "openinference.span.kind": "CHAIN" } : AGENT),
      "input.value": inputs,
      "output.value": onlyMember(outputs, "output"),
    };
  return {
    ...CHAT,
    "gen_ai.input.messages": messagesOf(inputs),
    "gen_ai.output.messages": replyOf(outputs),
    "gen_ai.response.model": outputs.model ?? metadata.ls_model_name ?? inputs.model,
    ...tokensOf(item, outputs),
  };
}

function tokensOf(item: JsonObject, outputs: JsonObject): Record<string, unknown> {
  const lc = firstGeneration(outputs);
  const reported =
    objectMember(outputs, "usage") ??
    objectMember(outputs, "usage_metadata") ??
    objectMember(lc ?? {}, "usage_metadata");
  const usage = usageOf(reported) ?? {};
  const details = objectMember(reported ?? {}, "input_token_details");
  return {
    "gen_ai.usage.input_tokens": usage.input_tokens ?? numberMember(item, "prompt_tokens"),
    "gen_ai.usage.output_tokens": usage.output_tokens ?? numberMember(item, "completion_tokens"),
    "gen_ai.usage.cache_read.input_tokens": usage.cached_input_tokens ?? numberMember(details, "cache_read"),
    "gen_ai.usage.cache_creation.input_tokens":
      usage.cache_write_tokens ?? numberMember(details, "cache_creation"),
    "gen_ai.usage.reasoning.output_tokens":
      usage.reasoning_tokens ??
      numberMember(objectMember(reported ?? {}, "output_token_details"), "reasoning"),
  };
}

/** The messages that were sent. LangChain puts their list into another list. */
function messagesOf(inputs: JsonObject): Json {
  const messages = inputs.messages ?? inputs.prompts ?? inputs.prompt ?? inputs.input ?? null;
  const [first] = Array.isArray(messages) ? (messages as readonly Json[]) : [];
  const list = Array.isArray(first) ? first : messages;
  return Array.isArray(list) ? (list as readonly Json[]).map(plainMessage) : list;
}

function replyOf(outputs: JsonObject): Json {
  const lc = firstGeneration(outputs);
  if (lc !== undefined) return [plainMessage(lc)];
  if (Array.isArray(outputs.choices) || Array.isArray(outputs.messages)) return outputs;
  return plainMessage(outputs.output ?? outputs.message ?? outputs);
}

function firstGeneration(outputs: JsonObject): JsonObject | undefined {
  const [batch] = listMember(outputs, "generations");
  const [one] = Array.isArray(batch) ? (batch as readonly Json[]) : [batch];
  if (!isObject(one)) return undefined;
  const message = objectMember(one, "message");
  if (message === undefined) return { role: "assistant", content: one.text ?? null };
  return objectMember(message, "kwargs") ?? message;
}

/** Takes a LangChain message out of its wrapper and adds the usual name of its role: `human` becomes `user`. */
function plainMessage(value: Json): Json {
  if (!isObject(value)) return value;
  const inner = objectMember(value, "kwargs") ?? objectMember(value, "data") ?? value;
  const kind = textMember(inner, "type") ?? textMember(value, "type");
  const role = inner.role ?? (kind === undefined ? undefined : ROLES[kind]);
  return role === undefined ? inner : { ...inner, role };
}

const ROLES: Readonly<Record<string, string>> = {
  human: "user",
  ai: "assistant",
  AIMessageChunk: "assistant",
  system: "system",
  tool: "tool",
  function: "tool",
};

/**
 * The value of the member `key` when it is the object's only member; otherwise the object; undefined for an empty
 * object.
 */
function onlyMember(value: JsonObject, key: string): Json | undefined {
  const keys = Object.keys(value);
  if (keys.length === 0) return undefined;
  return keys.length === 1 && keys[0] === key ? value[key] : value;
}

function documentOf(value: JsonObject): JsonObject {
  const metadata = objectMember(value, "metadata") ?? {};
  return { id: value.id ?? metadata.id ?? metadata.source ?? null, text: value.page_content ?? null };
}

/** The feedback on a run. LangSmith gives it as averages by name: `feedback_stats: {thumbs: {n, avg}}`. */
function feedback(item: JsonObject) {
  return Object.entries(objectMember(item, "feedback_stats") ?? {}).flatMap(([name, stats]) => {
    if (!isObject(stats)) return [];
    const average = numberMember(stats, "avg");
    return average === undefined ? [] : [feedbackEvent(name, average)];
  });
}
